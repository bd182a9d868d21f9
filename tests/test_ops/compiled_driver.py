"""Compares this package's ops with compiled mmcv's, both in this one process.

Run by test_compiled_parity.py with compiled mmcv first on the path. Prints one JSON
object: case -> greatest absolute difference (RoIAlign) or whether equal (NMS).
"""

import itertools
import json

import torch
from mmcv import _ext as compiled

from projects.fashion_attr.ops import nms, roi_align

SIZES = [(50, 84), (25, 42), (13, 21), (7, 11)]
STRIDES = [4, 8, 16, 32]
PICTURE = (200.0, 336.0)


def random_boxes(count: int, extent: float = 1.0) -> torch.Tensor:
    """(count, 4) boxes xyxy, some reaching beyond a picture's border."""
    height, width = PICTURE
    corner = torch.rand(count, 2) * torch.tensor([width, height]) * extent - 8
    return torch.cat([corner, corner + torch.rand(count, 2) ** 2 * 160], 1)


def align(
    kernels: object, features: torch.Tensor, rois: torch.Tensor, grid: tuple
) -> tuple[torch.Tensor, torch.Tensor]:
    """Bins, and the gradient of the features for a fixed gradient of the bins."""
    empty, bins = features.new_zeros(0), grid[:2]
    output = features.new_zeros(len(rois), features.shape[1], *bins)
    grad_input = torch.zeros_like(features)
    kernels.roi_align_forward(features, rois, output, empty, empty, *grid)
    generator = torch.Generator().manual_seed(1)
    grad = torch.randn(output.shape, generator=generator)
    kernels.roi_align_backward(grad, rois, empty, empty, grad_input, *grid)
    return output, grad_input


def roi_align_differences() -> dict[str, float]:
    """All levels x bins x sampling ratios x aligned or not."""
    differences = {}
    levels = list(zip(SIZES, STRIDES, strict=True))
    for (size, stride), bins, ratio, aligned in itertools.product(
        levels, [(7, 7), (14, 14), (2, 5)], [0, 1, 2], [True, False]
    ):
        features = torch.randn(2, 16, *size)
        rois = torch.cat([torch.randint(2, (40, 1)), random_boxes(40)], 1)
        grid = (*bins, 1 / stride, ratio, 1, aligned)
        ours = align(roi_align, features, rois, grid)
        theirs = align(compiled, features, rois, grid)
        case = f'stride {stride}, bins {bins}, ratio {ratio}, aligned {aligned}'
        for name, one, other in zip(('bins', 'gradient'), ours, theirs, strict=True):
            differences[f'{name}: {case}'] = (one - other).abs().max().item()
    return differences


def nms_equalities() -> dict[str, bool]:
    """Random and adversarial boxes x thresholds x offsets."""
    degenerate = random_boxes(200).round()
    degenerate[::3, 2:] = degenerate[::3, :2]
    boxes = {
        'sparse': random_boxes(2000, extent=8.0),
        'crowded': random_boxes(1000, extent=0.3),
        'whole numbers': (random_boxes(800) / 16).round(),
        'all equal': torch.ones(300, 4) * torch.tensor([1, 1, 9, 9]),
        'without area': degenerate,
        'none': torch.zeros(0, 4),
        'far apart by class': random_boxes(900) + torch.randint(46, (900, 1)) * 400,
    }
    scores = {
        'random': torch.rand,
        'ties': lambda count: torch.randint(5, (count,)).float() / 5,
        'all tied': torch.zeros,
        'negative': torch.randn,
    }
    return {
        f'{b}, {s} scores, IoU {threshold:.2f}, offset {offset}': equal_nms(
            boxes[b], scores[s](len(boxes[b])), threshold, offset
        )
        for b, s, threshold, offset in itertools.product(
            boxes, scores, [0.0, 0.3, 0.5, 2 / 3, 0.7, 1.0], [0, 1]
        )
    }


def equal_nms(
    boxes: torch.Tensor, scores: torch.Tensor, threshold: float, offset: int
) -> bool:
    """Whether both keep the same boxes in the same order."""
    theirs = compiled.nms(boxes, scores, iou_threshold=threshold, offset=offset)
    ours = nms.nms(boxes, scores, iou_threshold=threshold, offset=offset)
    return ours.dtype == theirs.dtype and torch.equal(ours, theirs)


if __name__ == '__main__':
    torch.manual_seed(0)
    torch.set_num_threads(1)
    print(
        json.dumps(
            dict(
                extension=compiled.__file__,
                roi_align=roi_align_differences(),
                nms=nms_equalities(),
            )
        )
    )
