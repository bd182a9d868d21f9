"""The whole network for one picture, in a form that can be traced."""

import torch
from mmdet.models.detectors import TwoStageDetector
from torch import Tensor, nn

from projects.fashion_attr.models.attr_heads.base_attr_head import BaseAttrHead, Objects

from .detections import Found, find, mask_logits, own_masks
from .proposals import propose
from .traceable import traceable


class Program(nn.Module):
    """A two-stage detector with attributes, from pixels to detections.

    .. code-block:: none

        picture -> backbone, neck -> RPN -> suppression -> box heads -> suppression
            -> masks of the detections' own classes -> attributes

    Equal to the detector's own ``predict`` but for masks, which stay as large as the
    mask head gives them.

    Args:
        model (TwoStageDetector): stays as it is.

    Attributes:
        output_names (list[str]): of what `forward` gives.
    """

    def __init__(self, model: TwoStageDetector) -> None:
        super().__init__()
        self.model = traceable(model)
        self.attr_head = attr_head_of(self.model)
        self.output_names = ['boxes', 'scores', 'labels']
        if model.roi_head.with_mask:
            self.output_names.append('masks')
        if self.attr_head is not None:
            self.output_names.append('attr_scores')

    def forward(self, picture: Tensor, size: Tensor) -> tuple[Tensor, ...]:
        """Detections of a picture.

        Args:
            picture (Tensor): (1, 3, H, W) float32, normalised and padded.
            size (Tensor): (2,) float32 height and width before padding.

        Returns:
            tuple[Tensor]: boxes (n, 4) xyxy in pixels of the input, scores (n,) and
            labels (n,), best first; where the network has them, masks (n, m, m),
            probabilities within the boxes, and attr_scores (n, L).
        """
        maps = self.model.extract_feat(picture)
        head = self.model.roi_head
        proposals = propose(self.model.rpn_head, maps, size)
        found = find(head, maps, proposals, size)
        # Convolutions and heads look whether there is anything, which a graph cannot
        # decide: with a stand-in, in a picture of its own, there always is.
        stand_in = found.boxes.new_tensor([[0.0, 0.0, 1.0, 1.0]])
        boxes = torch.cat([found.boxes, stand_in])
        labels = torch.cat([found.labels, found.labels.new_zeros(1)])
        outputs = [found.boxes, found.scores, found.labels]
        masks = last = None
        if head.with_mask:
            stages = [
                own_masks(logits, labels) for logits in mask_logits(head, maps, boxes)
            ]
            masks, last = sum(stages) / len(stages), stages[-1]
            outputs.append(masks[:-1])
        if self.attr_head is not None:
            logits = self._attr_logits(maps, found, stand_in, labels, last)
            outputs.append(self.attr_head.scores(logits)[:-1])
        return tuple(outputs)

    def _attr_logits(
        self,
        maps: tuple[Tensor, ...],
        found: Found,
        stand_in: Tensor,
        labels: Tensor,
        masks: Tensor | None,
    ) -> Tensor:
        """(n + 1, L or more) logits of the detections and the stand-in."""
        branch = getattr(self.model.roi_head, 'attr_branch', None)
        if branch is None:
            rows = torch.cat([found.proposals, labels.new_zeros(1)])
            return self.attr_head(found.shared[rows], Objects(labels))
        return branch(
            maps,
            [found.boxes, stand_in],
            [labels[:-1], labels[-1:]],
            masks if branch.use_masks else None,
        )


def attr_head_of(model: TwoStageDetector) -> BaseAttrHead | None:
    """A detector's attribute head, wherever it is."""
    head = model.roi_head
    return getattr(
        getattr(head, 'attr_branch', None) or head.bbox_head, 'attr_head', None
    )
