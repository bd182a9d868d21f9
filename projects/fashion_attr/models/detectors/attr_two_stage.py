"""Two-stage detectors whose attribute branch sees the picture, or trains alone."""

import torch
from mmdet.models.detectors import TwoStageDetector
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from torch import Tensor

from ..feature_maps import FeatureMaps


@MODELS.register_module()
class AttrTwoStageDetector(TwoStageDetector):
    """Mask R-CNN or Cascade R-CNN, for two things that mmdet's classes do not do.

    The attribute branch gets the picture beside the feature maps (``FeatureMaps``),
    so that it can look at pixels: ``BoxAttrBranch(crops=...)``.

    With ``attributes_only`` a trained detector rests: its weights and the statistics
    of its normalisation stay as they are, and the attribute branch learns at the
    boxes of the ground truth, shaken as much as a detector errs. No proposals, no
    losses of class, box and mask: a step takes a fraction of the time, and AP stays
    what it was. ``load_from`` gives the detector.

    Args:
        attributes_only (bool): Whether the attributes are all that is trained.
        views (int): How many shaken boxes of each object a step reads, with
            ``attributes_only``.
        shake (float): How far each edge of a box moves at most, as a share of width
            or height, with ``attributes_only``.
        args, kwargs: As for TwoStageDetector.

    Raises:
        ValueError: If ``views`` is below 1 or ``shake`` not in 0..0.5.
    """

    def __init__(
        self,
        *args,
        attributes_only: bool = False,
        views: int = 1,
        shake: float = 0.1,
        **kwargs,
    ) -> None:
        if views < 1:
            raise ValueError(f'views should be 1 or more, got {views}')
        if not 0 <= shake < 0.5:
            raise ValueError(f'shake should be in 0..0.5, got {shake}')
        super().__init__(*args, **kwargs)
        self.attributes_only = attributes_only
        self.views = views
        self.shake = shake
        if attributes_only:
            self.requires_grad_(False)
            self.roi_head.attr_parts.requires_grad_(True)

    def train(self, mode: bool = True) -> 'AttrTwoStageDetector':
        """Set the mode; what rests stays in that of testing."""
        super().train(mode)
        if mode and self.attributes_only:
            for child in self.children():
                child.eval()
            self.roi_head.attr_parts.train()
        return self

    def extract_feat(self, batch_inputs: Tensor) -> FeatureMaps:
        """Feature maps of all levels, with the picture (B, 3, H, W)."""
        return FeatureMaps(super().extract_feat(batch_inputs), batch_inputs)

    def loss(
        self, batch_inputs: Tensor, batch_data_samples: SampleList
    ) -> dict[str, Tensor]:
        """Losses of everything that is trained.

        Args:
            batch_inputs (Tensor): (B, 3, H, W) pictures.
            batch_data_samples (list[DetDataSample]): Their ground truth.

        Returns:
            dict[str, Tensor]: Scalars; those of the attributes alone with
            ``attributes_only``.
        """
        if not self.attributes_only:
            return super().loss(batch_inputs, batch_data_samples)
        with torch.no_grad():
            x = self.extract_feat(batch_inputs)
        return self.roi_head.attributes_loss(
            x, batch_data_samples, self.views, self.shake
        )
