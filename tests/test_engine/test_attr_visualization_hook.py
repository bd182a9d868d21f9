"""Masks lie on the stored pixels, whatever EXIF says."""

from types import SimpleNamespace

import numpy as np
import pytest
from mmdet.structures import DetDataSample
from PIL import Image

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.engine.hooks import AttrVisualizationHook
from projects.fashion_attr.visualization import AttrLocalVisualizer

ORIENTATION = 0x0112


class Seen(AttrLocalVisualizer):
    """Remembers what it was to draw."""

    def add_datasample(self, name, image, **kwargs):
        self.calls = [*getattr(self, 'calls', []), (name, image, kwargs)]


@pytest.fixture
def rotated(tmp_path):
    """A stored picture of 60 x 120, red left and blue right, that EXIF turns."""
    pixels = np.zeros((60, 120, 3), np.uint8)
    pixels[:, :60, 0] = pixels[:, 60:, 2] = 255
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / 'turned.jpg'
    Image.fromarray(pixels).save(path, quality=95, exif=exif)
    return DetDataSample(metainfo=dict(img_path=str(path), ori_shape=(60, 120)))


@pytest.fixture
def hook():
    hook = AttrVisualizationHook.__new__(AttrVisualizationHook)
    vars(hook).update(
        _visualizer=Seen(name='seen'),
        interval=2,
        score_thr=0.3,
        show=False,
        wait_time=0,
        backend_args=None,
        draw=True,
        test_out_dir=None,
        _test_index=0,
    )
    return hook


def test_stored_pixels_in_rgb(hook, rotated, tmp_path):
    hook.test_out_dir = str(tmp_path / 'new' / 'folder')
    hook.after_test_iter(None, 0, {}, [rotated])
    ((_, image, kwargs),) = hook._visualizer.calls
    assert image.shape == (60, 120, 3)
    assert image[30, 20, 0] > 200 > 50 > image[30, 20, 2]
    assert kwargs['out_file'] == str(tmp_path / 'new/folder/turned.jpg')


@pytest.mark.parametrize('batch_idx, drawn', [(0, True), (1, False), (2, True)])
def test_validation_draws_every_interval(hook, rotated, batch_idx, drawn):
    hook.after_val_iter(SimpleNamespace(iter=0), batch_idx, {}, [rotated])
    assert hasattr(hook._visualizer, 'calls') == drawn


def test_off_draws_nothing(hook, rotated):
    hook.draw = False
    hook.after_test_iter(None, 0, {}, [rotated])
    assert not hasattr(hook._visualizer, 'calls')
