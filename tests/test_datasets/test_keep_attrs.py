import copy
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.registry import TRANSFORMS
from mmengine.registry import DefaultScope

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from mmdet.datasets.transforms import RandomShift  # noqa: E402
from samples import attrs_of, boxes_xywh, make_sample  # noqa: E402

from projects.fashion_attr.datasets.transforms import KeepAttrs  # noqa: E402

SINGLE = {
    'FilterAnnotations': dict(min_gt_bbox_wh=(4, 4), keep_empty=False),
    'FilterAnnotations-by-mask': dict(
        type='FilterAnnotations', by_mask=True, min_gt_mask_area=30
    ),
    'RandomCrop': dict(crop_size=(9, 8), recompute_bbox=True),
    'RandomCrop-empty': dict(
        type='RandomCrop', crop_size=(6, 5), allow_negative_crop=True
    ),
    'RandomFlip': dict(prob=0.5, direction=['horizontal', 'vertical']),
    'Resize': dict(scale=(40, 48)),
    'RandomErasing': dict(n_patches=3, ratio=0.5),
    'MinIoURandomCrop': dict(min_ious=(0.1, 0.5), min_crop_size=0.3),
}
# Without masks, which these transforms do not move.
BOXES_ONLY = {
    'RandomShift': dict(prob=1.0, max_shift_px=8, filter_thr_px=3),
    'RandomAffine': dict(max_translate_ratio=0.4),
    'Mosaic': dict(img_scale=(20, 24), pad_val=0),
    'MixUp': dict(img_scale=(20, 24)),
}


def config(name, table):
    return {'type': name, **table[name]}


def both(transform, sample, seed):
    """The same transform without and with KeepAttrs, on the same random numbers."""
    answers = []
    for wrapped in (False, True):
        np.random.seed(seed)
        random.seed(seed)  # for RandomShift
        built = TRANSFORMS.build(transform)
        run = KeepAttrs(built) if wrapped else built
        answers.append(run(copy.deepcopy(sample)))
    return answers


def assert_in_step(plain, kept):
    """Labels are unique in these samples, so they tell who is who."""
    assert (plain is None) == (kept is None)
    if plain is None:
        return
    labels = plain['gt_bboxes_labels']
    assert kept['gt_bboxes_labels'].tolist() == labels.tolist()
    assert kept['gt_bboxes_labels'].dtype == np.int64
    assert kept['gt_attr_labels'].tolist() == attrs_of(labels).tolist()
    assert kept['gt_bboxes'].tensor.tolist() == plain['gt_bboxes'].tensor.tolist()
    assert np.array_equal(kept['img'], plain['img'])
    if 'gt_masks' in plain:
        assert np.array_equal(kept['gt_masks'].masks, plain['gt_masks'].masks)


@pytest.mark.parametrize('name', SINGLE)
@settings(max_examples=25, deadline=None)
@given(boxes=st.lists(boxes_xywh, max_size=6), seed=st.integers(0, 999))
def test_transforms_of_one_picture(name, boxes, seed):
    assert_in_step(*both(config(name, SINGLE), make_sample(boxes), seed))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(boxes_xywh, min_size=1, max_size=5),
    st.lists(boxes_xywh, min_size=1, max_size=5),
    st.integers(0, 999),
)
def test_copy_paste(boxes, others, seed):
    transform = dict(type='CopyPaste', bbox_occluded_thr=1, mask_occluded_thr=5)
    sample = make_sample(boxes)
    sample['mix_results'] = [make_sample(others, first_label=50, seed=1)]
    assert_in_step(*both(transform, sample, seed))


@pytest.mark.parametrize('name', BOXES_ONLY)
@settings(max_examples=20, deadline=None)
@given(
    boxes=st.lists(st.lists(boxes_xywh, max_size=3), min_size=4, max_size=4),
    seed=st.integers(0, 999),
)
def test_mixes_and_warps(name, boxes, seed):
    samples = [make_sample(b, 10 * i, seed=i) for i, b in enumerate(boxes)]
    for sample in samples:
        del sample['gt_masks']
    sample = samples[0]
    sample['mix_results'] = samples[1:2] if name == 'MixUp' else samples[1:]
    assert_in_step(*both(config(name, BOXES_ONLY), sample, seed))


