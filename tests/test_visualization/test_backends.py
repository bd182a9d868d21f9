"""Where drawn pictures go, by config alone: each backend's own reading of them."""

import sys
from unittest.mock import MagicMock

import cv2
import numpy as np
import pytest
from mmdet.registry import VISUALIZERS
from test_attr_visualizer import META, gray, make_sample

SIZE = (320, 240)


def build(folder, *backends):
    visualizer = VISUALIZERS.build(
        dict(
            type='AttrLocalVisualizer',
            name=str(folder),  # one instance of each name
            vis_backends=[dict(type=f'{backend}VisBackend') for backend in backends],
            save_dir=str(folder),
        )
    )
    visualizer.dataset_meta = META
    return visualizer


def hand_on(visualizer, step=7):
    """The picture that was handed on."""
    sample = make_sample(SIZE)
    visualizer.add_datasample('val_img', gray(SIZE), sample, step=step)
    return visualizer.draw_datasample(gray(SIZE), sample)


def test_tensorboard_has_the_picture_at_its_step(tmp_path):
    accumulator = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator'
    )
    visualizer = build(tmp_path, 'Tensorboard')
    drawn = hand_on(visualizer)
    visualizer.close()
    events = accumulator.EventAccumulator(str(tmp_path / 'vis_data')).Reload()
    (image,) = events.Images('val_img')
    assert image.step == 7
    encoded = np.frombuffer(image.encoded_image_string, np.uint8)
    assert (cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1] == drawn).all()


def test_mlflow_gets_a_file_name_of_its_own_each_step(tmp_path, monkeypatch):
    """MLflow saves by the name's ending, and overwrites what has the same name."""
    mlflow = MagicMock()
    monkeypatch.setitem(sys.modules, 'mlflow', mlflow)
    visualizer = build(tmp_path, 'MLflow')
    drawn = [hand_on(visualizer, step) for step in (7, 8)]
    calls = mlflow.log_image.call_args_list
    assert [call.args[1] for call in calls] == ['val_img_7.png', 'val_img_8.png']
    for call, picture in zip(calls, drawn, strict=True):
        assert (call.args[0] == picture).all()


def test_wandb_gets_the_picture(tmp_path, monkeypatch):
    wandb = MagicMock(Image=np.array)
    monkeypatch.setitem(sys.modules, 'wandb', wandb)
    drawn = hand_on(build(tmp_path, 'Wandb'))
    (call,) = wandb.log.call_args_list
    assert (call.args[0]['val_img'] == drawn).all()


def test_several_backends_at_once(tmp_path, monkeypatch):
    mlflow = MagicMock()
    monkeypatch.setitem(sys.modules, 'mlflow', mlflow)
    hand_on(build(tmp_path, 'MLflow', 'Local'))
    assert mlflow.log_image.call_count == 1
    assert (tmp_path / 'vis_data/vis_image/val_img_7.png').is_file()
