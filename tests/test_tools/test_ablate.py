"""tools/ablate.py: what it prints, and what is left when it is killed."""

import json
import os
import runpy
import signal
import subprocess
import sys
import time

import pytest
from ablation_plans import calls, write_plan

from projects.fashion_attr.apis.ablation import locked


@pytest.fixture
def start(root, tmp_path):
    """start(plan, *arguments) -> the running process."""

    def call(plan, *arguments):
        tool = [sys.executable, str(root / 'tools/ablate.py'), str(plan)]
        return subprocess.Popen(
            [*tool, '--out', str(tmp_path / 'out'), *arguments],
            cwd=root,
            env=dict(os.environ, OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES=''),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Started in the background, a shell's children ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return call


@pytest.fixture
def run(root, tmp_path, monkeypatch, capfd):
    """run(plan, *arguments, code=0) -> what it printed; in this process."""

    def call(plan, *arguments, code=0):
        tool = runpy.run_path(str(root / 'tools/ablate.py'))
        words = ['ablate.py', plan, '--out', tmp_path / 'out', *arguments]
        monkeypatch.setattr(sys, 'argv', list(map(str, words)))
        monkeypatch.chdir(root)
        handler = signal.getsignal(signal.SIGTERM)
        try:
            tool['main']()
        except SystemExit as end:
            assert end.code == code if isinstance(code, int) else code in end.code
        finally:
            signal.signal(signal.SIGTERM, handler)
        return ''.join(capfd.readouterr())

    return call


def wait_for(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f'{path} did not come'
        time.sleep(0.02)


def has_ended(pid):
    try:
        # A child of a killed parent may wait for init to reap it.
        return open(f'/proc/{pid}/stat').read().rsplit(') ')[-1].startswith('Z')
    except FileNotFoundError:
        return True


def test_killed_outright_it_takes_its_child_along_and_goes_on(start, run, tmp_path):
    plan = write_plan(tmp_path, [dict(name='a', options=dict(seconds=0.7))])
    folder = tmp_path / 'out/a/0'
    process = start(plan)
    wait_for(folder / 'epoch_1.pth')
    process.kill()
    process.wait()
    pid = int((folder / 'pid').read_text())
    deadline = time.monotonic() + 20
    while sys.platform == 'linux' and not has_ended(pid):
        assert time.monotonic() < deadline, 'the training outlived its caller'
        time.sleep(0.02)
    assert not (folder / 'scores_val.json').exists()
    output = run(plan)
    assert 'a/0: goes on from epoch_1.pth' in output
    assert [resumed for resumed, _ in calls(folder)] == [None, 'epoch_1.pth']
    table = (tmp_path / 'out/table.md').read_text()
    # 2 x 1 weights and 2 biases.
    assert '| a   | 1     | 0.400 | 0.200 | 0.500     | 0.100    |' in table
    assert '| 4          |' in table
    assert (tmp_path / 'out/report.html').stat().st_size > 1_000_000  # plotly is inside


def test_ctrl_c_stops_the_child_and_writes_the_table(start, tmp_path):
    process = start(write_plan(tmp_path, [dict(name='b', options=dict(seconds=60))]))
    wait_for(tmp_path / 'out/b/0/pid')
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert 'b/0: stopped; the next call goes on with it' in output
    assert 'Traceback' not in output
    assert has_ended(int((tmp_path / 'out/b/0/pid').read_text()))
    assert '0/1, interrupted' in (tmp_path / 'out/table.md').read_text()


def test_ctrl_c_while_it_waits_for_the_folder(run, tmp_path, monkeypatch):
    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(time, 'sleep', interrupted)
    with locked(tmp_path / 'out'):
        run(write_plan(tmp_path, [dict(name='b')]), code=130)


def test_dry_run_lists_and_does_nothing(run, tmp_path):
    rows = [dict(name='a'), dict(name='b', weights_of='a'), dict(name='c')]
    output = run(write_plan(tmp_path, rows), '--dry-run', '--only', 'b')
    assert 'a/0: new\n' in output and 'fake_training.py' in output
    assert 'b/0: new\n    train with the checkpoint of ' in output
    assert 'c/0' not in output
    assert not (tmp_path / 'out').exists()


def test_failure_shows_in_the_exit_status(run, tmp_path):
    plan = write_plan(tmp_path, [dict(name='a', options=dict(fail_at=1))])
    assert 'ValueError: out of cloth' in run(plan, code=1)
    assert '0/1, failed' in (tmp_path / 'out/table.md').read_text()


def test_faults_are_one_line(run, tmp_path):
    plan = write_plan(tmp_path, [dict(name='a', nota='x')])
    run(plan, code="run 'a': key nota: unknown; did you mean 'note'?")


def test_table_of_what_is_there(run, tmp_path):
    plan = write_plan(tmp_path, [dict(name='a'), dict(name='b')])
    run(plan, '--only', 'a')
    for name in ('table.md', 'report.html'):
        (tmp_path / 'out' / name).unlink()
    assert 'written: ' in run(plan, '--table-only')
    table = (tmp_path / 'out/table.md').read_text()
    assert '0/1, new' in table and '0.400' in table
    assert not (tmp_path / 'out/b').exists()


def test_real_training_and_sweep(run, root, tmp_path):
    """The flags of the real tools fit: an epoch of four pictures, then a sweep."""
    from projects.fashion_attr.datasets.prepare import prepare
    from projects.fashion_attr.datasets.toy_wardrobe import write_wardrobe

    write_wardrobe(tmp_path / 'data', 8, seed=3)
    prepare(tmp_path / 'data', val=2, progress=False)
    options = {
        'data_root': str(tmp_path / 'data'),
        'train_cfg.max_epochs': 1,
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'val_dataloader.num_workers': 0,
        'val_dataloader.persistent_workers': False,
        'test_dataloader.num_workers': 0,
        'test_dataloader.persistent_workers': False,
        'model.test_cfg.rcnn.score_thr': 0.0,
        'model.test_cfg.rcnn.max_per_img': 5,
    }
    config = 'configs/toy/ablations/mask-rcnn_r18_attr_focal.py'
    rows = [
        dict(name='train', config=config, options=options),
        dict(name='sweep', kind='sweep', of='train', baseline='train'),
    ]
    output = run(write_plan(tmp_path, rows, command=[]))
    assert 'sweep/0: done' in output
    best = json.loads((tmp_path / 'out/sweep/0/sweep/sweep_bbox.json').read_text())
    assert len(best['settings']) == 200 and 'f1AP_constant' in best['settings'][0]
    table = (tmp_path / 'out/table.md').read_text()
    assert '7,578,456' in table
    assert 'sweep, seed 0: best segm f1AP at attribute threshold' in table
