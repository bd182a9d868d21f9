"""A convolutional attribute head, as deep as the mask head's."""

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmdet.registry import MODELS
from torch import Tensor, nn

from .base_attr_head import BaseAttrHead, Objects

_LEAST_WEIGHT = 1e-3


@MODELS.register_module()
class ConvAttrHead(BaseAttrHead):
    """Convolutions on a RoI's feature map, pooled under the object's mask.

    .. code-block:: none

        feats (N, C, h, w) [+ mask] -> [3x3 conv -> ReLU] x num_convs
            -> mean over the map, weighted by the mask where there is one \\
            -> [max over the map] ------------------------------------------> FC
            -> [1x1 conv -> ReLU -> mean of each of grid x grid cells] -----/
            -> ReLU -> fc_attr (N, A)

    The paper names a convolutional branch as future work. Pooling under the mask
    leaves out the background and the garments beside and beneath.

    Args:
        in_channels (int): C.
        num_convs (int): 3x3 convolutions; mmdet's mask head has 4.
        conv_out_channels (int): Their width.
        fc_out_channels (int): Width of the FC layer after pooling.
        mask_channel (bool): Whether the mask is one more input channel, so that the
            convolutions know where the object is; zeros without masks.
        max_pool (bool): Whether the maximum over the map goes along with the mean.
        grid (int): Means of this many cells across and down go along too, in
            ``grid_channels``, since a length is a matter of where; 0 for none.
        grid_channels (int): Their width.
        norm_cfg (dict, optional): Normalisation after each convolution.
        kwargs: As for BaseAttrHead.
    """

    reads = 'map'

    def __init__(
        self,
        in_channels: int,
        num_convs: int = 4,
        conv_out_channels: int = 256,
        fc_out_channels: int = 1024,
        mask_channel: bool = False,
        max_pool: bool = False,
        grid: int = 0,
        grid_channels: int = 32,
        norm_cfg: dict | None = None,
        **kwargs,
    ) -> None:
        super().__init__(embed_dims=fc_out_channels, **kwargs)
        self.mask_channel = mask_channel
        self.max_pool = max_pool
        widths = [in_channels + mask_channel] + [conv_out_channels] * num_convs
        self.convs = nn.Sequential(
            *(
                ConvModule(a, b, 3, padding=1, norm_cfg=norm_cfg)
                for a, b in zip(widths[:-1], widths[1:], strict=True)
            )
        )
        self.grid = grid
        self.reduce = ConvModule(widths[-1], grid_channels, 1) if grid else None
        pooled = widths[-1] * (1 + max_pool) + grid_channels * grid**2
        self.fc = nn.Linear(pooled, fc_out_channels)

    def embed(self, feats: Tensor, objects: Objects) -> Tensor:
        """(N, fc_out_channels) of (N, C, h, w)."""
        masks = _fitted(objects.masks, feats)
        if self.mask_channel:
            channel = feats[:, :1] * 0 if masks is None else masks
            feats = torch.cat([feats, channel], dim=1)
        feats = self.convs(feats)
        pooled = [pool(feats, masks)]
        if self.max_pool:
            pooled.append(feats.amax(dim=(2, 3)))
        if self.reduce is not None:
            cells = F.adaptive_avg_pool2d(self.reduce(feats), self.grid)
            pooled.append(cells.flatten(1))
        return F.relu(self.fc(torch.cat(pooled, dim=1)))


def _fitted(masks: Tensor | None, feats: Tensor) -> Tensor | None:
    """(N, 1, h, w) masks at the size of the feature maps."""
    if masks is None:
        return None
    return F.adaptive_avg_pool2d(masks.to(feats)[:, None], feats.shape[2:])


def pool(feats: Tensor, masks: Tensor | None) -> Tensor:
    """Mean over feature maps, weighted by masks.

    Args:
        feats (Tensor): (N, C, h, w).
        masks (Tensor, optional): (N, 1, h, w) weights in 0..1.

    Returns:
        Tensor: (N, C).
    """
    if masks is None:
        return feats.mean(dim=(2, 3))
    # A mask of nothing at all still weighs each place alike.
    weights = masks + _LEAST_WEIGHT
    return (feats * weights).sum(dim=(2, 3)) / weights.sum(dim=(2, 3))
