"""The benchmark of the data pipeline runs through on small inputs."""

import json
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from pycocotools import mask as mask_utils

STEPS = {
    'sample', 'load picture', 'load annotations', 'resize', 'filter', 'flip', 'pack'
}  # fmt: skip


def call(root, tool, *arguments):
    command = [sys.executable, f'tools/benchmark/{tool}.py', *map(str, arguments)]
    environment = {**os.environ, 'OMP_NUM_THREADS': '1'}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope='module')
def pictures(root, tmp_path_factory):
    out = tmp_path_factory.mktemp('pictures')
    done = call(root, 'make_pictures', out, '--size', '60x80', '--images', 2)
    assert done.returncode == 0, done.stderr
    assert f'2 pictures in {out}, 0.' in done.stdout
    return out


def test_pictures_are_what_the_annotations_say(pictures):
    document = json.loads((pictures / 'annotations.json').read_text())
    assert [r['file_name'] for r in document['images']] == ['0001.jpg', '0002.jpg']
    for record in document['images']:
        picture = cv2.imread(str(pictures / record['file_name']))
        assert picture.shape == (60, 80, 3) and picture.std() > 10
    for annotation in document['annotations']:
        mask = mask_utils.decode(annotation['segmentation'])
        assert mask.shape == (60, 80)
        assert mask.sum() == annotation['area'] > 0
        x, y, w, h = map(int, annotation['bbox'])
        assert mask[y : y + h, x : x + w].sum() == annotation['area']
    objects = np.bincount([a['image_id'] for a in document['annotations']])[1:]
    assert set(objects) <= {6, 7, 8}


def test_measures_every_side_and_prints_the_ratios(root, pictures, tmp_path):
    out = tmp_path / 'figures.json'
    done = call(
        root, 'data_pipeline', '--images', pictures, '--ann',
        pictures / 'annotations.json', '--sizes', '--rounds', 1, '--json', out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(out.read_text())
    assert answer.keys() == {'real'}
    figures = answer['real']
    assert figures['images'] == 2 and figures['megapixels'] == 0.0048
    for side in ('stock', 'exact', 'scaled'):
        record = figures['sides'][side]
        painting = set() if side == 'stock' else {'paint (by the model)'}
        assert record['steps_ms'].keys() == STEPS | painting
        assert sum(record['steps_ms'].values()) == pytest.approx(record['cpu_ms'])
        assert record['wall_ms'] > 0 and record['peak_mib'] >= 0
    ratio = figures['ratios']['CPU, times stock']
    stock, ours = (figures['sides'][s]['cpu_ms'] for s in ('stock', 'exact'))
    assert ratio['exact'] == pytest.approx(stock / ours)
    assert f'{ratio["exact"]:.1f}x' in done.stdout
    assert done.stdout.count('paint (by the model)') == 1
    assert figures['ratios']['masks, times stock']['exact'] > 0