@pytest.mark.parametrize('name', BOXES_ONLY)
@pytest.mark.parametrize('nested', [False, True], ids=['alone', 'before-a-flip'])
def test_masks_are_not_left_behind(name, nested):
    step = config(name, BOXES_ONLY)
    if nested:  # whose masks are new, but those of the picture before
        steps = [step, dict(type='RandomFlip', prob=1.0)]
        step = dict(type='Compose', transforms=steps)
    with DefaultScope.overwrite_default_scope('mmdet'):
        keep = KeepAttrs(step)
    message = f'0.jpg: {name} moves boxes, but not masks; .*with_mask=False'
    with pytest.raises(ValueError, match=message):
        keep(make_sample([(3, 3, 9, 9)]))


class Shift(RandomShift):
    """A transform that nobody knows by name."""


def slide_in_place(results):
    results['gt_bboxes'].translate_([2, 0])
    return dict(results, img=np.roll(results['img'], 2, axis=1))


def enlarge(results):
    """Masks have another size then, though boxes are right."""
    h, w = results['img_shape']
    return dict(results, img=np.zeros((h, 2 * w, 3), np.uint8), img_shape=(h, 2 * w))


@pytest.mark.parametrize(
    'move, boxes, name',
    [
        (Shift(prob=1.0, max_shift_px=8), [(6, 6, 9, 9)], 'Shift'),
        (slide_in_place, [(6, 6, 9, 9)], 'function'),
        (enlarge, [(6, 6, 9, 9)], 'function'),
    ],
    ids=['shift', 'in-place', 'size'],
)
def test_what_has_left_masks_behind_is_named(move, boxes, name):
    random.seed(1)
    with pytest.raises(ValueError, match=f'0.jpg: {name} moves boxes, but not masks'):
        KeepAttrs(move)(make_sample(boxes))
    sample = make_sample(boxes)
    del sample['gt_masks']
    assert len(KeepAttrs(move)(sample)['gt_attr_labels']) == len(boxes)


