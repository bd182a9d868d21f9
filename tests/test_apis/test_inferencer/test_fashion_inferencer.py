"""Pictures in, garments out: with a network of the tests' own, and with mmdet's."""

import cv2
import numpy as np
import pytest
import torch
from mmdet.apis import DetInferencer

from projects.fashion_attr.apis.inferencer import (
    FashionInferencer,
    MMDetBackend,
    list_pictures,
)
from tests.fake_backend import FakeBackend
from tests.tiny_run import write_tiny_run


def picture(number, size=(8, 6)):
    """A picture that has so many garments for the fake network."""
    return np.full((*size, 3), number, np.uint8)


@pytest.fixture
def fake():
    """An inferencer with the fake network."""
    return FashionInferencer(backend=FakeBackend())


@pytest.fixture(scope='module')
def tiny_run(tmp_path_factory):
    """Paths of a config and a checkpoint."""
    return write_tiny_run(tmp_path_factory.mktemp('tiny'))


@pytest.fixture(scope='module')
def tiny(tiny_run):
    """An inferencer with a network that has learnt nothing."""
    return FashionInferencer(*tiny_run, 'cpu', score_thr=0.0)


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    """Three files of noise, of different sizes."""
    folder = tmp_path_factory.mktemp('pictures')
    rng = np.random.default_rng(0)
    for n, size in enumerate([(90, 60), (64, 100), (70, 70)]):
        noise = rng.integers(0, 255, (*size, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f'{n}.png'), noise)
    return folder


def test_results_come_in_order_under_their_names(fake):
    results = fake([picture(n) for n in (2, 0, 3)], batch_size=2)
    assert [r.picture for r in results] == ['array 0', 'array 1', 'array 2']
    assert [len(r.garments) for r in results] == [2, 0, 3]
    assert fake.backend.batches == [2, 1]
    assert str(results[1]) == 'array 1 (6 x 8 pixels)\n  no garment'
    assert str(results[0]).splitlines()[1] == '  0.90 sleeve: classic t-shirt'


def test_thresholds_move_without_the_network(fake):
    ((_, raw),) = fake.predict(picture(8))
    assert len(raw) == 8
    assert len(fake.garments(raw)) == 7  # 0.9, 0.8, ... down to 0.3
    assert len(fake.garments(raw, 0.75)) == 2
    assert [len(g.attributes) for g in fake.garments(raw, 0.75, 0.2)] == [2, 2]
    assert fake.garments(raw, 0.75, 0.95)[0].attributes == ()
    assert fake.backend.batches == [1]


def test_a_call_asks_the_network_for_nothing_below_its_threshold(fake, monkeypatch):
    asked = []
    predict = fake.backend.predict
    monkeypatch.setattr(
        fake.backend,
        'predict',
        lambda loaded, least: asked.append(least) or predict(loaded, least),
    )
    fake(picture(1))
    fake(picture(1), score_thr=0.6)
    list(fake.predict(picture(1)))
    assert asked == [0.3, 0.6, 0.0]


def test_a_broken_picture_is_an_error_or_passed_over(fake, tmp_path):
    cv2.imwrite(str(tmp_path / 'a.jpg'), picture(1, (50, 50)))
    whole = (tmp_path / 'a.jpg').read_bytes()
    (tmp_path / 'b.jpg').write_bytes(whole[:-20])
    cv2.imwrite(str(tmp_path / 'c.png'), picture(2))
    with pytest.raises(ValueError, match=r'b\.jpg cannot be decoded.*truncated'):
        fake(tmp_path)
    missed = []
    found = fake.predict(tmp_path, 2, on_error=lambda p, e: missed.append(p.name))
    assert [p.name for p, _ in found] == ['a.jpg', 'c.png']
    assert missed == ['b.jpg']


def test_takes_pictures_that_were_listed_before(fake, tmp_path):
    for n in range(3):
        cv2.imwrite(str(tmp_path / f'{n}.png'), picture(n))
    results = fake(list_pictures(tmp_path)[1:])
    assert [(r.picture, len(r.garments)) for r in results] == [
        ('1.png', 1),
        ('2.png', 2),
    ]


@pytest.mark.parametrize('given', [dict(batch_size=0), dict(workers=-1)])
def test_numbers_without_sense_are_refused(fake, given):
    with pytest.raises(ValueError, match='batch_size must be 1 or more'):
        fake(picture(1), **given)


def test_a_backend_is_instead_of_a_model():
    with pytest.raises(ValueError, match='not both'):
        FashionInferencer('a.py', backend=FakeBackend())


def test_draws_the_garments_at_thresholds(fake):
    ((where, raw),) = fake.predict(picture(2, (80, 60)))
    drawn = fake.draw(where, raw)
    assert drawn.dtype == np.uint8 and drawn.shape[2] == 3
    assert not np.array_equal(drawn, fake.draw(where, raw, attr_thr=0.95))
    assert not np.array_equal(drawn, fake.draw(where, raw, score_thr=0.85))


def test_gives_what_mmdets_inferencer_gives(tiny, tiny_run, pictures):
    theirs = DetInferencer(*tiny_run, 'cpu', show_progress=False)
    theirs.model.to(memory_format=torch.channels_last)  # as ours
    paths = [str(pictures / f'{n}.png') for n in range(3)]
    expected = theirs(paths, no_save_vis=True)['predictions']
    for result, wanted in zip(tiny(pictures), expected, strict=True):
        garments = result.garments
        assert len(garments) == 5
        assert [g.category_id for g in garments] == wanted['labels']
        assert [g.score for g in garments] == wanted['scores']
        assert [list(g.box) for g in garments] == wanted['bboxes']
        assert [g.mask for g in garments] == wanted['masks']


