"""The command lines from Kaggle's files to pictures, in miniature."""

import json
import os
import pickle
import shutil
import subprocess
import sys

import pytest

CONFIG = 'configs/toy/mask-rcnn_r18_attr_focal.py'
SMALL = [
    'train_cfg.max_epochs=1',
    'train_cfg.val_interval=1',
    'train_dataloader.batch_size=4',
    'train_dataloader.num_workers=0',
    'train_dataloader.persistent_workers=False',
    'val_dataloader.num_workers=0',
    'val_dataloader.persistent_workers=False',
    'test_dataloader.num_workers=0',
    'test_dataloader.persistent_workers=False',
    'model.test_cfg.rcnn.score_thr=0.0',
    'model.test_cfg.rcnn.max_per_img=5',
]


@pytest.fixture(scope='module')
def run(root):
    """run(tool, *arguments) -> its output; fails with it where the tool fails."""

    def call(tool, *arguments, code=0):
        done = subprocess.run(
            [sys.executable, str(root / 'tools' / tool), *map(str, arguments)],
            cwd=root,
            env=dict(os.environ, OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES=''),
            capture_output=True,
            text=True,
        )
        output = done.stdout + done.stderr
        assert done.returncode == code, output[-3000:]
        return output

    return call


@pytest.fixture(scope='module')
def prepared(run, tmp_path_factory):
    """A toy wardrobe of 12 pictures with its annotations."""
    folder = tmp_path_factory.mktemp('wardrobe')
    run('make_toy_wardrobe.py', folder, '--images', 12, '--seed', 3)
    run('prepare_imaterialist.py', folder, '--val', 4)
    return folder


@pytest.fixture(scope='module')
def options(prepared):
    """Overrides that point the demo's config at the small wardrobe."""
    return ['--cfg-options', *SMALL, f'data_root={prepared}']


@pytest.fixture(scope='module')
def trained(run, options, tmp_path_factory):
    """The work dir of one epoch."""
    work_dir = tmp_path_factory.mktemp('run')
    output = run('train.py', CONFIG, '--work-dir', work_dir, *options)
    assert 'RoIAlign and NMS: ' in output
    return work_dir


def test_training_leaves_weights_and_loss_curves(trained):
    assert (trained / 'epoch_1.pth').is_file()
    assert (trained / 'loss_curves.png').read_bytes()[1:4] == b'PNG'


def test_resume_goes_on_after_the_last_epoch(run, options, trained, tmp_path):
    more = [*options, 'train_cfg.max_epochs=2']
    checkpoint = trained / 'epoch_1.pth'
    run('train.py', CONFIG, '--work-dir', tmp_path, '--resume', checkpoint, *more)
    assert (tmp_path / 'epoch_2.pth').is_file()
    assert not (tmp_path / 'epoch_1.pth').exists()


def test_test_run_prints_writes_and_draws(run, options, trained, prepared, tmp_path):
    out, show = tmp_path / 'predictions.pkl', tmp_path / 'pictures'
    arguments = ['--work-dir', tmp_path, '--out', out, '--show-dir', show]
    output = run('test.py', CONFIG, trained / 'epoch_1.pth', *arguments, *options)
    assert 'f1AP' in output
    (log,) = tmp_path.glob('*/2*.json')
    logged = json.loads(log.read_text())
    assert {'fashion/segm_AP', 'fashion/segm_f1AP', 'fashion/bbox_f1APl'} <= set(logged)
    val = json.loads((prepared / 'annotations/val.json').read_text())
    names = {image['file_name'] for image in val['images']}
    assert {p.name for p in show.iterdir()} == names
    predictions = pickle.loads(out.read_bytes())
    assert {p['img_id'] for p in predictions} == {i['id'] for i in val['images']}
    assert all(p['pred_instances']['attr_scores'].shape[1] == 294 for p in predictions)
    results = json.loads((tmp_path / 'predictions.results.json').read_text())
    assert len(results) == sum(len(p['pred_instances']['scores']) for p in predictions)
    (record,) = tmp_path.glob('*/run.json')
    command = json.loads(record.read_text())['command']
    assert f'test.py {CONFIG} {trained}/epoch_1.pth --work-dir {tmp_path}' in command


