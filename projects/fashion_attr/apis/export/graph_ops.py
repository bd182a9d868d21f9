"""NMS and RoIAlign as single operators of the graph.

The project's own are loops in numpy and ``embedding_bag``, which no graph holds. Here
each is one node: in PyTorch it calls what mmcv calls, in ONNX it is the standard
operator, which decides and samples alike.
"""

import torch
from mmcv.ops import nms as mmcv_nms
from mmcv.ops import roi_align as mmcv_roi_align
from onnxscript import opset18 as op
from torch import Tensor

_INT64 = 7  # of onnx.TensorProto


@torch.library.custom_op('fashion_attr::nms', mutates_args=())
def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, limit: int) -> Tensor:
    """Indices (int64) of boxes that no better kept box overlaps by more, best first.

    Args:
        boxes (Tensor): (N, 4) xyxy.
        scores (Tensor): (N,).
        iou_threshold (float): greater overlaps are suppressed.
        limit (int): how many to keep at most.
    """
    return mmcv_nms(boxes, scores, iou_threshold)[1][:limit]


@nms.register_fake
def _(boxes: Tensor, scores: Tensor, iou_threshold: float, limit: int) -> Tensor:
    count = torch.library.get_ctx().new_dynamic_size()
    return boxes.new_empty(count, dtype=torch.int64)


def _onnx_nms(boxes, scores, iou_threshold: float, limit: int):
    chosen = op.NonMaxSuppression(
        op.Unsqueeze(boxes, op.Constant(value_ints=[0])),
        op.Unsqueeze(scores, op.Constant(value_ints=[0, 1])),
        op.Constant(value_ints=[limit]),
        op.Constant(value_floats=[iou_threshold]),
    )
    # Rows are batch, class, index.
    return op.Gather(chosen, op.Constant(value_int=2), axis=1)


@torch.library.custom_op('fashion_attr::roi_align', mutates_args=())
def roi_align(
    features: Tensor,
    rois: Tensor,
    height: int,
    width: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
) -> Tensor:
    """(N, C, height, width) means of bilinear samples, as mmcv's ``roi_align``.

    Args:
        features (Tensor): (B, C, H, W).
        rois (Tensor): (N, 5) image index and xyxy.
        height (int): of the output.
        width (int): of the output.
        spatial_scale (float): feature pixels per pixel of the RoIs.
        sampling_ratio (int): samples per bin and axis; 0 adapts to the RoI's size.
        aligned (bool): whether pixel centres lie at half-integer coordinates.
    """
    if len(rois) == 0:
        return features.new_zeros(0, features.shape[1], height, width)
    size = height, width
    return mmcv_roi_align(
        features, rois, size, spatial_scale, sampling_ratio, 'avg', aligned
    )


@roi_align.register_fake
def _(
    features: Tensor,
    rois: Tensor,
    height: int,
    width: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
) -> Tensor:
    return features.new_empty(rois.shape[0], features.shape[1], height, width)


def _onnx_roi_align(
    features,
    rois,
    height: int,
    width: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
):
    ones = op.Constant(value_ints=[1])
    boxes = op.Slice(rois, ones, op.Constant(value_ints=[5]), ones)
    image = op.Gather(rois, op.Constant(value_int=0), axis=1)
    return op.RoiAlign(
        features,
        boxes,
        op.Cast(image, to=_INT64),
        mode='avg',
        output_height=height,
        output_width=width,
        spatial_scale=spatial_scale,
        sampling_ratio=sampling_ratio,
        coordinate_transformation_mode=(
            'half_pixel' if aligned else 'output_half_pixel'
        ),
    )


# For torch.onnx.export(custom_translation_table=...).
TRANSLATIONS = {
    torch.ops.fashion_attr.nms.default: _onnx_nms,
    torch.ops.fashion_attr.roi_align.default: _onnx_roi_align,
}
