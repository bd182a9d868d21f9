"""The project as a whole: everything imports, every tool explains itself."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import projects.fashion_attr
import projects.fashion_attr.plugin

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(
        projects.fashion_attr.__path__, 'projects.fashion_attr.'
    )
)
# What a benchmark imports.
NO_TOOLS = ('tools/benchmark/measured_dataset.py',)
TOOLS = sorted(
    {p.relative_to(ROOT).as_posix() for p in (ROOT / 'tools').rglob('*.py')}
    - {*NO_TOOLS}
)
REGISTERED = {
    'model': [
        'AttrBBoxHead',
        'AttrMask2Former',
        'AttrMask2FormerHead',
        'AttrMaskFormerFusionHead',
        'AttrRoIHead',
        'AttrTTAModel',
        'ConvNeXt',
        'FCAttrHead',
    ],
    'dataset': ['IMaterialistDataset'],
    'transform': [
        'AttrCopyPaste',
        'AttrRandomFlip',
        'DecodeResize',
        'LoadEncodedImage',
        'LoadAttrAnnotations',
        'KeepAttrs',
        'PackAttrDetInputs',
    ],
    'data_sampler': ['RepeatFactorSampler'],
    'metric': ['F1SegmMetric', 'SegmMetric'],
    'visualizer': ['AttrLocalVisualizer'],
    'hook': [
        'FlipCheckHook',
        'LossCurveHook',
        'ProgressBarHook',
        'RunRecordHook',
        'ScoreTableHook',
    ],
}


@pytest.mark.parametrize('name', MODULES)
def test_module_imports_and_says_what_it_is(name):
    if name.endswith('.app.page'):
        pytest.importorskip('gradio', reason='requirements/app.txt is not installed')
    module = importlib.import_module(name)
    is_package = hasattr(module, '__path__')
    assert module.__doc__ or is_package, f'{name} has no docstring'


@pytest.mark.parametrize(
    'scope, name',
    [(scope, name) for scope, names in REGISTERED.items() for name in names],
)
def test_type_is_to_be_had_from_a_config(scope, name):
    import mmdet.registry as registry

    assert getattr(registry, f'{scope.upper()}S').get(name).__name__ == name


@pytest.mark.parametrize('tool', TOOLS)
def test_tool_has_help(tool):
    done = subprocess.run(
        [sys.executable, str(ROOT / tool), '--help'],
        env=dict(os.environ, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert 'usage: ' + Path(tool).name in done.stdout


@pytest.mark.parametrize(
    'name',
    [
        'projects.fashion_attr.datasets.statistics',
        'projects.fashion_attr.datasets.taxonomy',
        'projects.fashion_attr.structures.rle',
        'projects.fashion_attr.evaluation.functional.coco_f1',
    ],
)
def test_pure_numpy_parts_import_no_torch(name):
    code = f'import {name}, sys; assert not {{"torch", "mmengine"}} & set(sys.modules)'
    subprocess.run([sys.executable, '-c', code], cwd=ROOT, check=True)
