"""Pictures of a data set's samples: which, of what, under which names."""

import json

import cv2
import numpy as np
import pytest
from mmcv.transforms import BaseTransform
from mmdet.registry import TRANSFORMS
from mmengine.config import Config

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.browse import MODES, Browser, base_datasets

COLORS = ((250, 20, 20), (20, 250, 20), (20, 20, 250))  # RGB
LOAD = [dict(type='LoadImageFromFile'), dict(type='LoadAttrAnnotations')]
PACK = dict(type='PackAttrDetInputs')


@TRANSFORMS.register_module(force=True)
class RefuseBlue(BaseTransform):
    """Gives None for picture 3, as a crop without objects does."""

    def transform(self, results: dict) -> dict | None:
        """The sample, or None."""
        return None if results['img_id'] == 3 else results


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    """Pictures 1 (two objects), 2 (none) and 3 (one), each of its own colour."""
    folder = tmp_path_factory.mktemp('data')
    (folder / 'train').mkdir()
    for n, color in enumerate(COLORS, start=1):
        pixels = np.full((40, 30, 3), color, np.uint8)
        cv2.imwrite(str(folder / 'train' / f'p{n}.png'), pixels[..., ::-1])
    images = [dict(id=n, file_name=f'p{n}.png', height=40, width=30) for n in (1, 2, 3)]
    square = [[2, 2, 12, 2, 12, 12, 2, 12]]
    common = dict(bbox=[2, 2, 10, 10], area=100, segmentation=square, iscrowd=0)
    annotations = [
        dict(id=1, image_id=1, category_id=10, attribute_ids=[115, 317], **common),
        dict(id=2, image_id=1, category_id=23, attribute_ids=[], **common),
        dict(id=3, image_id=3, category_id=8, attribute_ids=[340], **common),
    ]
    text = json.dumps(dict(images=images, annotations=annotations))
    (folder / 'train.json').write_text(text)
    return folder


def dataset(data_root, pipeline, **kwargs) -> dict:
    """The small set with a pipeline."""
    return dict(
        type='IMaterialistDataset',
        data_root=str(data_root),
        ann_file='train.json',
        data_prefix=dict(img='train/'),
        pipeline=pipeline,
        **kwargs,
    )


def config(data: dict) -> Config:
    """A config that trains on a data set."""
    return Config(dict(default_scope='mmdet', train_dataloader=dict(dataset=data)))


def drawn(paths) -> dict[str, np.ndarray]:
    """RGB pictures by file name."""
    return {path.name: cv2.imread(str(path))[..., ::-1] for path in paths}


@pytest.mark.parametrize('mode', MODES)
def test_every_picture_is_drawn_once(mode, data_root, tmp_path):
    browser = Browser(config(dataset(data_root, [*LOAD, PACK])), mode=mode)
    pictures = drawn(browser.write(tmp_path / 'new'))
    assert len(browser) == 3
    assert sorted(pictures) == ['000000_p1.jpg', '000001_p2.jpg', '000002_p3.jpg']
    # No object, no label: nothing beside the picture, which is green. Not blue,
    # as it would be with the channels left as they are.
    green = pictures['000001_p2.jpg']
    halves = (green[-200:, 100:200], green[-200:, -200:-100])
    assert all(np.abs(half.astype(int) - COLORS[1]).max() < 30 for half in halves)


def test_transformed_picture_is_what_the_pipeline_leaves(data_root, tmp_path):
    pad = dict(type='Pad', size=(90, 40), pad_val=dict(img=(0, 0, 255)))
    cfg = config(dataset(data_root, [*LOAD, pad, PACK]))
    wide = drawn(Browser(cfg).write(tmp_path / 'a'))['000001_p2.jpg']
    stored = drawn(Browser(cfg, mode='original').write(tmp_path / 'b'))['000001_p2.jpg']
    assert wide.shape[1] > 2 * wide.shape[0] and stored.shape[1] < stored.shape[0]
    assert np.abs(wide[-20, -20].astype(int) - (255, 0, 0)).max() < 30
    assert np.abs(stored[-20, -20].astype(int) - COLORS[1]).max() < 30


