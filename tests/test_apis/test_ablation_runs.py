"""Runs of a plan: order, resuming, failures, interruption; with a stand-in to train."""

import os
import time
from types import SimpleNamespace

import pytest
from ablation_plans import calls, write_plan

from projects.fashion_attr.apis.ablation import (
    Runs,
    collect,
    jobs_of,
    locked,
    read_plan,
    runs,
    slots_for,
)


@pytest.fixture(autouse=True)
def quick_poll(monkeypatch):
    monkeypatch.setattr(runs, '_POLL', 0.01)


@pytest.fixture
def ablate(tmp_path):
    """ablate(runs, ...) -> how each job ended; lines said go to ablate.lines."""

    def call(rows, slots=1, **plan):
        plan = read_plan(write_plan(tmp_path, rows, **plan))
        call.jobs = jobs_of(plan, tmp_path / 'out')
        call.plan, call.lines = plan, []
        with locked(tmp_path / 'out') as lock:
            one = Runs(call.jobs, slots_for([], slots), lock, call.lines.append)
            return {f'{name}/{seed}': end for (name, seed), end in one.run().items()}

    call.out = tmp_path / 'out'
    return call


def resumed(folder):
    return [resumed_from for resumed_from, _ in calls(folder)]


def test_runs_all_and_then_nothing(ablate):
    rows = [dict(name='a'), dict(name='b', weights_of='a')]
    done = {f'{name}/{seed}': 'done' for name in 'ab' for seed in (0, 1)}
    assert ablate(rows, seeds=[0, 1], slots=2) == done
    ((_, options),) = calls(ablate.out / 'b/1')
    assert options == {
        'randomness.seed': '1',
        'load_from': str(ablate.out / 'a/1/epoch_3.pth'),
    }
    assert ablate(rows, seeds=[0, 1]) == done
    assert ablate.lines[0] == 'a/0: done already'
    assert resumed(ablate.out / 'a/0') == [None]


def test_run_of_one_seed_serves_all(ablate):
    rows = [dict(name='a', seeds=[3]), dict(name='b', weights_of='a')]
    assert ablate(rows, seeds=[0, 1], slots=2) == dict.fromkeys(
        ['a/3', 'b/0', 'b/1'], 'done'
    )
    for seed in '01':
        ((_, options),) = calls(ablate.out / 'b' / seed)
        assert options['load_from'] == str(ablate.out / 'a/3/epoch_3.pth')


def test_no_more_at_once_than_slots(ablate):
    started = time.monotonic()
    ablate([dict(name=n, options=dict(seconds=0.1)) for n in 'ab'], slots=1)
    logs = [ablate.out / n / '0/epoch_1.pth' for n in 'ab']
    assert logs[1].stat().st_mtime > (ablate.out / 'a/0/epoch_3.pth').stat().st_mtime
    assert time.monotonic() - started > 0.6


def test_failed_run_is_told_and_costs_only_what_needs_it(ablate):
    rows = [
        dict(name='a', options=dict(fail_at=2)),
        dict(name='b', weights_of='a'),
        dict(name='c'),
    ]
    assert ablate(rows) == {'a/0': 'failed', 'b/0': 'not run', 'c/0': 'done'}
    told = '\n'.join(ablate.lines)
    assert 'a/0: FAILED, exit status 3' in told
    assert '    ValueError: out of cloth' in told
    # It is tried again, from where it stood, and so is what needs it.
    assert set(ablate(rows).values()) == {'done'}
    assert resumed(ablate.out / 'a/0') == [None, 'epoch_1.pth']


def test_killed_child_goes_on_with_the_next_call(ablate):
    rows = [dict(name='a', options=dict(die_at=3))]
    assert ablate(rows) == {'a/0': 'failed'}
    assert 'a/0: FAILED, killed by signal 9' in '\n'.join(ablate.lines)
    assert ablate(rows) == {'a/0': 'done'}
    assert resumed(ablate.out / 'a/0') == [None, 'epoch_2.pth']


def test_end_without_scores_is_a_failure(ablate):
    assert ablate([dict(name='a', options=dict(no_scores=1))]) == {'a/0': 'failed'}
    assert 'ended well, but left no' in ablate.lines[-1]


