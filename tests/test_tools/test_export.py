"""tools/export.py as a user runs it, and what runs its file."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import onnx
import pytest
import torch
from pycocotools import mask as mask_utils

from projects.fashion_attr.apis.export import ExportRequest, run_export
from projects.fashion_attr.apis.exported import ExportedNetwork
from projects.fashion_attr.apis.inferencer import FashionInferencer, MMDetBackend
from projects.fashion_attr.apis.inferencer.exported_backend import ExportedBackend
from projects.fashion_attr.apis.prediction import PredictRequest, run_prediction
from projects.fashion_attr.datasets.palette import PALETTE
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTES, CATEGORIES
from tests.exportable import write_exportable_run

# From a strip to four times what the network reads, upright and across.
SIZES = [
    (3, 60),
    (200, 9),
    (512, 640),
    *((40 + 11 * n, 150 - 7 * n) for n in range(17)),
]


@pytest.fixture(scope='module')
def run_tool(root):
    """run_tool(name, *arguments) -> the finished process."""

    def call(name, *arguments):
        command = [sys.executable, str(root / 'tools' / name), *map(str, arguments)]
        env = dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(root))
        return subprocess.run(
            command, cwd=root, env=env, capture_output=True, text=True
        )

    return call


@pytest.fixture(scope='module')
def exported(run_tool, tmp_path_factory):
    """Config, checkpoint and file of an export, made by the tool."""
    folder = tmp_path_factory.mktemp('export')
    config, checkpoint = write_exportable_run(folder)
    out = folder / 'small.onnx'
    done = run_tool('export.py', config, checkpoint, '--out', out)
    assert done.returncode == 0, done.stderr
    assert 'gives boxes, scores, labels, masks, attr_scores' in done.stdout
    return SimpleNamespace(
        folder=folder, config=config, checkpoint=checkpoint, file=str(out)
    )


def noise(height, width):
    """Coarse noise of a picture's size, (H, W, 3) uint8."""
    rng = np.random.default_rng(height)
    coarse = rng.integers(0, 256, (9, 9, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def test_equals_pytorch_on_20_pictures(exported):
    torch_side = MMDetBackend(exported.config, exported.checkpoint, 'cpu')
    exported_side = ExportedBackend(exported.file, 'cpu', threads=1)
    counts = []
    for size in SIZES:
        image = noise(*size)
        (theirs,) = torch_side.predict([torch_side.load(image)])
        (ours,) = exported_side.predict([exported_side.load(image)])
        counts.append(len(ours))
        assert ours.size == theirs.size == size
        np.testing.assert_array_equal(ours.labels, theirs.labels)
        for name in ('boxes', 'scores', 'attr_scores'):
            values = getattr(ours, name), getattr(theirs, name)
            np.testing.assert_allclose(*values, rtol=0, atol=1e-3, err_msg=name)
        if len(ours):
            masks, others = (mask_utils.decode(raw.masks) for raw in (ours, theirs))
            # A pixel at a half but for rounding may fall on either side.
            assert np.count_nonzero(masks != others) <= 1e-4 * masks.size
    assert len(SIZES) == 20
    assert max(counts) == 8


def test_nothing_may_be_found(exported):
    backend = ExportedBackend(exported.file)
    (raw,) = backend.predict([noise(90, 80)], least_score=1.0)
    assert (len(raw), raw.masks, raw.attr_scores.shape) == (0, [], (0, 294))


def test_file_says_what_its_numbers_mean(exported):
    onnx.checker.check_model(exported.file)
    metadata = ExportedNetwork(exported.file).metadata
    assert metadata.categories == [label._asdict() for label in CATEGORIES]
    assert metadata.attributes == [label._asdict() for label in ATTRIBUTES]
    assert [*map(tuple, metadata.palette)] == [*PALETTE]
    assert metadata.picture.scale == (160, 128)
    assert metadata.picture.mean == pytest.approx((123.675, 116.28, 103.53))
    assert (metadata.score_thr, metadata.mask_thr) == (0.05, 0.5)
    assert metadata.attr_score_thr == 0.4
    assert metadata.made_from['config'] == 'small.py'


def test_runs_without_mmdet(exported, root):
    picture = str(exported.folder / 'a.png')
    cv2.imwrite(picture, noise(70, 50))
    code = f"""
import sys
for name in ('torch', 'mmdet', 'mmcv', 'mmengine', 'pycocotools', 'onnx'):
    sys.modules[name] = None
import cv2
from projects.fashion_attr.apis.exported import ExportedNetwork
found = ExportedNetwork({exported.file!r})(cv2.imread({picture!r}))
print(len(found.labels), found.masks[0].whole().shape, found.attr_scores.shape)
"""
    done = subprocess.run(
        [sys.executable, '-c', code], cwd=root, capture_output=True, text=True
    )
    assert done.stdout.strip().endswith('(70, 50) (8, 294)'), done.stderr


def test_inferencer_takes_it_with_its_thresholds(exported):
    results = [
        FashionInferencer(*files, score_thr=0.0, backend=backend)([noise(60, 90)])
        for files, backend in (
            ((exported.config, exported.checkpoint, 'cpu'), None),
            ((), ExportedBackend(exported.file)),
        )
    ]
    theirs, ours = (
        [(garment.category, garment.groups) for garment in result.garments]
        for (result,) in results
    )
    assert ours == theirs
    assert any(groups for _, groups in ours)


def test_labels_of_ones_own_are_named(exported, tmp_path):
    """The same file, its first category and attribute of no other taxonomy."""
    model = onnx.load(exported.file)
    strings = {entry.key: entry.value for entry in model.metadata_props}
    for table in ('categories', 'attributes'):
        entries = json.loads(strings[table])
        entries[0] = dict(id=9000, name='our own', supercategory='shop')
        strings[table] = json.dumps(entries)
    onnx.helper.set_model_props(model, strings)
    onnx.save(model, tmp_path / 'own.onnx')
    backend = ExportedBackend(tmp_path / 'own.onnx')
    vocabulary = FashionInferencer(backend=backend).vocabulary
    for labels in (vocabulary.categories, vocabulary.attributes):
        assert labels[0] == (9000, 'our own', 'shop')
        assert labels[1].id == 1


def test_predict_takes_it(run_tool, exported, tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), noise(70, 50))
    out = tmp_path / 'out'
    given = [tmp_path / 'a.png', '--exported', exported.file, '--out', out]
    done = run_tool('predict.py', *given, '--score-thr', '0')
    assert done.returncode == 0, done.stderr
    (line,) = (out / 'garments.jsonl').read_text().splitlines()
    assert len(json.loads(line)['garments']) == 8


@pytest.mark.parametrize('other', ['config', 'checkpoint'])
def test_exported_is_given_alone(tmp_path, other):
    cv2.imwrite(str(tmp_path / 'a.png'), noise(70, 50))
    request = PredictRequest(
        images=[str(tmp_path)], out=tmp_path / 'out', exported='x', **{other: 'y'}
    )
    with pytest.raises(ValueError, match='--exported has its config and weights in'):
        run_prediction(request)


def test_benchmark_compares_and_times(run_tool, exported, tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), noise(70, 50))
    out = tmp_path / 'figures.json'
    files = exported.config, exported.checkpoint, exported.file
    options = '--repeat', '1', '--json', out
    done = run_tool('benchmark/export.py', *files, tmp_path / 'a.png', *options)
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())
    assert figures['pictures'] == 1
    assert figures['largest']['boxes'] < 1e-3
    assert f'ratio {figures["ratio"]["wall"]:.2f}; processor' in done.stdout


