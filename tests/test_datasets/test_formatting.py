import pytest
import torch

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from samples import attrs_of, make_sample  # noqa: E402

from projects.fashion_attr.datasets.transforms import PackAttrDetInputs  # noqa: E402
from projects.fashion_attr.structures.run_length_masks import (  # noqa: E402
    RunLengthMasks,
)

BOXES = [(0, 0, 3, 3), (1, 1, 4, 4), (2, 2, 5, 5)]


def test_attributes_are_packed_beside_boxes():
    packed = PackAttrDetInputs()(make_sample(BOXES, ignore=[False, True, False]))
    sample = packed['data_samples']
    kept, ignored = sample.gt_instances, sample.ignored_instances
    assert kept.attr_labels.dtype == torch.int64
    assert kept.attr_labels.tolist() == attrs_of([0, 2]).tolist()
    assert kept.labels.tolist() == [0, 2]
    assert ignored.attr_labels.tolist() == attrs_of([1]).tolist()
    assert len(kept.masks) == 2
    assert sample.img_path == '0.jpg'


def test_a_picture_without_objects():
    packed = PackAttrDetInputs()(make_sample([]))
    assert packed['data_samples'].gt_instances.attr_labels.shape == (0, 14)


def test_a_picture_without_annotations():
    sample = make_sample([])
    packed = PackAttrDetInputs()({k: sample[k] for k in ('img', 'img_path')})
    assert packed['inputs'].shape == (3, 24, 20)
    assert 'attr_labels' not in packed['data_samples'].gt_instances


@pytest.mark.parametrize(
    'key',
    ['gt_bboxes', 'gt_bboxes_labels', 'gt_masks', 'gt_ignore_flags', 'gt_attr_labels'],
)
def test_different_lengths_are_named(key):
    sample = make_sample(BOXES)
    sample[key] = sample[key][:2]
    message = f'0.jpg: instances differ in number .*{key} 2.* KeepAttrs'
    with pytest.raises(ValueError, match=message):
        PackAttrDetInputs()(sample)


@pytest.mark.parametrize(
    'settings, expected',
    [({}, 'BitmapMasks'), (dict(mask_format='runs'), 'RunLengthMasks')],
)
def test_runs_are_decoded_when_packed_or_left(settings, expected):
    sample = make_sample(BOXES, ignore=[False, True, False])
    bitmaps = sample['gt_masks'].masks
    sample['gt_masks'] = RunLengthMasks.from_ndarray(bitmaps)
    packed = PackAttrDetInputs(**settings)(sample)['data_samples']
    masks = packed.gt_instances.masks
    assert type(masks).__name__ == expected
    assert (masks.to_ndarray() == bitmaps[[0, 2]]).all()
    assert (packed.ignored_instances.masks.to_ndarray() == bitmaps[[1]]).all()


def test_unknown_mask_format_is_refused():
    with pytest.raises(ValueError, match="one of .*'runs'.* got 'polygons'"):
        PackAttrDetInputs(mask_format='polygons')
