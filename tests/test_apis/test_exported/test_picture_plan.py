"""Pictures reach the exported network as they reach mmdet's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.registry import MODELS, TRANSFORMS
from mmdet.structures import DetDataSample

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.exported import PicturePlan

MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def by_mmdet(image, plan):
    """Network input, picture's size and scale factors of mmdet's own steps."""
    resize = TRANSFORMS.build(
        dict(
            type='Resize',
            scale=plan.scale,
            keep_ratio=plan.keep_ratio,
            interpolation=plan.interpolation,
        )
    )
    results = resize(dict(img=image))
    preprocessor = MODELS.build(
        dict(
            type='DetDataPreprocessor',
            mean=plan.mean,
            std=plan.std,
            bgr_to_rgb=plan.to_rgb,
            pad_size_divisor=plan.divisor,
            pad_value=plan.pad_value,
        )
    )
    tensor = torch.from_numpy(results['img'].transpose(2, 0, 1).copy())
    sample = DetDataSample(metainfo=dict(img_shape=results['img_shape']))
    inputs = preprocessor(dict(inputs=[tensor], data_samples=[sample]))['inputs']
    return inputs.numpy(), results['img_shape'], results['scale_factor']


@given(
    height=st.integers(2, 90),
    width=st.integers(2, 90),
    scale=st.tuples(st.integers(40, 80), st.integers(40, 80)),
    keep_ratio=st.booleans(),
    interpolation=st.sampled_from(['bilinear', 'nearest', 'area', 'bicubic']),
    to_rgb=st.booleans(),
    divisor=st.sampled_from([1, 32]),
    pad_value=st.sampled_from([0.0, 2.5]),
)
@settings(max_examples=60, deadline=None)
def test_equals_mmdet(height, width, **how):
    plan = PicturePlan(mean=MEAN, std=STD, **how)
    image = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)
    pixels, shape, factors = by_mmdet(image, plan)
    prepared = plan.prepare(image)
    np.testing.assert_array_equal(prepared.pixels, pixels)
    assert prepared.size.tolist() == list(shape)
    np.testing.assert_array_equal(prepared.factors, np.float32(factors))


@pytest.mark.parametrize(
    'image, message',
    [
        (np.zeros((4, 4), np.uint8), r'of shape \(4, 4\), not \(H, W, 3\)'),
        (np.zeros((4, 0, 3), np.uint8), r'of shape \(4, 0, 3\)'),
        (np.zeros((4, 4, 3)), 'float64, not uint8'),
        (np.zeros((2000, 1, 3), np.uint8), r'2000 x 1 pixels .* resized to 64 x 0'),
    ],
    ids=['grey', 'empty', 'floats', 'too thin'],
)
def test_wrong_pictures_are_named(image, message):
    with pytest.raises(ValueError, match=message):
        PicturePlan(scale=(64, 64)).prepare(image)
