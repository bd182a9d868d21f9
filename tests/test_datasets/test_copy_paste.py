"""Pasting garments: parity with mmdet's, parts, attributes, and what is hidden."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.registry import TRANSFORMS

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from samples import HEIGHT, WIDTH, attrs_of, boxes_xywh, make_sample  # noqa: E402

from projects.fashion_attr.datasets.transforms import AttrCopyPaste  # noqa: E402
from projects.fashion_attr.datasets.transforms.copy_paste import (  # noqa: E402
    garments,
)
from projects.fashion_attr.structures.run_length_masks import (  # noqa: E402
    RunLengthMasks,
)

boxes = st.lists(boxes_xywh, max_size=5)


def pair(here, there):
    sample = make_sample(here)
    flags = [i % 2 == 1 for i in range(len(there))]
    sample['mix_results'] = [make_sample(there, first_label=50, ignore=flags, seed=1)]
    return sample


def paste(sample, seed=0, **kwargs):
    np.random.seed(seed)
    return AttrCopyPaste(**kwargs)(sample)


def paste_all(here, there, **kwargs):
    """Draw until every object of the source is pasted."""
    for seed in range(200):
        out = paste(pair(here, there), seed, **kwargs)
        if (out['gt_bboxes_labels'] >= 50).sum() == len(there):
            return out
    raise AssertionError('never pasted all')


def by_mmdet(sample, seed, **kwargs):
    """mmdet's answer, less the objects that it keeps with an empty mask."""
    from projects.fashion_attr.datasets.transforms import KeepAttrs

    np.random.seed(seed)
    out = KeepAttrs(TRANSFORMS.build(dict(type='CopyPaste', **kwargs)))(sample)
    seen = out['gt_masks'].areas > 0
    keys = ('gt_bboxes', 'gt_bboxes_labels', 'gt_ignore_flags', 'gt_attr_labels')
    return dict(out, gt_masks=out['gt_masks'][seen]) | {k: out[k][seen] for k in keys}


@settings(max_examples=60, deadline=None)
@given(boxes, boxes, st.integers(0, 999), st.integers(1, 6))
def test_parity_with_mmdet(here, there, seed, most):
    settings = dict(max_num_pasted=most, bbox_occluded_thr=1, mask_occluded_thr=5)
    sample = pair(here, there)
    expected = by_mmdet(copy.deepcopy(sample), seed, **settings)
    out = paste(sample, seed, whole=False, **settings)
    assert np.array_equal(out['img'], expected['img'])
    assert np.array_equal(out['gt_masks'].masks, expected['gt_masks'].masks)
    assert out['gt_bboxes'].tensor.tolist() == expected['gt_bboxes'].tensor.tolist()
    for key in ('gt_bboxes_labels', 'gt_ignore_flags', 'gt_attr_labels'):
        assert out[key].tolist() == expected[key].tolist()


def garments_by_loops(masks):
    """Largest first: the one that covers most, if that is half, else by itself."""
    order = sorted(range(len(masks)), key=lambda i: (-int(masks[i].sum()), i))
    groups, count = {}, 0
    for place, i in enumerate(order):
        best, most = None, 0
        for j in order[:place]:
            shared = (masks[i] & masks[j]).sum()
            if shared > most:
                best, most = j, shared
        if best is not None and most >= masks[i].sum() / 2:
            groups[i] = groups[best]
        else:
            groups[i], count = count, count + 1
    return [groups[i] for i in range(len(masks))]


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_garments_are_those_of_loops(rectangles):
    masks = make_sample(rectangles)['gt_masks'].masks
    assert garments(masks).tolist() == garments_by_loops(masks)


def test_garments_table():
    rectangles = [
        (1, 1, 2, 2),  # a sleeve in the coat
        (0, 0, 9, 9),  # the coat
        (12, 0, 4, 8),  # a scarf,
        (7, 0, 4, 4),  # a bag half on the coat
        (6, 12, 4, 4),  # and a shoe
        (1, 1, 1, 1),  # a button on the sleeve
    ]
    masks = make_sample(rectangles)['gt_masks'].masks
    assert garments(masks).tolist() == [0, 0, 1, 0, 2, 0]
    assert garments(masks[:0]).tolist() == []


@settings(max_examples=40, deadline=None)
@given(boxes, boxes, st.integers(0, 999))
def test_garments_are_pasted_whole_or_not_at_all(here, there, seed):
    sample = pair(here, there)
    groups = garments(sample['mix_results'][0]['gt_masks'].masks)
    pasted = paste(sample, seed)['gt_bboxes_labels']
    pasted = set((pasted[pasted >= 50] - 50).tolist())
    for group in set(groups.tolist()):
        members = set(np.flatnonzero(groups == group).tolist())
        assert members <= pasted or not members & pasted