def test_paths_and_arrays_are_the_same_to_mmdets_network(tiny, pictures):
    path = str(pictures / '0.png')
    by_path, by_array = tiny([path, cv2.imread(path)])
    assert by_path.garments == by_array.garments
    assert by_path.picture == path


def test_least_scores_reach_the_network_and_leave_no_trace(tiny, pictures):
    third = tiny(pictures)[0].garments[2].score
    (_, every), *_ = tiny.predict(pictures)
    (_, some), *_ = tiny.predict(pictures, least_score=third)
    assert len(some) == 3
    assert np.array_equal(some.scores, every.scores[:3])
    assert some.masks == every.masks[:3]
    assert tiny.backend.model.roi_head.test_cfg.score_thr == 0.0


def test_the_network_is_not_asked_to_paint_what_is_not_wanted(tiny, pictures):
    with tiny.backend._least(0.5):
        assert 0.499 < tiny.backend.model.roi_head.test_cfg.score_thr < 0.5


def test_attribute_thresholds_are_the_configs(tiny):
    assert tiny.attr_thr == tiny.backend.attr_score_thr == 0.4


def test_a_checkpoint_alone_is_enough(tiny, tiny_run, pictures):
    alone = FashionInferencer(weights=tiny_run[1], device='cpu', score_thr=0.0)
    assert alone(pictures) == tiny(pictures)
    assert alone.backend.identity == tiny.backend.identity


def test_pictures_are_decoded_at_a_fraction_where_the_config_says_so(
    tiny_run, pictures
):
    from mmengine.config import Config

    cfg = Config.fromfile(tiny_run[0])
    steps = cfg.test_dataloader.dataset.pipeline
    steps[0] = dict(type='LoadEncodedImage')
    steps[1].decode = 'scaled'
    found = FashionInferencer(cfg, tiny_run[1], 'cpu', score_thr=0.0)(pictures)
    assert [len(result.garments) for result in found] == [5, 5, 5]


def test_plain_resize_gets_pixels(tiny_run, pictures):
    from mmengine.config import Config

    cfg = Config.fromfile(tiny_run[0])
    cfg.test_dataloader.dataset.pipeline[1].type = 'Resize'
    plain = FashionInferencer(cfg, tiny_run[1], 'cpu', score_thr=0.0)
    assert len(plain(pictures)[0].garments) == 5


@pytest.fixture
def broken(tiny_run, tmp_path):
    """broken(kind) -> config and checkpoint with something wrong."""
    config, checkpoint = tiny_run
    saved = torch.load(checkpoint, weights_only=False)
    file = tmp_path / 'broken.pth'

    def make(kind):
        if kind == 'cut':
            with open(checkpoint, 'rb') as whole:
                file.write_bytes(whole.read(5000))
        elif kind == 'text':
            file.write_text('no checkpoint')
        elif kind == 'word':  # to the unpickler a look-up of what is not there
            file.write_text('junk\n')
        elif kind == 'other':
            saved['state_dict'].pop('neck.fpn_convs.0.conv.weight')
            torch.save(saved, file)
        elif kind == 'coco':
            saved['meta']['dataset_meta'] = dict(classes=('person', 'car'))
            torch.save(saved, file)
        return config, str(file)

    return make


@pytest.mark.parametrize(
    'kind, error, message',
    [
        ('gone', FileNotFoundError, 'no checkpoint .*broken.pth'),
        ('cut', ValueError, 'broken.pth is no checkpoint, or was cut off'),
        ('text', ValueError, 'broken.pth is no checkpoint, or was cut off'),
        ('word', ValueError, 'broken.pth is no checkpoint, or was cut off'),
        ('other', ValueError, 'do not belong together: 1 of .* neck.fpn_convs.0'),
        ('coco', ValueError, "class 'person' .* trained on another data set"),
    ],
)
def test_wrong_checkpoints_are_named(broken, kind, error, message):
    with pytest.raises(error, match=message):
        FashionInferencer(*broken(kind), 'cpu')


def test_wrong_configs_are_named(tiny_run, root):
    with pytest.raises(FileNotFoundError, match='no config gone.py'):
        MMDetBackend('gone.py', tiny_run[1])
    with pytest.raises(ValueError, match='no checkpoint given'):
        FashionInferencer(tiny_run[0])
    with pytest.raises(ValueError, match='README.md is no config'):
        FashionInferencer(root / 'README.md', tiny_run[1])
    part = root / 'configs/_base_/models/mask-rcnn_r18_fpn_attr_small.py'
    with pytest.raises(ValueError, match='not one of a whole run'):
        MMDetBackend(part, tiny_run[1])


@pytest.mark.parametrize('device', ['gpu7', 'cuda:99x'])
def test_wrong_devices_are_named(tiny_run, device):
    with pytest.raises(ValueError, match=f"no device '{device}'"):
        FashionInferencer(*tiny_run, device)


def test_a_gpu_that_is_not_there_is_named(tiny_run, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    with pytest.raises(ValueError, match='device cuda needs a GPU'):
        FashionInferencer(*tiny_run, 'cuda')


def test_weights_without_a_config_ask_for_one(tiny_run, tmp_path):
    saved = torch.load(tiny_run[1], weights_only=False)
    torch.save(saved['state_dict'], tmp_path / 'bare.pth')
    with pytest.raises(ValueError, match='bare.pth holds no config: give one'):
        FashionInferencer(weights=str(tmp_path / 'bare.pth'))
