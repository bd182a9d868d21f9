"""RunLengthMasks against mmdet's BitmapMasks, cv2 and pycocotools."""

import copy
import pickle

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.models.utils import mask2ndarray
from mmdet.structures.bbox import HorizontalBoxes
from mmdet.structures.mask import BitmapMasks, PolygonMasks
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures.column_segments import ColumnSegments
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

SIDES = st.integers(1, 40)
TRIANGLE = [0, 0, 2, 0, 2, 2]
KINDS = ('noise', 'empty', 'full', 'pixel', 'border', 'ellipse', 'stripes')


def draw_mask(kind: str, h: int, w: int, rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((h, w), np.uint8)
    if kind == 'noise':
        mask = (rng.random((h, w)) < rng.random()).astype(np.uint8)
    elif kind == 'full':
        mask[:] = 1
    elif kind == 'pixel':
        mask[rng.integers(h), rng.integers(w)] = 1
    elif kind == 'border':
        mask[[0, -1]] = mask[:, [0, -1]] = 1
    elif kind == 'ellipse':
        center = int(rng.integers(w)), int(rng.integers(h))
        axes = int(rng.integers(1, w + 1)), int(rng.integers(1, h + 1))
        cv2.ellipse(mask, center, axes, int(rng.integers(180)), 0, 360, 1, -1)
    elif kind == 'stripes':
        mask[:: rng.integers(1, 4), :: rng.integers(1, 4)] = 1
    return mask


@st.composite
def bitmaps(draw, least: int = 0) -> BitmapMasks:
    h, w = draw(SIDES), draw(SIDES)
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=least, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return BitmapMasks([draw_mask(kind, h, w, rng) for kind in kinds], h, w)


def encode(masks: BitmapMasks) -> RunLengthMasks:
    rles = [mask_utils.encode(np.asfortranarray(m)) for m in masks.masks]
    return RunLengthMasks(rles, masks.height, masks.width)


def assert_same(ours: RunLengthMasks, theirs: BitmapMasks) -> None:
    assert (ours.height, ours.width) == (theirs.height, theirs.width)
    assert len(ours) == len(theirs)
    array = ours.to_ndarray()
    assert array.shape == theirs.masks.shape and array.dtype == np.uint8
    np.testing.assert_array_equal(array, theirs.masks)


def with_default_profile(test):
    return settings(max_examples=60, deadline=None)(test)


@with_default_profile
@given(bitmaps())
def test_reading_areas_boxes_and_forms(masks):
    ours = encode(masks)
    assert_same(ours, masks)
    assert ours.areas.tolist() == masks.areas.tolist()
    expected = masks.get_bboxes('hbox').tensor
    assert torch.equal(ours.get_bboxes().tensor, expected)
    assert torch.equal(ours.get_bboxes('hbox').tensor, expected)
    for ours_one, theirs in zip(ours, masks, strict=True):
        np.testing.assert_array_equal(ours_one, theirs)
    tensor = ours.to_tensor(torch.float32, 'cpu')
    assert torch.equal(tensor, masks.to_tensor(torch.float32, 'cpu'))
    assert type(ours.to_bitmap()) is BitmapMasks


@with_default_profile
@given(bitmaps(), SIDES, SIDES)
def test_resize(masks, h, w):
    assert_same(encode(masks).resize((h, w)), masks.resize((h, w)))


@with_default_profile
@given(bitmaps(), st.one_of(st.floats(0.05, 5), st.tuples(SIDES, SIDES)))
def test_rescale(masks, scale):
    try:
        theirs = masks.rescale(scale)
    except cv2.error:  # a side of no pixels
        return
    assert_same(encode(masks).rescale(scale), theirs)


@pytest.mark.parametrize(
    'size, new',
    [((1201, 877), (331, 250)), ((97, 205), (331, 250)), ((3, 4), (999, 7))],
)
def test_resize_at_the_size_of_pictures(size, new):
    rng = np.random.default_rng(0)
    masks = BitmapMasks([draw_mask(k, *size, rng) for k in KINDS], *size)
    assert_same(encode(masks).resize(new), masks.resize(new))


@pytest.mark.parametrize('direction', ['horizontal', 'vertical', 'diagonal'])
@with_default_profile
@given(masks=bitmaps())
def test_flip(direction, masks):
    assert_same(encode(masks).flip(direction), masks.flip(direction))


@with_default_profile
@given(bitmaps(), st.integers(0, 9), st.integers(0, 9), st.sampled_from([0, 1]))
def test_pad(masks, below, right, value):
    shape = masks.height + below, masks.width + right
    assert_same(encode(masks).pad(shape, value), masks.pad(shape, pad_val=value))


@with_default_profile
@given(bitmaps(), st.data())
def test_crop(masks, data):
    x1 = data.draw(st.integers(-3, masks.width - 1))
    y1 = data.draw(st.integers(-3, masks.height - 1))
    box = np.array(
        [x1, y1, data.draw(st.integers(x1, 45)), data.draw(st.integers(y1, 45))]
    )
    assert_same(encode(masks).crop(box), masks.crop(box))


@with_default_profile
@given(bitmaps(), *[st.integers(0, 8)] * 4)
def test_expand(masks, top, left, below, right):
    shape = top + masks.height + below, left + masks.width + right
    assert_same(
        encode(masks).expand(*shape, top, left), masks.expand(*shape, top, left)
    )


@with_default_profile
@given(
    bitmaps(),
    st.tuples(SIDES, SIDES),
    st.integers(-45, 45),
    st.sampled_from(['horizontal', 'vertical']),
)
def test_translate(masks, shape, offset, direction):
    assert_same(
        encode(masks).translate(shape, offset, direction),
        masks.translate(shape, offset, direction),
    )


@with_default_profile
@given(
    bitmaps(),
    st.tuples(SIDES, SIDES),
    st.integers(-45, 45) | st.tuples(st.integers(-45, 45), st.integers(-45, 45)),
)
def test_translate_both_ways(masks, shape, offset):
    assert_same(
        encode(masks).translate(shape, offset, 'both'),
        masks.translate(shape, offset, 'both'),
    )


@with_default_profile
@given(
    bitmaps(),
    st.floats(-9, 9),
    st.sampled_from(['horizontal', 'vertical']),
    st.sampled_from(['nearest', 'bilinear']),
)
def test_translate_by_parts_of_a_pixel(masks, offset, direction, interpolation):
    shape = masks.height, masks.width
    args = shape, offset, direction, 0, interpolation
    assert_same(encode(masks).translate(*args), masks.translate(*args))


@with_default_profile
@given(
    bitmaps(),
    st.floats(-180, 180),
    st.floats(-2, 2),
    st.sampled_from(['horizontal', 'vertical']),
    st.sampled_from(['nearest', 'bilinear']),
)
def test_rotate_and_shear(masks, angle, magnitude, direction, interpolation):
    shape = masks.height, masks.width
    ours = encode(masks)
    assert_same(
        ours.rotate(shape, angle, interpolation=interpolation),
        masks.rotate(shape, angle, interpolation=interpolation),
    )
    args = shape, magnitude, direction, 0, interpolation
    assert_same(ours.shear(*args), masks.shear(*args))


@with_default_profile
@given(bitmaps(), SIDES, SIDES)
def test_other_interpolation(masks, h, w):
    shape = h, w
    assert_same(
        encode(masks).resize(shape, 'bilinear'), masks.resize(shape, 'bilinear')
    )


@with_default_profile
@given(bitmaps(least=1), st.data())
def test_indexing_as_an_array(masks, data):
    n = len(masks)
    index = data.draw(
        st.one_of(
            st.integers(-n, n - 1),
            st.lists(st.integers(-n, n - 1), max_size=6).map(
                lambda i: np.array(i, int)
            ),
            st.lists(st.booleans(), min_size=n, max_size=n).map(np.array),
            st.slices(n),
            st.lists(st.integers(-n, n - 1), min_size=2, max_size=2).map(
                lambda i: np.array([i, i[::-1]])
            ),
            st.none(),
        )
    )
    assert_same(encode(masks)[index], masks[index])


@with_default_profile
@given(bitmaps())
def test_rle_is_that_of_pycocotools(masks):
    ours = [(r['size'], r['counts'].encode()) for r in encode(masks).to_rle()]
    theirs = [mask_utils.encode(np.asfortranarray(m)) for m in masks.masks]
    assert ours == [(r['size'], r['counts']) for r in theirs]


@with_default_profile
@given(bitmaps(least=1), SIDES, SIDES, st.data())
def test_a_chain_of_operations(masks, h, w, data):
    ours, theirs = encode(masks), masks
    steps = {
        'resize': lambda m: m.resize((h, w)),
        'flip': lambda m: m.flip('horizontal'),
        'upside down': lambda m: m.flip('vertical'),
        'crop': lambda m: m.crop(np.array([1, 0, m.width, m.height])),
        'pad': lambda m: m.pad((m.height + 3, m.width + 2)),
        'turn': lambda m: m.rotate((m.height, m.width), 30),
        'write': write_a_corner,
    }
    for name in data.draw(st.lists(st.sampled_from(sorted(steps)), max_size=6)):
        if name == 'crop' and ours.width == 1:
            continue
        ours, theirs = steps[name](ours), steps[name](theirs)
        assert_same(ours, theirs)
    assert_same(pickle.loads(pickle.dumps(ours)), theirs)


def write_a_corner(masks):
    """As mmdet's RandomErasing does it."""
    masks = copy.deepcopy(masks)
    masks.masks[:, :2, :3] = 0
    return masks


def test_what_is_written_into_masks_stays():
    masks = RunLengthMasks.random(2, 4, 5, rng=0)
    masks.masks[0] = 0
    assert masks.areas[0] == 0 and masks.areas[1] > 0
    assert len(masks) == 2
    masks.masks = np.ones((1, 4, 5), np.uint8)
    assert len(masks) == 1 and masks.areas.tolist() == [20]
    with pytest.raises(ValueError, match=r'\(3, 5\) pixels in masks of 4 x 5'):
        masks.masks = np.ones((1, 3, 5), np.uint8)


def test_operations_leave_the_masks_as_they_were():
    masks = RunLengthMasks.random(3, 6, 7, rng=1)
    before = masks.to_ndarray().copy()
    masks.flip().masks[:] = 0
    masks.resize((6, 7)).masks[:] = 0
    masks[[0, 1, 2]].masks[:] = 0
    np.testing.assert_array_equal(masks.to_ndarray(), before)


def test_cat_takes_masks_of_any_kind():
    runs = RunLengthMasks.random(2, 8, 9, rng=2)
    maps = BitmapMasks.random(1, 8, 9, rng=3)
    polygons = PolygonMasks([[np.array([1.0, 1, 6, 1, 6, 6])]], 8, 9)
    three = [runs, maps, polygons]
    expected = [*runs.to_ndarray(), *maps.masks, *polygons.to_ndarray()]
    for given_as in (list, tuple, iter):
        joined = RunLengthMasks.cat(given_as(three))
        np.testing.assert_array_equal(joined.to_ndarray(), np.stack(expected))


@pytest.mark.parametrize(
    'masks, match',
    [
        ([], 'should not be an empty list'),
        (
            [RunLengthMasks([], 4, 5), RunLengthMasks([], 5, 4)],
            r'different sizes \(h, w\): \[\(4, 5\), \(5, 4\)\]',
        ),
    ],
)
def test_cat_refuses(masks, match):
    with pytest.raises(ValueError, match=match):
        RunLengthMasks.cat(masks)


def test_mmdet_takes_them_for_bitmaps():
    masks = RunLengthMasks.random(2, 8, 9, rng=2)
    bitmaps = masks.to_bitmap()
    np.testing.assert_array_equal(mask2ndarray(masks), bitmaps.masks)
    boxes = HorizontalBoxes.from_instance_masks(masks).tensor
    assert torch.equal(boxes, bitmaps.get_bboxes('hbox').tensor)
    np.testing.assert_array_equal(
        BitmapMasks.cat([masks, bitmaps]).masks, [*bitmaps.masks, *bitmaps.masks]
    )


def test_polygons_are_filled_as_by_mmdet():
    polygons = [[[1.5, 1, 20, 3, 9, 17.2], [3, 3, 3, 9, 9, 9]], [[0, 0, 29, 0, 9, 19]]]
    arrays = [[np.array(p, float) for p in polygon] for polygon in polygons]
    theirs = PolygonMasks(arrays, 20, 30).to_bitmap()
    np.testing.assert_array_equal(
        RunLengthMasks(polygons, 20, 30).to_ndarray(), theirs.masks
    )


@with_default_profile
@given(
    bitmaps(),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from([torch.from_numpy, np.asarray]),
    st.integers(0, 2**32 - 1),
)
def test_targets_of_a_mask_head(masks, count, binarize, kind, seed):
    """Boxes reach beyond the masks, and several of them may ask for one mask."""
    rng = np.random.default_rng(seed)
    corners = rng.random((count, 2, 2)) * 1.4 - 0.2
    boxes = np.sort(corners, axis=1) * [masks.width, masks.height]
    boxes = kind(boxes.reshape(count, 4).astype(np.float32))
    inds = kind(rng.integers(0, max(len(masks), 1), count))
    ours, theirs = (
        m.crop_and_resize(boxes, (7, 5), inds, 'cpu', binarize=binarize)
        for m in (encode(masks), masks)
    )
    np.testing.assert_array_equal(ours.masks, theirs.masks)
    assert ours.masks.dtype == theirs.masks.dtype
    assert (ours.height, ours.width) == (theirs.height, theirs.width) == (7, 5)


def test_targets_paint_each_mask_that_is_asked_for_once(monkeypatch):
    painted = []

    def paint(segments):
        painted.append(segments.num_masks)
        return np.zeros((segments.num_masks, *segments.size), np.uint8)

    masks = RunLengthMasks.random(5, 8, 9, rng=0)
    monkeypatch.setattr(ColumnSegments, 'paint', paint)
    boxes = torch.tensor([[0.0, 0, 5, 5]] * 4)
    masks.crop_and_resize(boxes, (7, 7), torch.tensor([4, 1, 4, 4]))
    assert painted == [2]


@pytest.mark.parametrize(
    'mask, match',
    [
        (dict(size=[3, 2], counts=[6]), 'mask 1 is 3 x 2 pixels, not 2 x 3'),
        (dict(size=[2, 3], counts=[4]), 'mask 1: the counts of the RLE sum to 4'),
        (dict(size=[2, 3], counts='!!'), 'mask 1: character 1 of the compressed RLE'),
        (dict(size=[2, 3]), 'mask 1 is neither RLE nor a list of polygons'),
        (None, 'mask 1 is neither RLE nor a list of polygons'),
        (dict(size=None, counts='1'), 'mask 1: the size of the RLE is None'),
        (dict(size=[2, 3], counts=None), 'mask 1: the counts of the RLE are None'),
        (dict(size=[2, 3], counts=[2, 3.5, 0.5]), 'mask 1: .* list of whole numbers'),
        ([], 'mask 1 has no polygon, or one of less than 3 points'),
        ([[0, 0, 2, 2]], 'mask 1 has no polygon, or one of less than 3 points'),
        ([TRIANGLE, [1, 1]], 'mask 1 has no polygon, or one of less than 3 points'),
        (TRIANGLE, 'mask 1 has a polygon that is 0, not a list of numbers'),
        ([[*TRIANGLE, 1]], 'mask 1 has a polygon of 7 numbers; they are x, y, '),
        (
            [np.array([0, 0, 2, np.nan, 2, 2])],
            'mask 1 has the polygon array.*all numbers',
        ),
        ([[0, 0, 2, 0, 2, 1e9]], 'mask 1 has the polygon .*within 1,000,000 pixels'),
        ([['0', '0', '2', '0', '2', '2']], 'mask 1 has the polygon .*all numbers'),
    ],
    ids=str,
)
def test_bad_mask_is_named(mask, match):
    good = dict(size=[2, 3], counts=[2, 3, 1])
    with pytest.raises(ValueError, match=match):
        RunLengthMasks([good, mask], 2, 3)


WRONG = {
    'flip': (lambda m: m.flip('left'), "one of .* got 'left'"),
    'pad': (lambda m: m.pad((1, 9)), 'cannot pad masks of 2 x 3 to 1 x 9'),
    'resize': (
        lambda m: m.resize((0, 5)),
        'cannot resize 1 masks of 2 x 3 .* to 0 x 5',
    ),
    'resize below 0': (lambda m: m.resize((4, -5), 'bilinear'), 'pixels to 4 x -5'),
    'rescale': (lambda m: m.rescale(0.001), 'pixels to 0 x 0'),
    'none, below 0': (
        lambda m: m[:0].resize((-1, 5)),
        'cannot resize 0 masks .* to -1',
    ),
    'direction': (lambda m: m.translate((2, 3), 1, 'diag'), "one of .* got 'diag'"),
    'two offsets': (
        lambda m: m.translate((2, 3), (1, 2)),
        r"a tuple with direction='both'; got \(1, 2\) with 'horizontal'",
    ),
    'a list': (lambda m: m.translate((2, 3), [1, 2], 'both'), r'got \[1, 2\] with'),
    'three offsets': (
        lambda m: m.translate((2, 3), (1, 2, 3), 'both'),
        'a number, or two',
    ),
    'small canvas': (
        lambda m: m.expand(9, 4, 0, 2),
        r'at \(0, 2\) do not fit in 9 x 4',
    ),
    'above': (lambda m: m.expand(9, 9, -1, 2), r'at \(-1, 2\) do not fit in 9 x 9'),
    'height': (lambda m: RunLengthMasks([], -3, 4), 'masks cannot be -3 x 4 pixels'),
}


@pytest.mark.parametrize(('use', 'match'), WRONG.values(), ids=WRONG)
def test_wrong_use_is_refused(use, match):
    with pytest.raises(ValueError, match=match):
        use(RunLengthMasks([dict(size=[2, 3], counts=[2, 3, 1])], 2, 3))


def test_no_masks_may_become_those_of_no_pixels():
    ours, theirs = RunLengthMasks([], 2, 3), BitmapMasks([], 2, 3)
    assert_same(ours.resize((0, 5)), theirs.resize((0, 5)))
    assert_same(ours.rescale(0.001), theirs.rescale(0.001))
