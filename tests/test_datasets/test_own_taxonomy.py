"""A taxonomy of one's own, from the CSV to a training step."""

import json

import numpy as np
import pytest
from PIL import Image

from projects.fashion_attr.datasets.checks.check import Options, check_kaggle_folder
from projects.fashion_attr.datasets.labels import Label
from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.datasets.taxonomy import (
    FASHIONPEDIA,
    label_descriptions,
    label_tables,
)
from projects.fashion_attr.datasets.taxonomy_file import read_taxonomy, taxonomy_of

CATEGORIES = [
    dict(id=7, name='shirt', supercategory='tops'),
    dict(id=3, name='shoe', supercategory='feet'),
]
ATTRIBUTES = [dict(id=i, name=f'attribute {i}') for i in (900, 5, 44)]
OWN = dict(categories=CATEGORIES, attributes=ATTRIBUTES)
# Class and attributes of three masks: a shirt with two, a shoe with one, one with none.
ROWS = [('a', 7, '5,900'), ('a', 3, '44'), ('b', 3, '')]


@pytest.fixture
def shop(tmp_path):
    """Kaggle's layout with other ids: 8 x 6 pictures, a mask of two pixels a row."""
    (tmp_path / 'train').mkdir()
    for name in 'ab':
        Image.new('RGB', (8, 6)).save(tmp_path / 'train' / f'{name}.jpg')
    lines = ['ImageId,EncodedPixels,Height,Width,ClassId,AttributesIds']
    for n, (name, category, attributes) in enumerate(ROWS):
        lines.append(f'{name},{10 * n + 1} 2,6,8,{category},"{attributes}"')
    (tmp_path / 'train.csv').write_text('\n'.join(lines) + '\n')
    (tmp_path / 'taxonomy.json').write_text(json.dumps(OWN))
    return tmp_path


def test_file_is_read_in_the_order_of_ids(shop):
    taxonomy = read_taxonomy(shop / 'taxonomy.json')
    assert taxonomy.categories == (Label(3, 'shoe', 'feet'), Label(7, 'shirt', 'tops'))
    assert taxonomy.attribute_index == {5: 0, 44: 1, 900: 2}
    assert (taxonomy.max_per_object, taxonomy.name) == (14, shop.name)


def test_what_fashionpedia_says_of_itself_reads_back(tmp_path):
    path = tmp_path / 'label_descriptions.json'
    path.write_text(json.dumps(dict(label_descriptions(), name=FASHIONPEDIA.name)))
    assert read_taxonomy(path) == FASHIONPEDIA
    assert label_tables() == label_descriptions()


@pytest.mark.parametrize(
    ('change', 'match'),
    [
        (dict(categories=[]), r'taxonomy.json: categories should be a list of labels'),
        (dict(attributes=None), r'attributes should be a list of labels'),
        (dict(attributes=[5]), r'attributes\[0\] should have id and name, got 5'),
        (dict(categories=[dict(id=-1, name='x')]), r'categories\[0\]: id should .* -1'),
        (dict(categories=[dict(id=True, name='x')]), r'id should be .*, got True'),
        (dict(categories=[dict(id=1, name=' ')]), r"name should be a text, got ' '"),
        (dict(attributes=ATTRIBUTES * 2), r'attributes: the id 900 stands twice'),
        (
            dict(attributes=[*ATTRIBUTES, dict(id=1, name='attribute 5')]),
            r"attributes: the name 'attribute 5' stands twice",
        ),
        (dict(max_attributes_per_object=0), r'max_attributes_per_object .* got 0'),
    ],
)
def test_unsound_files_are_refused(shop, change, match):
    (shop / 'taxonomy.json').write_text(json.dumps(OWN | change))
    with pytest.raises(ValueError, match=match):
        read_taxonomy(shop / 'taxonomy.json')


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no taxonomy .*x.json'):
        read_taxonomy(tmp_path / 'x.json')
    (tmp_path / 'x.json').write_text('{')
    with pytest.raises(ValueError, match='x.json is no JSON'):
        read_taxonomy(tmp_path / 'x.json')
    (tmp_path / 'x.json').write_text('[]')
    with pytest.raises(ValueError, match='x.json should hold categories'):
        read_taxonomy(tmp_path / 'x.json')


def prepared(shop):
    taxonomy = read_taxonomy(shop / 'taxonomy.json')
    report = prepare(shop, val=0, progress=False, taxonomy=taxonomy)
    return report, json.loads((shop / 'annotations/train.json').read_text())


