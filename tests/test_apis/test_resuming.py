"""Which checkpoint a run goes on from."""

import os

import pytest
from mmengine.config import Config

from projects.fashion_attr.apis import resume_from


@pytest.mark.parametrize(
    'checkpoints, pointer, expected',
    [
        pytest.param(['epoch_1'], 'epoch_1', 'epoch_1', id='as mmengine says'),
        pytest.param(['epoch_1', 'epoch_2'], 'epoch_1', 'epoch_2', id='pointer behind'),
        pytest.param(['epoch_2'], 'epoch_1', 'epoch_2', id='pointer to one removed'),
        pytest.param(['iter_9', 'iter_10'], None, 'iter_10', id='no pointer'),
        pytest.param(['iter_9', 'iter_10'], '', 'iter_10', id='pointer cut off'),
        pytest.param(['epoch_5', 'epoch_1'], 'epoch_1', 'epoch_1', id='newest wins'),
        pytest.param([], 'epoch_1', None, id='checkpoints gone'),
        pytest.param([], None, None, id='first start'),
    ],
)
def test_latest_of_the_work_dir(tmp_path, checkpoints, pointer, expected):
    for second, name in enumerate(checkpoints):
        path = tmp_path / f'{name}.pth'
        path.touch()
        os.utime(path, (second, second))
    (tmp_path / 'best_epoch_7.pth').touch()
    (tmp_path / '.epoch_9.pth').touch()
    if pointer is not None:
        text = pointer and str(tmp_path / f'{pointer}.pth')
        (tmp_path / 'last_checkpoint').write_text(text)
    cfg = Config(dict(work_dir=str(tmp_path), resume=False, load_from='coco.pth'))
    resume_from(cfg, 'auto')
    if expected is None:
        assert (cfg.resume, cfg.load_from) == (False, 'coco.pth')
    else:
        assert (cfg.resume, cfg.load_from) == (True, str(tmp_path / f'{expected}.pth'))


def test_checkpoints_that_lie_elsewhere(tmp_path):
    out = tmp_path / 'disk/run'
    out.mkdir(parents=True)
    (out / 'epoch_3.pth').touch()
    (tmp_path / 'last_checkpoint').write_text(str(out / 'epoch_3.pth'))
    cfg = Config(dict(work_dir=str(tmp_path)))
    resume_from(cfg, 'auto')
    assert cfg.load_from == str(out / 'epoch_3.pth')


def test_a_checkpoint_that_is_named():
    cfg = Config(dict(work_dir='/x'))
    resume_from(cfg, 'y.pth')
    assert (cfg.resume, cfg.load_from) == (True, 'y.pth')
