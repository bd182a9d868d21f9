"""Names of steps, medians over rounds, and the painting of masks."""

from types import SimpleNamespace

import numpy as np
import pytest

import projects.fashion_attr.plugin  # noqa: F401

# isort: split
from mmdet.registry import TRANSFORMS
from mmdet.structures.mask import BitmapMasks

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

FILTER = dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1))
PAINT = 'paint (by the model)'


@pytest.fixture
def measured(root, monkeypatch):
    """The module, which lies beside the benchmark that uses it."""
    monkeypatch.syspath_prepend(root / 'tools/benchmark')
    import measured_dataset

    return measured_dataset


@pytest.mark.parametrize(
    'config, name',
    [
        (dict(type='LoadEncodedImage'), 'load picture'),
        (dict(type='LoadAttrAnnotations'), 'load annotations'),
        (dict(type='DecodeResize', scale=(9, 9)), 'resize'),
        (dict(type='KeepAttrs', transform=FILTER), 'filter'),
        (dict(type='PackAttrDetInputs'), 'pack'),
        (dict(type='PhotoMetricDistortion'), 'PhotoMetricDistortion'),
    ],
)
def test_step_names(config, name, measured):
    assert measured.step_name(TRANSFORMS.build(config)) == name


def test_medians_over_rounds_and_means_over_pictures(measured):
    record = measured.Record()
    seconds = [[9.0, 9.0], [1.0, 10.0], [2.0, 20.0], [9.0, 30.0]]
    for number, (first, second) in enumerate(seconds):
        answers = [
            dict(index=0, steps={'resize': first}, peak_mib=5.0 - number, sample={}),
            dict(index=1, steps={'resize': second}, peak_mib=3.0, sample={}),
        ]
        record.add_round(answers, warm_up=number == 0)
    figures = record.figures()
    assert figures['steps_ms'] == {'resize': 11_000.0}  # (2 + 20) / 2 s
    assert figures['cpu_ms'] == 11_000.0
    assert figures['peak_mib'] == 5.0


def sample_of(masks) -> dict:
    instances = SimpleNamespace(masks=masks)
    return dict(data_samples=SimpleNamespace(gt_instances=instances))


def test_runs_are_painted_and_bitmaps_are_not(measured, monkeypatch):
    array = np.zeros((2, 30, 40), np.uint8)
    array[:, 5:9] = 1
    bitmaps = BitmapMasks(array, 30, 40)
    runs = RunLengthMasks.from_ndarray(array)
    painted, to_bitmap = [], RunLengthMasks.to_bitmap

    def watched(masks):
        painted.append(to_bitmap(masks))
        return painted[-1]

    monkeypatch.setattr(RunLengthMasks, 'to_bitmap', watched)
    monkeypatch.setattr(BitmapMasks, 'to_bitmap', None, raising=False)
    assert measured.paint_seconds(sample_of(runs)) >= 0
    assert np.array_equal(painted[0].masks, array)
    assert measured.paint_seconds(sample_of(bitmaps)) is None
    assert measured.paint_seconds(dict(gt_masks=array)) is None


def test_painting_counts_as_a_step_and_not_as_memory(measured, monkeypatch):
    monkeypatch.setattr(measured, 'paint_seconds', lambda sample: sample)
    steps = {'resize': 1.0}
    answers = [dict(index=0, steps=steps, peak_mib=2.0, sample=0.5)]
    record = measured.Record()
    record.add_round(answers, warm_up=False)
    figures = record.figures()
    assert figures['steps_ms'] == {'resize': 1000.0, PAINT: 500.0}
    assert figures['cpu_ms'] == 1500.0
    assert figures['peak_mib'] == 2.0
