"""Reading garments from the kinds of instances that mmdet hands out."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.structures.bbox import HorizontalBoxes
from mmdet.structures.mask import BitmapMasks, PolygonMasks
from mmengine.structures import InstanceData

from projects.fashion_attr.visualization.garment import category_color, read_garments
from projects.fashion_attr.visualization.instance_masks import mask_box, resize_mask

META = dict(
    classes=('coat', 'shoe'),
    palette=[(1, 2, 3), (4, 5, 6)],
    attributes=('long', 'red', 'wool'),
)
SIZE = (8, 8)
MASK = np.zeros((1, 8, 8), bool)
MASK[0, 2:6, 1:5] = True
POLYGON = [[np.array([1.0, 2, 5, 2, 5, 6, 1, 6])]]


def read(draw_size=SIZE, image_size=SIZE, **fields):
    fields.setdefault('labels', torch.tensor([1]))
    instances = InstanceData(**fields)
    return read_garments(instances, image_size, draw_size, META, 0.4)


@pytest.mark.parametrize(
    'masks',
    [
        pytest.param(MASK, id='array'),
        pytest.param(MASK.astype(np.uint8), id='uint8 array'),
        pytest.param(torch.from_numpy(MASK), id='bool tensor'),
        pytest.param(BitmapMasks(MASK.astype(np.uint8), 8, 8), id='BitmapMasks'),
        pytest.param(PolygonMasks(POLYGON, 8, 8), id='PolygonMasks'),
    ],
)
def test_masks_of_every_kind(masks):
    (garment,) = read(masks=masks)
    assert (garment.mask == MASK[0]).all()
    assert garment.box.tolist() == [1, 2, 5, 6]
    assert garment.area == 16


@pytest.mark.parametrize(
    'boxes',
    [
        pytest.param(torch.tensor([[1.0, 2, 5, 6]]), id='tensor'),
        pytest.param(np.array([[1, 2, 5, 6]]), id='array'),
        pytest.param(HorizontalBoxes([[1.0, 2, 5, 6]]), id='HorizontalBoxes'),
    ],
)
def test_boxes_of_every_kind_land_in_the_drawn_picture(boxes):
    (garment,) = read(bboxes=boxes, draw_size=(16, 24))
    assert garment.box.tolist() == [3, 4, 15, 12]
    assert garment.mask is None


def test_boxes_belong_to_the_size_of_their_masks():
    boxes = torch.tensor([[1.0, 2, 5, 6]])
    (garment,) = read(masks=MASK, bboxes=boxes, image_size=(80, 80), draw_size=(80, 80))
    assert garment.box.tolist() == [10, 20, 50, 60]


def test_boxes_of_zeros_give_way_to_masks():
    (garment,) = read(masks=MASK, bboxes=torch.zeros(1, 4))
    assert garment.box.tolist() == [1, 2, 5, 6]


def test_boxes_end_at_the_picture():
    (garment,) = read(bboxes=torch.tensor([[-5.0, 1, 99, 4]]))
    assert garment.box.tolist() == [0, 1, 8, 4]


def test_neither_boxes_nor_masks():
    with pytest.raises(ValueError, match=r'neither bboxes nor masks.*labels'):
        read()


@pytest.mark.parametrize(
    'fields',
    [
        pytest.param({}, id='no fields'),
        pytest.param(dict(labels=torch.zeros(0).long()), id='no instances'),
        pytest.param(
            dict(labels=torch.zeros(0).long(), masks=torch.zeros(0, 8, 8).bool()),
            id='no masks',
        ),
    ],
)
def test_nothing_to_read(fields):
    assert read_garments(InstanceData(**fields), SIZE, SIZE, META, 0.4) == []


def test_predicted_attributes_that_reach_the_threshold_are_ranked():
    scores = torch.tensor([[0.4, 0.9, 0.39]])
    (garment,) = read(masks=MASK, attr_scores=scores, scores=torch.tensor([0.7]))
    assert [a.name for a in garment.attributes] == ['red', 'long']
    assert garment.attributes[0].score == pytest.approx(0.9)
    assert garment.score == pytest.approx(0.7)


def test_true_attributes_without_their_padding():
    (garment,) = read(masks=MASK, attr_labels=torch.tensor([[0, 2, 3, 3]]))
    assert [a.name for a in garment.attributes] == ['long', 'wool']
    assert garment.score is None


def test_names_and_colours_beyond_the_metainfo():
    (garment,) = read(masks=MASK, labels=torch.tensor([7]))
    assert garment.name == 'class 7'
    assert category_color(1, META['palette']) == (4, 5, 6)
    assert category_color(7, None) == category_color(7, META['palette'])
    assert len({category_color(i, None) for i in range(46)}) == 46


@settings(max_examples=150, deadline=None)
@given(st.integers(60, 900), st.integers(0, 1000))
def test_a_thin_part_survives_shrinking(width, where):
    """A line a new pixel wide, at any place of any ratio."""
    thick = -(-width // 60)
    left = where % (width - thick + 1)
    mask = np.zeros((width, width), bool)
    mask[:, left : left + thick] = True
    assert resize_mask(mask, (60, 60)).any(1).all()


def test_resizing_keeps_the_area_in_proportion():
    mask = np.zeros((400, 600), bool)
    mask[100:300, 200:400] = True
    for size in ((200, 300), (800, 1200), (133, 171), (80, 120)):
        share = resize_mask(mask, size).mean()
        assert share == pytest.approx(mask.mean(), rel=0.05)


def test_box_of_an_empty_mask():
    assert mask_box(np.zeros((3, 3), bool)).tolist() == [0, 0, 0, 0]