def test_report_of_a_run_that_was_trained_and_tested(run, options, trained, tmp_path):
    work_dir = shutil.copytree(trained, tmp_path / 'run')
    checkpoint = work_dir / 'epoch_1.pth'
    run('test.py', CONFIG, checkpoint, '--work-dir', work_dir, *options)
    output = run('report.py', work_dir, '--pictures', 1)
    assert f'{work_dir}/report.html: ' in output
    assert 'not in the report' not in output
    page = (work_dir / 'report.html').read_text()
    for figure in ('losses', 'thresholds', 'categories-segm', 'costs'):
        assert f'id="figure-{figure}"' in page
    assert page.count('src="data:image/jpeg;') == 2
    assert f'tools/train.py {CONFIG} --work-dir {trained}' in page


def test_tta_keeps_masks_and_attributes(run, options, trained, tmp_path):
    out = tmp_path / 'predictions.pkl'
    arguments = ['--tta', '--work-dir', tmp_path, '--out', out]
    run('test.py', CONFIG, trained / 'epoch_1.pth', *arguments, *options)
    found = [p['pred_instances'] for p in pickle.loads(out.read_bytes())]
    assert sum(len(f['scores']) for f in found) > 0
    for f in found:
        assert len(f['masks']) == len(f['attr_scores']) == len(f['scores'])


@pytest.mark.parametrize(
    'tool, arguments, message',
    [
        ('test.py', ['nowhere.py', 'x.pth'], 'error: there is no config nowhere.py'),
        ('test.py', [CONFIG, 'nowhere.pth'], 'error: there is no checkpoint nowhere'),
        ('test.py', [CONFIG, 'x', '--out', 'x.json'], '--out should end in .pkl'),
        ('report.py', ['nowhere'], 'error: there is no work dir nowhere'),
        ('report.py', ['tools'], 'error: tools holds no run'),
        ('train.py', [CONFIG, '--resume', 'x.pth'], 'error: there is no checkpoint x'),
        (
            'train.py',
            [CONFIG, '--cfg-options', 'data_root=/nowhere'],
            'error: /nowhere/annotations/train.json is missing (train); make it with',
        ),
        (
            'train.py',
            [CONFIG, '--cfg-options', 'on_bad_image=drop'],
            "error: on_bad_image should be one of ('error', 'skip'), got 'drop'",
        ),
    ],
    ids=['config', 'checkpoint', 'out', 'work-dir', 'no-run', 'resume', 'data', 'bad'],
)
def test_wrong_arguments_are_named(run, options, tool, arguments, message):
    if tool != 'report.py' and '--cfg-options' not in arguments:
        arguments = [*arguments, *options]
    output = run(tool, *arguments, code=2 if '--out' in arguments else 1)
    assert message in output
    assert 'Traceback' not in output


def test_checkpoints_of_another_network_and_weights_alone(
    run, options, trained, tmp_path
):
    import torch

    checkpoint = torch.load(trained / 'epoch_1.pth', weights_only=False)
    weights, other = tmp_path / 'weights.pth', tmp_path / 'other.pth'
    torch.save(checkpoint['state_dict'], weights)
    checkpoint['state_dict'].pop('roi_head.bbox_head.fc_cls.weight')
    torch.save(checkpoint, other)
    apart = 'do not belong together: 1 of the'
    calls = [
        ('test.py', [CONFIG, other], apart),
        ('train.py', [CONFIG, '--resume', other], apart),
        ('train.py', [CONFIG, '--resume', weights], 'has weights, and no meta, opti'),
    ]
    for tool, arguments, message in calls:
        more = ['--work-dir', tmp_path / 'run', *options]
        output = run(tool, *arguments, *more, code=1)
        assert message in output and 'Traceback' not in output
