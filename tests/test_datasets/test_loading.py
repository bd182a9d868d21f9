import numpy as np
import pytest
from kaggle_files import decode_kaggle
from mmdet.registry import TRANSFORMS

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from projects.fashion_attr.datasets.transforms import LoadAttrAnnotations  # noqa: E402
from projects.fashion_attr.structures.kaggle_rle import kaggle_to_coco  # noqa: E402
from projects.fashion_attr.structures.run_length_masks import (  # noqa: E402
    RunLengthMasks,
)

SIZE = (12, 10)
RLE = kaggle_to_coco('2 3 7 4', SIZE)
POLYGON = [[1.0, 1.0, 5.0, 1.0, 5.0, 5.0, 1.0, 5.0]]


def sample(*instances, **kwargs):
    return dict(
        img_path='a.jpg', ori_shape=SIZE, height=12, width=10,
        instances=[
            dict(bbox=[0, 1, 1, 10], bbox_label=i, ignore_flag=0, attr_labels=[],
                 mask=RLE) | instance
            for i, instance in enumerate(instances)
        ],
    ) | kwargs  # fmt: skip


def test_attributes_come_in_the_order_of_the_boxes():
    results = LoadAttrAnnotations()(
        sample(dict(attr_labels=[7, 3]), dict(), dict(attr_labels=range(14)))
    )
    attrs = results['gt_attr_labels']
    assert attrs.dtype == np.int64
    assert attrs.tolist() == [[3, 7] + [294] * 12, [294] * 14, list(range(14))]
    assert results['gt_bboxes_labels'].tolist() == [0, 1, 2]


def test_run_length_masks_are_loaded_and_not_ignored():
    results = LoadAttrAnnotations()(sample(dict(), dict(mask=POLYGON)))
    assert results['gt_ignore_flags'].tolist() == [False, False]
    assert isinstance(results['gt_masks'], RunLengthMasks)
    masks = results['gt_masks'].to_ndarray()
    assert np.array_equal(masks[0], decode_kaggle('2 3 7 4', SIZE))
    assert masks[1].sum() == 16


def test_polygons_may_stay_polygons():
    results = LoadAttrAnnotations(poly2mask=False)(sample(dict(mask=POLYGON)))
    assert results['gt_masks'].masks[0][0].tolist() == POLYGON[0]
    assert not results['gt_ignore_flags'].any()


def test_a_picture_without_objects_has_tables_without_rows():
    results = LoadAttrAnnotations()(sample())
    assert results['gt_attr_labels'].shape == (0, 14)
    assert len(results['gt_bboxes']) == len(results['gt_masks']) == 0


def test_parts_can_be_left_out():
    results = LoadAttrAnnotations(with_mask=False, with_attr=False)(sample(dict()))
    assert 'gt_masks' not in results
    assert 'gt_attr_labels' not in results


@pytest.mark.parametrize(
    'instance, settings, message',
    [
        (dict(), dict(poly2mask=False), 'a.jpg, instance 0: poly2mask=False keeps'),
        (dict(mask=kaggle_to_coco('1 2', (10, 12))), {},
         'a.jpg, instance 0: the mask is 10 x 12 pixels, the picture 12 x 10; if its '
         "EXIF .* color_type='color_ignore_orientation'"),
        (dict(mask=dict(size=[12, 10], counts=[100, 3])), {},
         'a.jpg, mask 0: the counts of the RLE sum to 103, not to the 120 pixels'),
        (dict(mask=[[1, 1, 5]]), {}, 'a.jpg, instance 0 has a polygon of 3 numbers'),
        (dict(mask=[[1, 1, 5, 5]]), dict(poly2mask=False),
         'a.jpg, instance 0 has no polygon of 3 points or more'),
        (dict(mask=dict(size=[12, 10], counts=None)), {},
         'a.jpg, instance 0: the counts of the RLE are None'),
        (dict(mask=[]), {}, 'a.jpg, instance 0 has no mask'),
        (dict(attr_labels=range(15)), {}, 'a.jpg, instance 0 has 15 attributes'),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_loaded_is_named(instance, settings, message):
    with pytest.raises(ValueError, match=message):
        LoadAttrAnnotations(**settings)(sample(instance))


@pytest.mark.parametrize('mask', [RLE, POLYGON], ids=['runs', 'polygons'])
@pytest.mark.parametrize(
    'settings', [{}, dict(poly2mask=False), dict(with_mask=False)], ids=str
)
def test_annotations_of_another_size_are_named(mask, settings):
    message = (
        'a.jpg: the annotations are for 10 x 12 pixels, the picture 12 x 10; if its '
        "EXIF .* color_type='color_ignore_orientation'"
    )
    turned = dict(height=10, width=12)
    with pytest.raises(ValueError, match=message):
        LoadAttrAnnotations(**settings)(sample(dict(mask=mask), **turned))
    assert len(LoadAttrAnnotations(**settings)(sample(**turned))['gt_bboxes']) == 0


def test_samples_need_not_say_what_size_was_annotated():
    results = sample(dict(mask=POLYGON))
    del results['height'], results['width']
    assert LoadAttrAnnotations()(results)['gt_masks'].areas.tolist() == [16]


def test_a_missing_mask_is_named():
    results = sample(dict(), dict())
    del results['instances'][1]['mask']
    with pytest.raises(ValueError, match='instance 1 has no mask.* with_mask=False'):
        LoadAttrAnnotations()(results)


def test_is_registered_and_says_what_it_does():
    built = TRANSFORMS.build(dict(type='LoadAttrAnnotations'))
    assert 'with_mask=True' in repr(built)
    assert repr(built).endswith('with_attr=True)')