@pytest.mark.parametrize(
    'transform',
    [
        Shift(prob=0.0),
        lambda r: dict(r, img=r['img'] // 2),
        lambda r: dict(r, gt_bboxes=r['gt_masks'].get_bboxes('hbox')),
    ],
    ids=['did-not-move', 'colours', 'boxes-of-the-masks'],
)
def test_masks_may_stay_where_the_picture_does(transform):
    sample = make_sample([(3, 3, 9, 9)])
    sample['gt_bboxes'].tensor[:] += 1
    out = KeepAttrs(transform)(sample)
    assert out['gt_masks'] is sample['gt_masks']


def test_equal_labels_do_not_confuse_instances():
    sample = make_sample([(0, 0, 2, 2), (1, 1, 9, 9), (2, 2, 3, 9), (3, 3, 8, 8)])
    sample['gt_bboxes_labels'][:] = 31
    out = KeepAttrs(dict(type='FilterAnnotations', min_gt_bbox_wh=(5, 5)))(sample)
    assert out['gt_attr_labels'].tolist() == attrs_of([1, 3]).tolist()
    assert out['gt_bboxes_labels'].tolist() == [31, 31]


def test_pasted_objects_bring_their_attributes():
    sample, other = make_sample([(0, 0, 5, 5)]), make_sample([(9, 9, 6, 6)], 7)
    sample['mix_results'] = [other]
    out = KeepAttrs(dict(type='CopyPaste', selected=False, mask_occluded_thr=1))(sample)
    assert out['gt_bboxes_labels'].tolist() == [0, 7]
    assert out['gt_attr_labels'].tolist() == attrs_of([0, 7]).tolist()
    assert out['mix_results'][0]['gt_bboxes_labels'].tolist() == [7]


def test_several_transforms_in_one():
    steps = [dict(type='RandomFlip', prob=1.0), dict(type='FilterAnnotations')]
    with DefaultScope.overwrite_default_scope('mmdet'):
        keep = KeepAttrs(dict(type='Compose', transforms=steps))
    out = keep(make_sample([(0, 0, 1, 1), (2, 2, 5, 5)]))
    assert out['gt_attr_labels'].tolist() == attrs_of([1]).tolist()


def test_none_goes_through():
    keep = KeepAttrs(dict(type='FilterAnnotations', min_gt_bbox_wh=(99, 99)))
    assert keep(make_sample([(0, 0, 3, 3)])) is None


def test_samples_without_annotations_go_through():
    sample = dict(make_sample([]), gt_bboxes=None)
    for key in ('gt_attr_labels', 'gt_bboxes_labels', 'gt_bboxes', 'gt_masks'):
        sample.pop(key)
    assert KeepAttrs(dict(type='Resize', scale=(40, 48)))(sample)['img'].shape[0] == 48


def test_has_get_indexes_only_where_the_wrapped_one_has():
    keep = KeepAttrs(dict(type='Mosaic', img_scale=(20, 24)))
    assert len(keep.get_indexes(range(9))) == 3
    assert not hasattr(keep, 'get_indices')
    assert not hasattr(KeepAttrs(dict(type='RandomFlip', prob=0.5)), 'get_indexes')


@pytest.mark.parametrize(
    'clone', [copy.deepcopy, lambda k: pickle.loads(pickle.dumps(k))]
)
def test_can_be_sent_to_a_worker(clone):
    keep = clone(KeepAttrs(dict(type='CopyPaste')))
    assert hasattr(keep, 'get_indexes')
    assert repr(keep).startswith('KeepAttrs(transform=CopyPaste(')


def test_label_dtype_is_kept():
    sample = make_sample([(0, 0, 9, 9)])
    sample['gt_bboxes_labels'] = sample['gt_bboxes_labels'].astype(np.uint8)
    out = KeepAttrs(dict(type='FilterAnnotations'))(sample)
    assert out['gt_bboxes_labels'].dtype == np.uint8


@pytest.mark.parametrize('name', ['CachedMosaic', 'CachedMixUp'])
def test_transforms_with_a_memory_are_refused(name):
    with pytest.raises(ValueError, match=f'{name} mixes in samples of earlier calls'):
        KeepAttrs(dict(type=name, img_scale=(20, 24)))


def lose(results):
    results.pop('gt_bboxes_labels')
    return results


def invent(results):
    results['gt_bboxes_labels'] = np.array([0, 2])
    return results


def halve(results):
    results['gt_bboxes_labels'] = np.array([0.5, 1])
    return results


def lose_one(results):
    results['gt_bboxes_labels'] = results['gt_bboxes_labels'][:1]
    return results


@pytest.mark.parametrize(
    'transform, message',
    [
        (lose, '0.jpg: function has lost gt_bboxes_labels'),
        (invent, r'invented labels: \[0, 2\] where 2 instances were numbered from 0'),
        (halve, r'invented labels: \[0.5, 1.0\]'),
        (lose_one, 'has left 2 boxes but 1 labels'),
    ],
)
def test_transforms_that_lose_or_invent_labels_are_named(transform, message):
    with pytest.raises(ValueError, match=message):
        KeepAttrs(transform)(make_sample([(0, 0, 3, 3), (1, 1, 4, 4)]))


def test_samples_out_of_step_are_named():
    keep = KeepAttrs(dict(type='CopyPaste'))
    sample = make_sample([(0, 0, 3, 3)])
    sample['gt_attr_labels'] = attrs_of([0, 1])
    with pytest.raises(ValueError, match='0.jpg: 1 labels but 2 attribute rows before'):
        keep(sample)
    sample, other = make_sample([(0, 0, 3, 3)]), make_sample([(0, 0, 3, 3)], 5)
    del other['gt_attr_labels']
    with pytest.raises(ValueError, match='5.jpg: CopyPaste mixes a sample with attri'):
        keep(dict(sample, mix_results=[other]))
