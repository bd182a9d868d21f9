import json

import numpy as np
import pytest
from kaggle_files import good_rows, row, write_folder
from mmengine.registry import DefaultScope
from pycocotools import mask as mask_utils

from projects.fashion_attr import ops

ops.install()  # before mmdet's datasets

from mmdet.datasets import CocoDataset, MultiImageMixDataset  # noqa: E402
from mmdet.datasets.base_det_dataset import BaseDetDataset  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

from projects.fashion_attr.datasets import transforms  # noqa: E402, F401
from projects.fashion_attr.datasets.imaterialist import (  # noqa: E402
    IMaterialistDataset,
)
from projects.fashion_attr.datasets.prepare import prepare  # noqa: E402
from projects.fashion_attr.datasets.taxonomy import (  # noqa: E402
    ATTRIBUTE_NAMES,
    CATEGORY_NAMES,
    label_descriptions,
)
from projects.fashion_attr.structures.kaggle_rle import kaggle_to_coco  # noqa: E402

SQUARE = [[1.0, 2.0, 5.0, 2.0, 5.0, 9.0, 1.0, 9.0]]
RLE = kaggle_to_coco('2 3 7 4', (12, 10))
LOADING = [dict(type='LoadImageFromFile'), dict(type='LoadAttrAnnotations')]


@pytest.fixture(autouse=True)
def _mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def annotation(**change):
    """One annotation of Fashionpedia's; None as a value leaves the key out."""
    entry = dict(
        id=1, image_id=1, category_id=31, attribute_ids=[281, 3], area=28.0,
        bbox=[1.0, 2.0, 4.0, 7.0], segmentation=SQUARE, iscrowd=0,
    ) | change  # fmt: skip
    return {key: value for key, value in entry.items() if value is not None}


def dataset(folder, *annotations, labels=None, **kwargs):
    file = dict(
        info={},
        images=[dict(id=1, file_name='a.jpg', height=12, width=10)],
        annotations=list(annotations),
        **(label_descriptions() if labels is None else labels),
    )
    path = folder / 'x.json'
    path.write_text(json.dumps(file))
    return IMaterialistDataset(
        ann_file=str(path), data_prefix=dict(img='train/'), pipeline=[], **kwargs
    )


def instances(*args, **kwargs):
    return dataset(*args, **kwargs).get_data_info(0)['instances']


def test_polygons_and_attribute_ids(tmp_path):
    (instance,) = instances(tmp_path, annotation())
    assert instance == dict(
        ignore_flag=0,
        bbox=[1.0, 2.0, 5.0, 9.0],
        bbox_label=31,
        attr_labels=[3, 235],
        mask=SQUARE,
    )


def test_names_and_colours(tmp_path):
    meta = dataset(tmp_path).metainfo
    assert meta['classes'] == CATEGORY_NAMES
    assert meta['attributes'] == ATTRIBUTE_NAMES
    assert len(set(meta['palette'])) == 46


@pytest.mark.parametrize(
    'segmentation, bbox',
    [
        (SQUARE, [1.0, 2.0, 5.0, 9.0]),
        ([*SQUARE, [7.0, 0.5, 8.0, 0.5, 8.0, 3.0]], [1.0, 0.5, 8.0, 9.0]),
        (RLE, [0.0, 1.0, 1.0, 10.0]),
        (dict(size=[12, 10], counts=[12, 24, 84]), [1.0, 0.0, 3.0, 12.0]),
    ],
    ids=['polygon', 'two-polygons', 'rle', 'counts'],
)
def test_a_missing_box_and_area_come_from_the_mask(tmp_path, segmentation, bbox):
    ann = annotation(segmentation=segmentation, bbox=None, area=None)
    (instance,) = instances(tmp_path, ann)
    assert instance['bbox'] == bbox


def test_crowds_are_ignored_but_run_length_masks_are_not(tmp_path):
    flags = [
        instance['ignore_flag']
        for instance in instances(
            tmp_path,
            annotation(segmentation=RLE),
            annotation(id=2, segmentation=RLE, iscrowd=1),
        )
    ]
    assert flags == [0, 1]


