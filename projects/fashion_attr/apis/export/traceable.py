"""Modules that do what others do, in a way that can be traced.

A graph has no loops over what the data decide: RoIs of a level, classes that occur.
"""

import copy

import torch
import torch.nn.functional as F
from mmcv.ops import RoIAlign
from mmdet.models.roi_heads.roi_extractors import SingleRoIExtractor
from torch import Tensor, nn

from projects.fashion_attr.models.attr_heads.class_linear import ClassLinear

from .graph_ops import roi_align


class TraceableRoIAlign(nn.Module):
    """RoIAlign of one picture.

    Args:
        align (RoIAlign): the one to stand in for.
    """

    def __init__(self, align: RoIAlign) -> None:
        super().__init__()
        self.output_size = align.output_size
        self.spatial_scale = align.spatial_scale
        self.sampling_ratio = align.sampling_ratio
        self.aligned = align.aligned

    def forward(self, features: Tensor, rois: Tensor) -> Tensor:
        """(N, C, h, w) of (1, C, H, W) features and (N, 5) RoIs.

        The RoIs' image index is not looked at: see `with_stand_in`.
        """
        rois = torch.cat([torch.zeros_like(rois[:, :1]), rois[:, 1:]], dim=1)
        return roi_align(
            features,
            rois,
            *self.output_size,
            self.spatial_scale,
            self.sampling_ratio,
            self.aligned,
        )


class TraceableRoIExtractor(nn.Module):
    """SingleRoIExtractor that puts the levels' RoIs in order by counting.

    Args:
        extractor (SingleRoIExtractor): the one to stand in for, with its RoIAligns
            already replaced.
    """

    def __init__(self, extractor: SingleRoIExtractor) -> None:
        super().__init__()
        self.layers = extractor.roi_layers
        self.out_channels = extractor.out_channels
        self.num_inputs = extractor.num_inputs
        self.map_roi_levels = extractor.map_roi_levels

    def forward(self, features: tuple[Tensor, ...], rois: Tensor) -> Tensor:
        """(N, C, h, w) of the feature maps of all levels and (N, 5) RoIs."""
        if len(features) == 1:
            return self.layers[0](features[0], rois)
        levels = self.map_roi_levels(rois, len(features))
        of_level = levels[:, None] == torch.arange(len(features), device=rois.device)
        parts = [
            layer(maps, rois[of_level[:, level].nonzero()[:, 0]])
            for level, (layer, maps) in enumerate(
                zip(self.layers, features, strict=True)
            )
        ]
        return torch.cat(parts)[_places(of_level.long())]


def _places(of_level: Tensor) -> Tensor:
    """(N,) where each row is once the rows of each column stand together."""
    count = of_level.sum(dim=0)
    first = count.cumsum(dim=0) - count
    return (of_level * (of_level.cumsum(dim=0) - 1 + first)).sum(dim=1)


class TraceableClassLinear(nn.Module):
    """ClassLinear that computes all classes and picks; for few rows only.

    Args:
        linear (ClassLinear): the one to stand in for.
    """

    def __init__(self, linear: ClassLinear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, feats: Tensor, labels: Tensor) -> Tensor:
        """(N, A) of (N, C) features and (N,) classes."""
        outputs = F.linear(feats, self.linear.weight, self.linear.bias)
        outputs = outputs.unflatten(1, (self.linear.num_classes, -1))
        return outputs[torch.arange(feats.shape[0], device=feats.device), labels]


_REPLACEMENTS = {
    RoIAlign: TraceableRoIAlign,
    SingleRoIExtractor: TraceableRoIExtractor,
    ClassLinear: TraceableClassLinear,
}


def traceable(model: nn.Module) -> nn.Module:
    """A copy of a model whose parts can be traced, set to testing."""
    model = copy.deepcopy(model).eval()
    _replace_in(model)
    return model


def _replace_in(module: nn.Module) -> None:
    for name, child in module.named_children():
        _replace_in(child)
        replacement = _REPLACEMENTS.get(type(child))
        if replacement is not None:
            setattr(module, name, replacement(child))


def affine_grid(
    theta: Tensor, size: list[int], align_corners: bool | None = None
) -> Tensor:
    """``torch.nn.functional.affine_grid`` for any number of rows.

    PyTorch's own looks whether there are any, which a graph cannot decide.

    Args:
        theta (Tensor): (N, 2, 3).
        size (list[int]): N, C, h, w.
        align_corners (bool | None): False or None; True is not to be had.

    Returns:
        Tensor: (N, h, w, 2).

    Raises:
        NotImplementedError: if ``align_corners`` is True.
    """
    if align_corners:
        raise NotImplementedError('affine_grid(align_corners=True) cannot be exported')
    x, y = (
        (2 * torch.arange(n, device=theta.device).to(theta) + 1) / n - 1
        for n in (size[3], size[2])
    )
    x, y = x.expand(size[2], -1), y[:, None].expand(-1, size[3])
    points = torch.stack([x, y, torch.ones_like(x)], dim=-1)
    return (points.flatten(0, 1) @ theta.transpose(1, 2)).unflatten(1, tuple(size[2:]))


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
) -> Tensor:
    """``scaled_dot_product_attention`` written out: ONNX knows it in 4 dimensions only.

    Args:
        query (Tensor): (..., N, D).
        key (Tensor): (..., M, D).
        value (Tensor): (..., M, E).
        attn_mask (Tensor | None): (..., N, M) added to the logits.
        dropout_p (float): 0, as in testing.

    Returns:
        Tensor: (..., N, E).
    """
    logits = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if attn_mask is not None:
        logits = logits + attn_mask
    return logits.softmax(dim=-1) @ value


# What stands in for functions of torch.nn.functional while a model is traced.
FUNCTIONS = dict(affine_grid=affine_grid, scaled_dot_product_attention=attention)