@pytest.mark.parametrize(
    'apart, message',
    [
        (None, 'a.png: both find other garments'),
        (dict(boxes=0.0, attr_scores=0.002), 'a.png: attr_scores differ by 0.002'),
    ],
)
def test_benchmark_stops_where_networks_differ(root, apart, message):
    check = runpy.run_path(str(root / 'tools/benchmark/export.py'))['check']
    same = dict(picture='b.png', differences=dict(boxes=0.001, scores=0.0))
    check([same], 1e-3)
    with pytest.raises(SystemExit, match=message):
        check([same, dict(picture='a.png', differences=apart)], 1e-3)


def cut(exported, path):
    path.write_bytes(Path(exported.file).read_bytes()[:5000])


def other_onnx(exported, path):
    model = onnx.load(exported.file)
    del model.metadata_props[:]
    onnx.save(model, path)


@pytest.mark.parametrize(
    'make, message',
    [
        (lambda _, path: None, 'there is no exported network'),
        (lambda _, path: path.write_text('{}'), 'x.onnx is no ONNX file'),
        (cut, 'x.onnx is no ONNX file, or was cut off'),
        (other_onnx, 'x.onnx: it says format None'),
    ],
    ids=['missing', 'other file', 'cut off', 'of others'],
)
def test_other_files_are_refused(exported, tmp_path, make, message):
    make(exported, tmp_path / 'x.onnx')
    with pytest.raises((OSError, ValueError), match=message):
        ExportedNetwork(tmp_path / 'x.onnx')


