"""Two processes on the CPU (gloo) against one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from tiny_training import write_tiny_training

from projects.fashion_attr.apis.processes import use_processes


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """With ``training.py`` and its pictures, of which an odd number is for testing."""
    folder = tmp_path_factory.mktemp('two')
    options = {
        'train_cfg.max_epochs': 1,
        'train_cfg.val_interval': 1,
        'train_dataloader.batch_size': 1,
        'train_dataloader.sampler.shuffle': False,
        'train_dataloader.dataset.filter_cfg': None,
        'default_hooks.checkpoint.by_epoch': True,
        'model.test_cfg.rcnn.score_thr': 0.0,
    }
    write_tiny_training(folder, val=5, **options)
    return folder


@pytest.fixture(scope='module')
def call(root, folder):
    """call(script or tool, *arguments, code=0) -> its output."""

    def run(*command, code=0):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        tool = str(root / 'tools' / command[0])
        start = [tool] if tool.endswith('.sh') else [sys.executable, tool]
        done = subprocess.run(
            [*start, *map(str, command[1:])],
            cwd=root,
            env=dict(
                os.environ,
                OMP_NUM_THREADS='1',
                CUDA_VISIBLE_DEVICES='',
                PORT=str(port),
                PYTHON=sys.executable,
            ),
            capture_output=True,
            text=True,
        )
        output = done.stdout + done.stderr
        assert done.returncode == code, output[-4000:]
        return output

    return run


@pytest.fixture(scope='module')
def trained(call, folder):
    """Work dir of two processes; half of the pictures have no garment at all.

    A step shows the first process a picture of garments without attributes, the
    second one an empty picture; in every other step the other way round.
    """
    file = folder / 'wardrobe/annotations/train.json'
    coco = json.loads(file.read_text())
    full = {image['id'] for i, image in enumerate(coco['images']) if i % 4 in (0, 3)}
    kept = [a for a in coco['annotations'] if a['image_id'] in full]
    coco['annotations'] = [dict(a, attribute_ids=[]) for a in kept]
    file.write_text(json.dumps(coco))
    work_dir = folder / 'trained'
    call('dist_train.sh', folder / 'training.py', 2, '--work-dir', work_dir)
    return work_dir


def test_training_goes_on_where_one_process_has_nothing_to_learn_from(trained):
    (log,) = trained.glob('*/vis_data/scalars.json')
    steps = [json.loads(line) for line in log.read_text().splitlines()]
    steps = [step for step in steps if 'loss' in step]
    assert len(steps) == 17 // 2 + 1
    assert all(torch.tensor(step['loss']).isfinite() for step in steps)
    weights = torch.load(trained / 'epoch_1.pth', weights_only=False)['state_dict']
    assert all(weight.isfinite().all() for weight in weights.values())


def make_true(file: Path, results: list[dict]) -> None:
    """Let annotations say what a network that has learnt nothing has found."""
    coco = json.loads(file.read_text())
    attributes = [attribute['id'] for attribute in coco['attributes']]
    coco['annotations'] = [
        dict(
            id=number,
            image_id=result['image_id'],
            category_id=result['category_id'],
            segmentation=result['segmentation'],
            bbox=result['bbox'],
            area=result['bbox'][2] * result['bbox'][3],
            iscrowd=0,
            attribute_ids=attributes[number % 3 :: 50],
        )
        for number, result in enumerate(results, 1)
    ]
    file.write_text(json.dumps(coco))


def test_two_processes_give_the_scores_of_one_on_a_set_of_odd_size(
    call, folder, trained
):
    config, checkpoint = folder / 'training.py', trained / 'epoch_1.pth'
    call('test.py', config, checkpoint, '--work-dir', folder / 'first')
    results = json.loads((folder / 'first/predictions.results.json').read_text())
    make_true(folder / 'wardrobe/annotations/val.json', results[::2])
    call('test.py', config, checkpoint, '--work-dir', folder / 'one')
    call('dist_test.sh', config, checkpoint, 2, '--work-dir', folder / 'two')
    found = []
    for name in ('one', 'two'):
        scores = json.loads((folder / name / 'scores.json').read_text())
        results = json.loads((folder / name / 'predictions.results.json').read_text())
        found.append((scores, results))
    assert len({result['image_id'] for result in found[0][1]}) == 5
    assert found[0][1] == found[1][1]
    for scores in found[0][0].values():
        assert scores['AP'] > 0.01
    for kind, values in found[0][0].items():
        assert found[1][0][kind] == pytest.approx(values, abs=1e-9)


def test_a_process_that_nothing_has_launched(monkeypatch):
    monkeypatch.delenv('RANK', raising=False)
    with pytest.raises(ValueError, match=r'RANK.* start it with tools/dist_train.sh'):
        use_processes(Config(dict(launcher='pytorch')))


@pytest.mark.skipif(torch.cuda.is_available(), reason='is for machines without a GPU')
def test_slurm_without_a_gpu():
    with pytest.raises(ValueError, match='--launcher slurm needs GPUs'):
        use_processes(Config(dict(launcher='slurm')))


@pytest.mark.parametrize('name', ['dist_train.sh', 'dist_test.sh', 'slurm_train.sh'])
def test_too_few_arguments_show_the_usage(call, name):
    assert f'usage: tools/{name} ' in call(name, code=2)


def test_slurm_gets_its_words(root, tmp_path):
    srun = tmp_path / 'srun'
    srun.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    srun.chmod(0o755)
    done = subprocess.run(
        [root / 'tools/slurm_train.sh', 'gpu', 'a job', 'c.py', '--resume'],
        env=dict(os.environ, PATH=f'{tmp_path}:{os.environ["PATH"]}', GPUS='4'),
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.splitlines()
    assert {'--partition=gpu', '--job-name=a job', '--gres=gpu:4'} <= set(words)
    assert {'--ntasks=4', '--ntasks-per-node=4'} <= set(words)
    tool = Path(words[words.index('-u') + 1])
    assert tool.name == 'train.py'
    assert words[-4:] == ['c.py', '--launcher', 'slurm', '--resume']