def test_order_is_that_of_the_seed(data_root):
    cfg = config(dataset(data_root, [*LOAD, PACK]))
    orders = [Browser(cfg, seed=seed).indices for seed in range(8)]
    assert orders == [Browser(cfg, seed=seed).indices for seed in range(8)]
    assert len({tuple(order) for order in orders}) > 1
    assert Browser(cfg, seed=3, number=2).indices == orders[3][:2]


def test_sample_does_not_depend_on_how_many_are_drawn(data_root, tmp_path):
    resize = dict(type='RandomResize', scale=(60, 60), ratio_range=(0.5, 9))
    resize['keep_ratio'] = True
    cfg = config(dataset(data_root, [*LOAD, resize, PACK]))
    everything = drawn(Browser(cfg).write(tmp_path / 'a'))
    for name, picture in drawn(Browser(cfg, number=2).write(tmp_path / 'b')).items():
        assert np.array_equal(picture, everything[name])


def test_refused_picture_is_replaced_with_its_own_original(data_root, tmp_path):
    cfg = config(dataset(data_root, [*LOAD, dict(type='RefuseBlue'), PACK]))
    pictures = drawn(Browser(cfg, mode='both').write(tmp_path))
    assert len(pictures) == 3 and '000002_p3.jpg' not in pictures
    names = [name for name in pictures if name.startswith('000002')]
    assert names in (['000002_p1.jpg'], ['000002_p2.jpg'])
    # A pixel low on the left is the stored picture's, one on the right the other's.
    color = COLORS[int(names[0][-5]) - 1]
    row = pictures[names[0]][-30].astype(int)
    same = np.flatnonzero(np.abs(row - color).max(axis=1) < 30)
    assert same.min() < len(row) * 0.4 and same.max() > len(row) * 0.6


def test_wrapped_data_sets_have_originals_too(data_root, tmp_path):
    inner = dataset(data_root, LOAD)
    paste = dict(type='KeepAttrs', transform=dict(type='CopyPaste'))
    mixed = dict(type='MultiImageMixDataset', dataset=inner, pipeline=[paste, PACK])
    browser = Browser(config(mixed), mode='both')
    assert len(list(browser.write(tmp_path))) == 3
    twice = dict(
        type='RepeatDataset', dataset=dataset(data_root, [*LOAD, PACK]), times=2
    )
    browser = Browser(config(twice), mode='both', number=99)
    names = sorted(path.name for path in browser.write(tmp_path / 'twice'))
    assert len(browser) == 6
    assert [name[:9] for name in names] == [
        f'{i:06d}_p{i % 3 + 1}'[:9] for i in range(6)
    ]


def test_base_data_sets_are_found_through_wrappers(data_root):
    part = dataset(data_root, [*LOAD, PACK])
    both = dict(type='ConcatDataset', datasets=[part, part])
    cfg = config(dict(type='RepeatDataset', dataset=part, times=3))
    browser = Browser(cfg)
    assert len(browser.dataset) == 9 and len(base_datasets(browser.dataset)) == 1
    from mmdet.registry import DATASETS

    assert [len(base) for base in base_datasets(DATASETS.build(both))] == [3, 3]


def test_boxes_alone_are_drawn(data_root, tmp_path):
    load = [LOAD[0], dict(type='LoadAttrAnnotations', with_mask=False)]
    data = dataset(data_root, [*load, PACK], with_mask=False)
    assert len(list(Browser(config(data), mode='both').write(tmp_path))) == 3


@pytest.mark.parametrize(
    'options, message',
    [
        (dict(mode='raw'), "mode should be one of .*, got 'raw'"),
        (dict(number=0), 'number should be 1 or more, got 0'),
    ],
)
def test_unsound_options_are_refused(options, message, data_root):
    with pytest.raises(ValueError, match=message):
        Browser(config(dataset(data_root, [*LOAD, PACK])), **options)


def test_absent_data_is_named_with_the_way_out(tmp_path):
    cfg = config(dataset(tmp_path, LOAD))
    cfg.load_from = 'no/such/checkpoint.pth'
    with pytest.raises(
        FileNotFoundError, match=r'train\.json is missing \(train\); make'
    ):
        Browser(cfg)