def test_prepare_writes_own_ids_and_tables(shop):
    report, coco = prepared(shop)
    found = [(a['category_id'], a['attribute_ids']) for a in coco['annotations']]
    assert found == [(7, [5, 900]), (3, [44]), (3, [])]
    assert [c['name'] for c in coco['categories']] == ['shoe', 'shirt']
    assert report.counts['train'].tolist() == [2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ('cells', 'match'),
    [
        ('a,1 2,6,8,0,', 'ClassId 0 is none of the 2 categories 3 to 7'),
        ('a,1 2,6,8,3,6', 'attribute id 6 is none of the 3 attributes'),
    ],
)
def test_ids_of_another_taxonomy_are_refused(shop, cells, match):
    with open(shop / 'train.csv', 'a') as file:
        file.write(cells + '\n')
    with pytest.raises(ValueError, match=match):
        prepared(shop)


def test_fewer_attributes_than_usual_may_be_allowed(shop):
    own = dict(OWN, max_attributes_per_object=1)
    (shop / 'taxonomy.json').write_text(json.dumps(own))
    with pytest.raises(ValueError, match='2 attributes; at most 1 are possible'):
        prepared(shop)


def test_check_knows_the_taxonomy(shop):
    taxonomy = read_taxonomy(shop / 'taxonomy.json')
    codes = ('row-category', 'row-attribute', 'labels-other')
    for given, expected in ((taxonomy, 0), (FASHIONPEDIA, 1)):
        options = Options(codes, pictures=False, taxonomy=given)
        report = check_kaggle_folder(shop, options)
        assert len(report.findings.sorted()) == expected


def test_dataset_has_own_classes_and_slots(shop):
    from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset
    from projects.fashion_attr.datasets.transforms.loading import LoadAttrAnnotations

    own = dict(OWN, max_attributes_per_object=3)
    (shop / 'taxonomy.json').write_text(json.dumps(own))
    prepared(shop)
    dataset = IMaterialistDataset(
        data_root=str(shop),
        ann_file='annotations/train.json',
        data_prefix=dict(img='train/'),
        taxonomy=str(shop / 'taxonomy.json'),
    )
    assert dataset.metainfo['classes'] == ('shoe', 'shirt')
    assert dataset.metainfo['attributes'][0] == 'attribute 5'
    assert len(dataset.metainfo['palette']) == 2
    assert dataset.metainfo['taxonomy']['categories'] == CATEGORIES[::-1]
    assert taxonomy_of(dataset.metainfo).attributes == dataset.taxonomy.attributes
    assert taxonomy_of(dict(classes=['x'])) is taxonomy_of(None) is FASHIONPEDIA
    info = dict(dataset.get_data_info(0), ori_shape=(6, 8), img_shape=(6, 8))
    loaded = LoadAttrAnnotations()(info)
    assert loaded['gt_bboxes_labels'].tolist() == [1, 0]
    # Attributes 5 and 900 are the first and the last; three slots, 3 for none.
    assert loaded['gt_attr_labels'].tolist() == [[0, 2, 3], [1, 3, 3]]
    assert dataset.count_attributes().tolist() == [[0, 1, 0], [1, 0, 1]]


def test_file_of_another_taxonomy_is_refused(shop):
    from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset

    prepared(shop)
    with pytest.raises(ValueError, match='train.json is of another taxonomy'):
        IMaterialistDataset(
            data_root=str(shop), ann_file='annotations/train.json'
        ).full_init()


@pytest.mark.parametrize(
    'name', ['heads/mask-rcnn_r18_attr_conv_relation', 'mask2former_r18_attr']
)
def test_config_is_sized_for_it(shop, root, name):
    from mmdet.registry import MODELS
    from mmengine.config import Config
    from mmengine.registry import init_default_scope

    import projects.fashion_attr.plugin  # noqa: F401
    from projects.fashion_attr.apis.own_taxonomy import use_taxonomy

    cfg = Config.fromfile(root / f'configs/toy/{name}.py')
    use_taxonomy(cfg)
    assert cfg.train_dataloader.dataset.get('taxonomy') is None
    cfg.taxonomy = str(shop / 'taxonomy.json')
    use_taxonomy(cfg)
    for part in ('train', 'val', 'test'):
        assert cfg[f'{part}_dataloader'].dataset.taxonomy == cfg.taxonomy
    init_default_scope('mmdet')
    model = MODELS.build(cfg.model)
    heads = [m for m in model.modules() if type(m).__name__.endswith('AttrHead')]
    assert [(h.num_classes, h.num_attrs) for h in heads] == [(2, 3)]
    shapes = {tuple(p.shape) for p in model.state_dict().values()}
    assert not any(dim in (46, 47, 46 * 294) for shape in shapes for dim in shape[:1])


def test_padding_is_no_attribute():
    import torch

    from projects.fashion_attr.models.attr_heads.attr_targets import multi_hot

    rows = multi_hot(torch.tensor([[0, 1, 3], [2, 3, 3]]), 3)
    assert np.array_equal(rows.numpy(), [[1, 1, 0], [0, 0, 1]])