@settings(max_examples=40, deadline=None)
@given(boxes, boxes, st.integers(0, 999))
def test_runs_are_pasted_as_bitmaps_are(here, there, seed):
    sample = pair(here, there)
    runs = copy.deepcopy(sample)
    for each in (runs, runs['mix_results'][0]):
        each['gt_masks'] = RunLengthMasks.from_ndarray(each['gt_masks'].masks)
    expected, out = paste(sample, seed), paste(runs, seed)
    assert np.array_equal(out['gt_masks'].masks, expected['gt_masks'].masks)
    assert out['gt_bboxes'].tensor.tolist() == expected['gt_bboxes'].tensor.tolist()


def test_table():
    # A garment of 6 x 4 pixels covers the right half of another of 8 x 4.
    out = paste_all([(0, 0, 8, 4), (0, 10, 3, 3)], [(4, 0, 6, 4)], mask_occluded_thr=9)
    assert out['gt_bboxes_labels'].tolist() == [0, 1, 50]
    assert out['gt_attr_labels'].tolist() == attrs_of([0, 1, 50]).tolist()
    boxes = out['gt_bboxes'].tensor.tolist()
    assert boxes == [[0, 0, 4, 4], [0, 10, 3, 13], [4, 0, 10, 4]]
    assert out['gt_masks'].areas.tolist() == [16, 9, 24]
    here, there = make_sample([])['img'], make_sample([], 50, seed=1)['img']
    assert np.array_equal(out['img'][:4, 4:10], there[:4, 4:10])
    assert np.array_equal(out['img'][:, :4], here[:, :4])
    assert out['img'].dtype == np.uint8


def test_ignored_objects_stay_ignored():
    out = paste_all([(0, 0, 4, 4)], [(9, 9, 3, 3), (15, 9, 3, 3)])
    flags = dict(zip(out['gt_bboxes_labels'], out['gt_ignore_flags'], strict=True))
    assert flags == {0: False, 50: False, 51: True}


def test_what_is_hidden_altogether_goes_even_in_the_corner():
    # mmdet compares the box with that of an empty mask, (0, 0, 0, 0): it "stays".
    out = paste_all([(0, 0, 5, 5)], [(0, 0, 8, 8)])
    assert out['gt_bboxes_labels'].tolist() == [50]


def test_what_is_mostly_hidden_goes():
    here, there = [(0, 0, 20, 2)], [(4, 0, 16, 2)]
    assert paste_all(here, there)['gt_bboxes_labels'].tolist() == [50]
    out = paste_all(here, there, mask_occluded_thr=7)
    assert out['gt_bboxes_labels'].tolist() == [0, 50]


def test_neither_sample_is_written_to():
    sample = pair([(0, 0, 9, 9)], [(2, 2, 9, 9)])
    before = copy.deepcopy(sample)
    for seed in range(5):
        paste(sample, seed)
    for now, then in zip(
        (sample, *sample['mix_results']), (before, *before['mix_results']), strict=True
    ):
        assert np.array_equal(now['img'], then['img'])
        assert np.array_equal(now['gt_masks'].masks, then['gt_masks'].masks)
        assert now['gt_bboxes'].tensor.tolist() == then['gt_bboxes'].tensor.tolist()


def test_all_pictures_of_a_dataset_are_pasted_from():
    np.random.seed(0)
    transform = AttrCopyPaste()
    assert {transform.get_indexes(range(3)) for _ in range(60)} == {0, 1, 2}


def test_what_cannot_be_pasted_is_named():
    sample = pair([(0, 0, 3, 3)], [(0, 0, 3, 3)])
    with pytest.raises(
        ValueError, match='0.jpg: .* from 1 picture, got 0; put it into'
    ):
        paste(dict(sample, mix_results=[]))
    (other,) = sample['mix_results']
    small = dict(other, img=other['img'][:5])
    message = f'this is {HEIGHT} x {WIDTH}, 50.jpg 5 x {WIDTH} pixels; end .* with Pad'
    with pytest.raises(ValueError, match=message):
        paste(dict(sample, mix_results=[small]))
    bare = {k: v for k, v in other.items() if k != 'gt_attr_labels'}
    with pytest.raises(ValueError, match='the same keys in both pictures; here'):
        paste(dict(sample, mix_results=[bare]))


@pytest.mark.parametrize('number', [0, -1])
def test_a_number_that_nothing_is_below_is_refused(number):
    with pytest.raises(ValueError, match=f'1 or more, got {number}: fewer'):
        AttrCopyPaste(max_num_pasted=number)
    assert len(AttrCopyPaste(max_num_pasted=1)._choose(np.arange(3))) == 0


def test_says_what_it_is():
    assert repr(AttrCopyPaste()) == (
        'AttrCopyPaste(max_num_pasted=100, bbox_occluded_thr=10, '
        'mask_occluded_thr=300, whole=True)'
    )
