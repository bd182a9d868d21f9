"""Each stand-in does what it stands in for."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.registry import MODELS

from projects.fashion_attr.apis.export.traceable import (
    TraceableClassLinear,
    affine_grid,
    attention,
    traceable,
)
from projects.fashion_attr.models.attr_heads.class_linear import ClassLinear
from tests.exportable import EXTRACTOR


@given(seed=st.integers(0, 999), count=st.integers(0, 7))
@settings(max_examples=20, deadline=None)
def test_class_linear(seed, count):
    torch.manual_seed(seed)
    linear = ClassLinear(4, 3, 5)
    feats, labels = torch.randn(count, 4), torch.randint(3, (count,))
    torch.testing.assert_close(
        TraceableClassLinear(linear)(feats, labels), linear(feats, labels)
    )


@given(seed=st.integers(0, 999), count=st.integers(1, 20))
@settings(max_examples=20, deadline=None)
def test_roi_extractor_of_several_levels(seed, count):
    torch.manual_seed(seed)
    extractor = MODELS.build(dict(EXTRACTOR, finest_scale=20))
    maps = tuple(torch.randn(1, 8, 64 // s, 64 // s) for s in (4, 8))
    corner = torch.rand(count, 2) * 40
    boxes = torch.cat([corner, corner + torch.rand(count, 2) * 80 + 1], dim=1)
    rois = torch.cat([torch.zeros(count, 1), boxes], dim=1)
    wrapped = traceable(torch.nn.ModuleDict(dict(x=extractor)))['x']
    torch.testing.assert_close(wrapped(maps, rois), extractor(maps, rois))


@pytest.mark.parametrize('size', [(1, 1), (2, 3), (7, 5)], ids=str)
def test_affine_grid(size):
    theta = torch.randn(3, 2, 3)
    shape = [3, 1, *size]
    torch.testing.assert_close(
        affine_grid(theta, shape, align_corners=False),
        F.affine_grid(theta, shape, align_corners=False),
    )


def test_affine_grid_of_corners_is_refused():
    with pytest.raises(NotImplementedError, match='align_corners=True'):
        affine_grid(torch.zeros(1, 2, 3), [1, 1, 2, 2], align_corners=True)


@pytest.mark.parametrize('masked', [True, False])
@pytest.mark.parametrize('lead', [(), (2,), (2, 3)], ids=str)
def test_attention(lead, masked):
    query, key, value = (torch.randn(*lead, n, 4) for n in (5, 6, 6))
    mask = torch.randn(*lead, 5, 6) if masked else None
    torch.testing.assert_close(
        attention(query, key, value, attn_mask=mask),
        F.scaled_dot_product_attention(query, key, value, attn_mask=mask),
    )
