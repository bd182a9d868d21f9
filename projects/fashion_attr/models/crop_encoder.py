"""Features of objects from the pixels themselves."""

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmcv.ops import RoIAlign
from mmdet.registry import MODELS
from mmengine.model import BaseModule, Sequential
from torch import Tensor


@MODELS.register_module()
class CropEncoder(BaseModule):
    """A small network on crops of the picture, all of one size.

    .. code-block:: none

        picture + frames -> RoIAlign (N, 3, S, S) [+ mask]
            -> [3x3 conv, stride 2 -> 3x3 conv] x stages -> (N, C, S / 2^stages, same)

    A detector's feature maps say what is where; stripes, checks and seams of a
    collar of 20 pixels they have averaged away. Here a small object is enlarged.

    Args:
        size (int): S, edge of the crops in pixels.
        channels (Sequence[int]): Width of each stage, which halves the resolution.
        mask_channel (bool): Whether the mask is the fourth channel, so that the
            garment is told from what is around it; zeros without masks.
        norm_cfg (dict): Normalisation after each convolution.
        init_cfg (dict, optional): Initialisation of the weights.
    """

    def __init__(
        self,
        size: int = 64,
        channels: tuple[int, ...] = (32, 64, 128),
        mask_channel: bool = True,
        norm_cfg: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.mask_channel = mask_channel
        self.out_channels = channels[-1]
        self.crop = RoIAlign(size, spatial_scale=1.0, sampling_ratio=0)
        self.stages = Sequential()
        width = 3 + mask_channel
        for channel in channels:
            for stride in (2, 1):
                self.stages.append(
                    ConvModule(
                        width,
                        channel,
                        3,
                        stride=stride,
                        padding=1,
                        norm_cfg=norm_cfg or dict(type='BN'),
                    )
                )
                width = channel

    def forward(
        self, picture: Tensor, rois: Tensor, masks: Tensor | None = None
    ) -> Tensor:
        """Feature maps of crops.

        Args:
            picture (Tensor): (B, 3, H, W) network input.
            rois (Tensor): (N, 5) picture of the batch and xyxy frame in its pixels.
            masks (Tensor, optional): (N, h, w) probabilities within the frames.

        Returns:
            Tensor: (N, C, S / 2^stages, S / 2^stages).
        """
        crops = self.crop(picture, rois)
        if self.mask_channel:
            crops = torch.cat([crops, _mask_channel(masks, crops)], dim=1)
        if len(crops) == 0:
            return self._nothing(crops)
        return self.stages(crops)

    def _nothing(self, crops: Tensor) -> Tensor:
        """(0, C, 1, 1), joined to every parameter: batch norm wants an object."""
        total = sum(parameter.sum() for parameter in self.parameters())
        return crops.new_zeros(0, self.out_channels, 1, 1) + total * 0


def _mask_channel(masks: Tensor | None, crops: Tensor) -> Tensor:
    """(N, 1, S, S) masks at the crops' size."""
    if masks is None or len(crops) == 0:
        return crops.new_zeros(len(crops), 1, *crops.shape[2:])
    return F.interpolate(
        masks[:, None].to(crops), crops.shape[2:], mode='bilinear', align_corners=False
    )
