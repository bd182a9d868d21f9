"""Multi-scale deformable attention in plain PyTorch, as mmcv's compiled pair.

mmcv uses its own PyTorch function on CPU, but on a GPU only the compiled operators.
These let the same function run there: forward without a graph, and once more in the
backward pass, which costs time but no memory between the two.

Letters: B pictures, N places of all levels, M heads, C channels of a head, Q queries,
L levels, P points.
"""

import torch
from torch import Tensor


def ms_deform_attn_forward(
    value: Tensor,
    spatial_shapes: Tensor,
    level_start_index: Tensor,
    sampling_locations: Tensor,
    attention_weights: Tensor,
    im2col_step: int,
) -> Tensor:
    """Weighted sums of bilinear samples (Zhu et al., Deformable DETR, ICLR 2021).

    Same signature as the function of that name in ``mmcv._ext``.

    Args:
        value (Tensor): (B, N, M, C).
        spatial_shapes (Tensor): (L, 2) int64 height and width of each level.
        level_start_index (Tensor): (L,), not needed here.
        sampling_locations (Tensor): (B, Q, M, L, P, 2) x and y in 0..1.
        attention_weights (Tensor): (B, Q, M, L, P).
        im2col_step (int): Not needed here.

    Returns:
        Tensor: (B, Q, M * C).
    """
    with torch.no_grad():
        return _attend(value, spatial_shapes, sampling_locations, attention_weights)


def ms_deform_attn_backward(
    value: Tensor,
    spatial_shapes: Tensor,
    level_start_index: Tensor,
    sampling_locations: Tensor,
    attention_weights: Tensor,
    grad_output: Tensor,
    grad_value: Tensor,
    grad_sampling_loc: Tensor,
    grad_attn_weight: Tensor,
    im2col_step: int,
) -> None:
    """Fill the three gradients; same signature as that of ``mmcv._ext``.

    Args:
        value, spatial_shapes, level_start_index, sampling_locations,
            attention_weights, im2col_step: See ``ms_deform_attn_forward``.
        grad_output (Tensor): (B, Q, M * C) gradient of its result.
        grad_value (Tensor): Of the shape of ``value``, written to.
        grad_sampling_loc (Tensor): Of ``sampling_locations``, written to.
        grad_attn_weight (Tensor): Of ``attention_weights``, written to.
    """
    inputs = [
        tensor.detach().requires_grad_()
        for tensor in (value, sampling_locations, attention_weights)
    ]
    with torch.enable_grad():
        output = _attend(inputs[0], spatial_shapes, *inputs[1:])
    grads = torch.autograd.grad(output, inputs, grad_output)
    for place, grad in zip(
        (grad_value, grad_sampling_loc, grad_attn_weight), grads, strict=True
    ):
        place.copy_(grad)


def _attend(value: Tensor, shapes: Tensor, locations: Tensor, weights: Tensor):
    # Here, since mmcv.ops must not be imported before the operators are in place.
    from mmcv.ops.multi_scale_deform_attn import multi_scale_deformable_attn_pytorch

    # Sizes as numbers: iterating over a tensor on a GPU waits for it each time.
    return multi_scale_deformable_attn_pytorch(
        value, shapes.tolist(), locations, weights
    )
