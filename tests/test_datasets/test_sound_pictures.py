"""Data sets of which some pictures cannot be read."""

import json
import pickle

import pytest
import torch
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from odd_pictures import HEIGHT, WIDTH, damaged_pictures, encoded

from projects.fashion_attr.datasets.bad_images import (
    BAD_IMAGE,
    BadImage,
    BadImageList,
)
from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset
from projects.fashion_attr.datasets.sound_pictures import SoundPictures, own_reader
from projects.fashion_attr.datasets.taxonomy import label_descriptions

init_default_scope('mmdet')
STOCK = dict(type='LoadImageFromFile', color_type='color_ignore_orientation')
OURS = dict(type='LoadEncodedImage')
RESIZE = dict(type='DecodeResize', scale=(30, 20), keep_ratio=True)
REST = [
    dict(type='LoadAttrAnnotations'),
    dict(
        type='PackAttrDetInputs',
        mask_format='runs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'),
    ),
]
BAD = damaged_pictures()
READERS = pytest.mark.parametrize('load', [STOCK, OURS], ids=['stock', 'ours'])


@pytest.fixture
def dataset(tmp_path):
    """dataset(contents, load, **settings): one object in each picture."""

    def make(contents, load, **settings):
        for name, data in contents.items():
            if data is not None:
                (tmp_path / name).write_bytes(data)
        sizes = dict(height=HEIGHT, width=WIDTH)
        images = [
            dict(id=n, file_name=name, **sizes) for n, name in enumerate(contents)
        ]
        box = [4, 5, 10, 12]
        corners = [[4, 5, 14, 5, 14, 17, 4, 17]]
        common = dict(category_id=3, bbox=box, area=120, iscrowd=0, attribute_ids=[])
        annotations = [
            dict(common, id=n, image_id=n, segmentation=corners)
            for n in range(len(contents))
        ]
        tables = {k: label_descriptions()[k] for k in ('categories', 'attributes')}
        file = tmp_path / 'ann.json'
        file.write_text(
            json.dumps(dict(images=images, annotations=annotations) | tables)
        )
        return IMaterialistDataset(
            ann_file=str(file),
            data_prefix=dict(img=str(tmp_path)),
            pipeline=[load, RESIZE, *REST],
            **settings,
        )

    return make


@READERS
@pytest.mark.parametrize('name', [*BAD, 'missing'])
def test_an_error_names_the_picture_and_the_way_out(dataset, name, load):
    pictures = dataset({'bad.jpg': BAD.get(name)}, load, test_mode=True)
    with pytest.raises(BadImage, match=r'/bad\.jpg .*on_bad_image=skip') as caught:
        pictures[0]
    assert '\n' not in str(caught.value)
    # As a data loader hands it over from a worker.
    assert type(caught.value)('text').args == ('text',)


@READERS
@pytest.mark.parametrize('name', ['empty', 'cut JPEG', 'broken PNG', 'missing'])
def test_training_takes_another_picture(dataset, tmp_path, name, load):
    pictures = dataset(
        {'bad.jpg': BAD.get(name), 'a.jpg': encoded('JPEG')}, load, on_bad_image='skip'
    )
    pictures.pictures.found = BadImageList(tmp_path / 'bad_images.txt')
    for _ in range(3):
        sample = pictures[0]['data_samples']
        assert sample.img_path.endswith('a.jpg') and BAD_IMAGE not in sample
    (line,) = (tmp_path / 'bad_images.txt').read_text().splitlines()
    assert line.startswith(f'{tmp_path}/bad.jpg\t{tmp_path}/bad.jpg ')


@READERS
@pytest.mark.parametrize('name', ['empty', 'cut JPEG', 'broken PNG', 'missing'])
def test_a_test_gets_a_grey_picture_of_that_size(dataset, name, load):
    contents = {'bad.jpg': BAD.get(name), 'a.jpg': encoded('JPEG')}
    pictures = dataset(contents, load, on_bad_image='skip', test_mode=True)
    bad, good = (pictures[n] for n in range(2))
    assert bad['inputs'].shape == good['inputs'].shape
    assert bad['inputs'].unique().tolist() == [114]
    bad, good = bad['data_samples'], good['data_samples']
    assert bad.get(BAD_IMAGE) and not good.get(BAD_IMAGE)
    assert bad.ori_shape == good.ori_shape == (HEIGHT, WIDTH)
    assert bad.img_id == 0 and len(bad.gt_instances) == 1
    assert torch.equal(bad.gt_instances.bboxes.tensor, good.gt_instances.bboxes.tensor)


def test_a_disk_that_is_gone_is_not_a_hundred_bad_pictures(dataset):
    contents = {f'{n}.jpg': None for n in range(3)}
    pictures = dataset(contents, OURS, on_bad_image='skip')
    with pytest.raises(BadImage, match='100 pictures in a row .* is missing; is the d'):
        pictures[0]


def test_an_annotation_for_another_size_is_no_bad_picture(dataset):
    from PIL import Image

    other = encoded('JPEG', Image.new('RGB', (20, 20)))
    pictures = dataset({'a.jpg': other}, OURS, on_bad_image='skip')
    with pytest.raises(ValueError, match='the annotations are for 34 x 46') as caught:
        pictures[0]
    assert not isinstance(caught.value, BadImage)


def test_a_misspelt_choice_is_named():
    with pytest.raises(ValueError, match=r"on_bad_image should be one of .*got 'skp'"):
        SoundPictures('skp')


def test_a_data_set_with_a_list_goes_to_a_worker(dataset, tmp_path):
    pictures = dataset({'a.jpg': encoded('JPEG')}, OURS, on_bad_image='skip')
    pictures.pictures.found = BadImageList(tmp_path / 'x')
    twin = pickle.loads(pickle.dumps(pictures))
    assert twin.pictures.found.path == tmp_path / 'x'
    assert twin[0]['inputs'].shape == pictures[0]['inputs'].shape


@pytest.mark.parametrize(
    'settings',
    [
        dict(color_type='color'),
        dict(color_type='color_ignore_orientation', to_float32=True),
        dict(color_type='color_ignore_orientation', imdecode_backend='pillow'),
    ],
    ids=str,
)
def test_other_readers_stay(settings):
    steps = Compose([dict(type='mmcv.LoadImageFromFile', **settings)]).transforms
    assert own_reader(steps) == steps
    assert own_reader([]) == []


def test_names_are_there_once_whoever_adds_them(tmp_path):
    lists = [BadImageList(tmp_path / 'x') for _ in range(2)]
    assert lists[0].names() == []
    for each in lists:
        for name in ('b', 'a', 'b'):
            assert (
                each.add(name, ValueError('two\nlines'))
                == f'passed over {name}: two lines'
            )
    assert lists[0].names() == ['b', 'a'] and len(lists[0]) == 2
