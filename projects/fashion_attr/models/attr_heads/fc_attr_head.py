"""The paper's attribute heads: one or two FC layers, shared or per class."""

import torch.nn.functional as F
from mmdet.registry import MODELS
from torch import Tensor, nn

from .base_attr_head import BaseAttrHead, Objects


@MODELS.register_module()
class FCAttrHead(BaseAttrHead):
    """One FC layer, or hidden FC layers with ReLU and one FC layer, on RoI features.

    .. code-block:: none

        feats (N, C) -> [FC -> ReLU] x (num_fcs - 1) -> fc_attr -> logits (N, A)
                                                        |
                                      class_specific: K * A outputs, of which
                                      the A of each row's class are computed

    Letters: N rows (RoIs), C channels, K classes, A attributes.

    Any detector that has a feature vector and a class for each object can carry
    this head: ``forward(feats, Objects(labels))``, ``loss(logits, attr_labels)``.

    Args:
        in_channels (int): C.
        num_fcs (int): FC layers in all, the output layer included: the paper
            has 1 and 2. Defaults to 2.
        fc_out_channels (int): Width of the hidden layers. Defaults to 1024.
        kwargs: As for BaseAttrHead.

    Raises:
        ValueError: If ``num_fcs`` < 1; see also BaseAttrHead.
    """

    def __init__(
        self, in_channels: int, num_fcs: int = 2, fc_out_channels: int = 1024, **kwargs
    ) -> None:
        if num_fcs < 1:
            raise ValueError(f'num_fcs should be at least 1, got {num_fcs}')
        widths = [in_channels] + [fc_out_channels] * (num_fcs - 1)
        super().__init__(embed_dims=widths[-1], **kwargs)
        self.fcs = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:], strict=True)
        )

    def embed(self, feats: Tensor, objects: Objects) -> Tensor:
        """(N, fc_out_channels) after the hidden layers; (N, C) without any."""
        for fc in self.fcs:
            feats = F.relu(fc(feats))
        return feats