@pytest.mark.parametrize('device', ['cuda', 'cuda:1', 'tpu', 'cpu:x'])
def test_unknown_device_is_named(exported, device):
    with pytest.raises(ValueError, match=f"device '{device}' is none of"):
        ExportedNetwork(exported.file, device)


def renamed(exported, path, **names):
    """A checkpoint whose dataset_meta says otherwise."""
    saved = torch.load(exported.checkpoint, weights_only=False)
    saved['meta']['dataset_meta'] = {**saved['meta']['dataset_meta'], **names}
    torch.save(saved, path)
    return str(path)


@pytest.mark.parametrize(
    'change, message',
    [
        (dict(config='none.py'), 'there is no config none.py'),
        (dict(checkpoint='none.pth'), 'there is no checkpoint none.pth'),
        (dict(out=Path('x.pt')), '--out x.pt should end in .onnx'),
        (dict(out=Path('none/x.onnx')), 'there is no folder none to write to'),
        (dict(thresholds=Path('none.json')), 'there is no file of thresholds none'),
        (
            dict(classes=('person', 'bicycle')),
            "class 'person' of the checkpoint is none of the 46",
        ),
        (
            dict(classes=tuple(label.name for label in CATEGORIES[1:])),
            'the network tells 46 categories apart, the checkpoint names 45',
        ),
        (
            dict(attributes=tuple(label.name for label in ATTRIBUTES[1:])),
            'the network tells 294 attributes apart, the checkpoint names 293',
        ),
    ],
    ids=lambda value: '' if isinstance(value, str) else '-'.join(value),
)
def test_wrong_input_is_named(exported, tmp_path, change, message):
    given = dict(
        config=exported.config,
        checkpoint=exported.checkpoint,
        out=tmp_path / 'x.onnx',
    )
    if {'classes', 'attributes'} & {*change}:
        file = renamed(exported, tmp_path / 'other.pth', **change)
        change = dict(checkpoint=file)
    with pytest.raises((OSError, ValueError), match=message):
        run_export(ExportRequest(**given | change))


def test_a_folder_that_is_closed_is_not_called_absent(exported, tmp_path, monkeypatch):
    monkeypatch.setattr(
        'os.access', lambda path, mode: False
    )  # root may write anywhere
    request = ExportRequest(
        config=exported.config,
        checkpoint=exported.checkpoint,
        out=tmp_path / 'x.onnx',
    )
    with pytest.raises(PermissionError, match=f'{tmp_path} cannot be written; name'):
        run_export(request)


def test_tool_says_one_line(run_tool, tmp_path):
    done = run_tool('export.py', 'none.py', 'none.pth', '--out', tmp_path / 'x.onnx')
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == 'error: there is no config none.py'
    assert 'Traceback' not in done.stderr
