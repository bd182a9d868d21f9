"""Names of steps, and medians over rounds."""

import pytest

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from mmdet.registry import TRANSFORMS  # noqa: E402

import projects.fashion_attr.datasets.transforms  # noqa: E402, F401
from projects.fashion_attr.datasets.measured_dataset import (  # noqa: E402
    Record,
    step_name,
)

FILTER = dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1))


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
def test_step_names(config, name):
    assert step_name(TRANSFORMS.build(config)) == name


def test_medians_over_rounds_and_means_over_pictures():
    record, seconds = Record(), [[9.0, 9.0], [1.0, 10.0], [2.0, 20.0], [9.0, 30.0]]
    for number, (first, second) in enumerate(seconds):
        answers = [
            dict(index=0, steps={'resize': first}, peak_mib=5.0 - number),
            dict(index=1, steps={'resize': second}, peak_mib=3.0),
        ]
        record.add_round(answers, warm_up=number == 0)
    figures = record.figures()
    assert figures['steps_ms'] == {'resize': 11_000.0}  # (2 + 20) / 2 s
    assert figures['cpu_ms'] == 11_000.0
    assert figures['peak_mib'] == 5.0