@pytest.mark.parametrize(
    'change',
    [
        dict(bbox=[1, 2, 0.5, 7]),
        dict(bbox=[10, 2, 4, 7]),
        dict(bbox=[-4, 2, 4, 7]),
        dict(area=0),
        dict(segmentation=[[1, 1, 1, 1, 1, 1]], bbox=None, area=None),
    ],
    ids=['thin', 'right-of', 'left-of', 'no-area', 'a-point'],
)
def test_degenerate_objects_are_counted(tmp_path, change):
    data = dataset(tmp_path, annotation(**change), annotation(id=2))
    assert len(data.get_data_info(0)['instances']) == 1
    assert data.num_left_out == 1


def test_the_order_of_classes_decides_the_labels(tmp_path):
    anns = [annotation(id=i + 1, category_id=c) for i, c in enumerate((6, 23, 31))]
    meta = dict(classes=('shoe', 'pants'))
    found = instances(tmp_path, *anns, metainfo=meta)
    assert [instance['bbox_label'] for instance in found] == [1, 0]
    with pytest.raises(ValueError, match=r"\['trousers'\] are none of the 46"):
        dataset(tmp_path, metainfo=dict(classes=('trousers',)))


@pytest.mark.parametrize(
    'change, message',
    [
        (dict(category_id=46), 'annotation 7 has category_id 46, none of the 46'),
        (
            dict(attribute_ids=[3, 235, 999]),
            r'annotation 7 has attribute ids \[235, 999',
        ),
        (
            dict(attribute_ids=list(range(15))),
            'annotation 7 has 15 attributes; at most',
        ),
        (dict(attribute_ids=None), 'annotation 7 has no attribute_ids'),
        (
            dict(segmentation=[]),
            'annotation 7 has no segmentation; load boxes alone with with_mask=False',
        ),
    ],
)
def test_bad_annotations_are_named(tmp_path, change, message):
    with pytest.raises(ValueError, match=rf'x.json: {message}'):
        dataset(tmp_path, annotation(id=7, **change))


def test_files_of_another_taxonomy_are_named(tmp_path, shared_data):
    labels = dict(categories=[dict(id=6, name='shoe')])
    with pytest.raises(ValueError, match="category 6 is 'shoe', here 'pants'"):
        dataset(tmp_path, labels=labels)
    old = shared_data / 'fashionpedia/sample.json'  # 48 categories, 320 attributes
    with pytest.raises(ValueError, match='sample.json is of another taxonomy'):
        IMaterialistDataset(ann_file=str(old), pipeline=[])


def test_a_file_without_pictures_is_named(tmp_path):
    path = tmp_path / 'val.json'
    path.write_text(json.dumps(dict(images=[], annotations=[], **label_descriptions())))
    with pytest.raises(ValueError, match='val.json has no pictures; prepare with'):
        IMaterialistDataset(ann_file=str(path), pipeline=[])


def test_a_file_without_tables_and_annotations(tmp_path):
    assert len(dataset(tmp_path, labels={})) == 1
    assert instances(tmp_path, labels={}) == []


@pytest.fixture(scope='module')
def prepared(tmp_path_factory):
    rows = [*good_rows(), row('0000', '1 1', category=6, attributes='340')]
    root = write_folder(tmp_path_factory.mktemp('kaggle'), rows)
    prepare(root, val=2, progress=False)
    return root