def test_other_options_start_anew_beside_the_old_results(ablate):
    ablate([dict(name='a'), dict(name='b', weights_of='a')])
    rows = [dict(name='a', options=dict(f1AP=0.3)), dict(name='b', weights_of='a')]
    assert ablate(rows) == {'a/0': 'done', 'b/0': 'done'}
    assert resumed(ablate.out / 'a/0') == [None]
    assert (ablate.out / 'a/0.old-1/scores_val.json').exists()
    # What started from it is of another run, too.
    assert (ablate.out / 'b/0.old-1').exists()


def test_results_of_other_options_are_not_in_the_table(ablate, tmp_path):
    ablate([dict(name='a')])
    plan = read_plan(write_plan(tmp_path, [dict(name='a', options=dict(f1AP=0.3))]))
    (result,) = collect(plan, jobs_of(plan, ablate.out))
    assert (result.seeds, result.states) == ((), {0: 'changed'})


def test_training_of_somebody_else_is_moved_away(ablate):
    folder = ablate.out / 'a/0'
    folder.mkdir(parents=True)
    (folder / 'epoch_3.pth').touch()
    (folder / 'last_checkpoint').write_text('epoch_3.pth')
    (folder / 'scores_val.json').write_text('{}')
    assert ablate([dict(name='a')]) == {'a/0': 'done'}
    assert resumed(folder) == [None]
    assert (ablate.out / 'a/0.old-1/epoch_3.pth').exists()


@pytest.mark.parametrize(
    'removed, resumed_from',
    [
        pytest.param([], [None], id='scores are there: done'),
        pytest.param(['scores_val.json'], [None, 'epoch_2.pth'], id='not validated'),
        pytest.param(
            ['scores_val.json', 'epoch_1.pth', 'epoch_2.pth'],
            [None, None],
            id='no other',
        ),
    ],
)
def test_last_epoch_without_validation_is_trained_again(ablate, removed, resumed_from):
    """As if the caller had been killed near the end, and its child had gone on."""
    ablate([dict(name='a')])
    folder = ablate.out / 'a/0'
    state = folder / 'ablate.json'
    state.write_text(state.read_text().replace('"done"', '"started"'))
    for name in removed:
        (folder / name).unlink()
    assert ablate([dict(name='a')]) == {'a/0': 'done'}
    assert resumed(folder) == resumed_from
    assert (folder / 'scores_val.json').exists()


def test_interruption_stops_every_child(ablate, tmp_path, monkeypatch):
    def interrupt(seconds):
        pids = [*ablate.out.glob('*/0/pid')]
        if len([p for p in pids if p.read_text()]) == 2:
            raise KeyboardInterrupt

    clock = SimpleNamespace(sleep=interrupt, monotonic=time.monotonic)
    monkeypatch.setattr(runs, 'time', clock)
    with pytest.raises(KeyboardInterrupt):
        ablate([dict(name=n, options=dict(seconds=60)) for n in 'ab'], slots=2)
    for name in 'ab':
        with pytest.raises(ProcessLookupError):
            os.kill(int((ablate.out / name / '0/pid').read_text()), 0)
    assert [job.folder.state() for job in ablate.jobs] == ['interrupted'] * 2


def test_one_caller_at_a_time(tmp_path):
    again = locked(tmp_path, patience=0)
    with locked(tmp_path), pytest.raises(BlockingIOError, match='is in use'):
        again.__enter__()
    with locked(tmp_path, patience=0):
        pass


@pytest.mark.parametrize(
    'gpus, jobs, expected',
    [
        (
            ['0', '3'],
            1,
            [dict(CUDA_VISIBLE_DEVICES='0'), dict(CUDA_VISIBLE_DEVICES='3')],
        ),
        ([], 2, [{}, {}]),
    ],
)
def test_slots(monkeypatch, gpus, jobs, expected):
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    assert slots_for(gpus, jobs) == expected
    monkeypatch.delenv('OMP_NUM_THREADS')
    monkeypatch.setattr(runs.os, 'cpu_count', lambda: 5)
    threads = dict(OMP_NUM_THREADS='2')
    assert slots_for(gpus, jobs) == [slot | threads for slot in expected]