@pytest.mark.parametrize('share', [0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize('indent', [None, 1])
def test_a_file_that_is_cut_off_is_named(prepared, tmp_path, share, indent):
    text = (prepared / 'annotations/train.json').read_text()
    if indent:  # of another layout
        text = json.dumps(json.loads(text), indent=indent)
    path = tmp_path / 'cut.json'
    path.write_text(text[: int(len(text) * share)])
    message = f'^{path} is cut off or no JSON .*; make it again with tools/prepare_im'
    with pytest.raises(ValueError, match=message):
        IMaterialistDataset(ann_file=str(path), pipeline=[])


def test_a_file_of_other_bytes_is_named(tmp_path):
    path = tmp_path / 'cut.json'
    path.write_bytes(b'\xff\xd8')
    with pytest.raises(ValueError, match=f'^{path} is cut off or no JSON'):
        IMaterialistDataset(ann_file=str(path), pipeline=[])


def build(root, *pipeline, side='train', **kwargs):
    kwargs.setdefault('ann_file', f'annotations/{side}.json')
    return IMaterialistDataset(
        data_root=str(root),
        data_prefix=dict(img='train/'),
        pipeline=[*LOADING, *pipeline],
        **kwargs,
    )


def test_prepared_files_are_loaded_and_counted(prepared):
    sides = [build(prepared, dict(type='PackAttrDetInputs'), side=s)
             for s in ('train', 'val')]  # fmt: skip
    assert [len(side) for side in sides] == [4, 2]
    attributes = sum(side.count_attributes() for side in sides)
    categories = sum(side.count_categories() for side in sides)
    assert categories[[0, 1, 6, 31]].tolist() == [3, 3, 1, 6]
    assert categories.sum() == 13
    assert (attributes[0, 115], attributes[6, 293], attributes[31].sum()) == (3, 1, 0)
    for packed in (item for side in sides for item in side):
        objects = packed['data_samples'].gt_instances
        assert len(objects) == len(objects.masks) >= 2
        assert not len(packed['data_samples'].ignored_instances)
        for label, attrs in zip(objects.labels, objects.attr_labels, strict=True):
            assert (attrs < 294).sum() == {31: 0, 6: 1}.get(int(label), 2)


MIXES = {
    'CopyPaste': dict(mask_occluded_thr=0, bbox_occluded_thr=0),
    'Mosaic': dict(img_scale=(10, 12), center_ratio_range=(1.0, 1.0)),
}


@pytest.mark.parametrize('name', MIXES)
def test_pictures_are_mixed_with_their_attributes(prepared, name):
    data = build(prepared)
    # mmdet's Mosaic moves no masks in every version.
    data.pipeline.transforms[1].with_mask = name == 'CopyPaste'
    keep = dict(type='KeepAttrs', transform=dict(type=name, **MIXES[name]))
    mixed = MultiImageMixDataset(data, [keep, dict(type='PackAttrDetInputs')])
    np.random.seed(0)
    for i in range(len(mixed)):
        objects = mixed[i]['data_samples'].gt_instances
        assert len(objects) > 0
        for label, attrs in zip(objects.labels, objects.attr_labels, strict=True):
            assert (attrs < 294).sum() == {31: 0, 6: 1}.get(int(label), 2)


def test_masks_that_mosaic_has_left_behind_are_noticed(prepared):
    def mosaic_without_masks(results):
        return results | dict(gt_masks=results['gt_masks'][:1])

    data = build(prepared, mosaic_without_masks, dict(type='PackAttrDetInputs'))
    with pytest.raises(ValueError, match='instances differ in number .*gt_masks 1'):
        data[0]


def test_the_real_sample(shared_data, tmp_path):
    for path in (shared_data / 'kaggle_sample').iterdir():
        (tmp_path / path.name).symlink_to(path)
    prepare(tmp_path, val=4, progress=False)
    data = build(tmp_path, dict(type='PackAttrDetInputs'), side='val')
    for i in range(len(data)):
        raw, sample = data.get_data_info(i), data[i]['data_samples']
        objects = sample.gt_instances
        assert len(objects) == len(raw['instances']) > 0
        for mask, instance in zip(objects.masks, raw['instances'], strict=True):
            assert np.array_equal(mask, mask_utils.decode(instance['mask']))


def by_mmdet(data, monkeypatch):
    """The same file through mmdet's own loading, filter and packing: the oracle."""
    monkeypatch.setattr('gc.collect', lambda: 0)  # mmengine's takes most of the time
    data.num_left_out = 0
    data.load_data_list = lambda: CocoDataset.load_data_list(data)
    BaseDetDataset.full_init(data)
    return data


def rewritten(source, path):
    """A file with the same content in one line, as others write it."""
    path.write_text(json.dumps(json.loads(source.read_text())))
    return str(path)


SETTINGS = {
    'plain': {},
    'classes': dict(metainfo=dict(classes=('shoe', 'pants', 'sleeve'))),
    'filter': dict(
        metainfo=dict(classes=('pants', 'top, t-shirt, sweatshirt')),
        filter_cfg=dict(filter_empty_gt=True, min_size=10),
    ),
    'small': dict(filter_cfg=dict(min_size=10)),
    'first': dict(indices=2),
    'some': dict(indices=[3, 0, 3]),
    'filter-some': dict(
        metainfo=dict(classes=('pants',)), filter_cfg=dict(filter_empty_gt=True),
        indices=[0],
    ),
    'test-mode': dict(test_mode=True, filter_cfg=dict(min_size=11)),
    'not-packed': dict(serialize_data=False),
    'without-masks': dict(with_mask=False),
}  # fmt: skip


@pytest.mark.parametrize('kwargs', SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize('layout', ['lines', 'others'])
def test_loading_equals_mmdets(prepared, tmp_path, kwargs, layout, monkeypatch):
    if layout == 'others':
        source = prepared / 'annotations/train.json'
        kwargs = kwargs | dict(ann_file=rewritten(source, tmp_path / 'x.json'))
    kwargs = dict(ann_file='annotations/train.json') | kwargs
    kwargs |= dict(data_root=str(prepared), data_prefix=dict(img='train/'), pipeline=[])
    data = IMaterialistDataset(**kwargs)
    oracle = by_mmdet(IMaterialistDataset(**kwargs, lazy_init=True), monkeypatch)
    assert len(data) == len(oracle) > 0
    for i in range(len(oracle)):
        assert data.get_data_info(i) == oracle.get_data_info(i)
        assert list(data.get_data_info(i)) == list(oracle.get_data_info(i))
    for name in ('cat_ids', 'cat2label', 'cat_img_map', 'num_left_out', 'metainfo'):
        assert getattr(data, name) == getattr(oracle, name)
    assert not hasattr(data, 'coco')
    lazy = IMaterialistDataset(**kwargs, lazy_init=True)
    assert not lazy._fully_initialized
    assert lazy.load_data_list() == CocoDataset.load_data_list(oracle)


def test_another_order_in_the_middle_is_read_as_a_whole(prepared, tmp_path):
    source = prepared / 'annotations/train.json'
    lines = source.read_text().splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if '"image_id": 2,' in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    path = tmp_path / 'x.json'
    path.write_text(''.join(lines))
    data, expected = (build(prepared, ann_file=str(p))
                      for p in (path, source))  # fmt: skip
    found = [[d.get_data_info(i)['instances'] for i in range(len(d))]
             for d in (data, expected)]  # fmt: skip
    assert found[0][1] == found[1][1][::-1]
    found[0][1].reverse()
    assert found[0] == found[1]


def test_subsets_of_packed_entries(prepared):
    data = build(prepared)
    subset = data.get_subset([2, 1])
    expected = [data.get_data_info(i)['instances'] for i in (2, 1)]
    assert [subset.get_data_info(i)['instances'] for i in range(2)] == expected
    data.get_subset_(3)
    assert len(data) == 3


def test_a_filter_of_ones_own_sees_whole_entries(prepared):
    class WithPants(IMaterialistDataset):
        def filter_data(self):
            return [
                info
                for info in self.data_list
                if any(i['bbox_label'] == 6 for i in info['instances'])
            ]

    data = WithPants(
        ann_file=str(prepared / 'annotations/train.json'), pipeline=[], lazy_init=True
    )
    data.load_data_list = lambda: [
        dict(img_id=1, instances=[dict(bbox_label=6)]),
        dict(img_id=2, instances=[dict(bbox_label=7)]),
    ]
    data.full_init()
    assert [data.get_data_info(i)['img_id'] for i in range(len(data))] == [1]


def test_a_filter_that_leaves_nothing_is_named(prepared):
    message = 'train.json: filter_cfg and indices leave none of its 4 pictures'
    with pytest.raises(ValueError, match=message):
        build(prepared, filter_cfg=dict(min_size=11))


def test_annotation_ids_are_unique(tmp_path):
    with pytest.raises(ValueError, match=r"ids in '.*x.json' are not unique!"):
        dataset(tmp_path, annotation(), annotation())


def test_names_are_compared_before_entries_in_either_layout(prepared, tmp_path):
    text = (prepared / 'annotations/train.json').read_text()
    text = text.replace('"pants"', '"trousers"').replace(
        '"category_id": 31', '"category_id": 77'
    )
    lines = tmp_path / 'x.json'
    lines.write_text(text)
    for path in (str(lines), rewritten(lines, tmp_path / 'y.json')):
        with pytest.raises(ValueError, match="its category 6 is 'trousers', here 'pan"):
            IMaterialistDataset(ann_file=path, pipeline=[])


def test_forked_workers_get_the_packed_entries(prepared):
    data = build(prepared)
    expected = [data.get_data_info(i) for i in range(len(data))]
    data.pipeline.transforms = []
    loader = DataLoader(
        data, num_workers=1, collate_fn=list, multiprocessing_context='fork'
    )
    assert [entry for (entry,) in loader] == expected
