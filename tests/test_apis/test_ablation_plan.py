"""Plans: what is read, and what is refused with plan, run and key."""

import pytest
from ablation_plans import write_plan

from projects.fashion_attr.apis.ablation import read_plan
from projects.fashion_attr.apis.ablation.options import as_arguments, read_options


def test_what_is_said_of_all_runs_reaches_each(tmp_path):
    path = write_plan(
        tmp_path,
        [
            dict(name='a', group='Fig. 5', options=dict(lr=0.5)),
            dict(name='b', weights_of='a', baseline='a', seeds=[1]),
            dict(name='c', kind='sweep', of='a', options=dict(thr=0.1)),
        ],
        seeds=[0, 1],
        options=dict(lr=0.1, root='x/'),
        title='T',
    )
    plan = read_plan(path)
    a, b, c = plan.runs
    assert plan.title == 'T'
    assert (a.group, a.options, a.seeds) == ('Fig. 5', dict(lr=0.5, root='x/'), (0, 1))
    assert (b.options['lr'], b.needs, b.baseline, b.seeds) == (0.1, 'a', 'a', (1,))
    # A sweep is of that run, with its config and options.
    assert (c.config, c.needs, c.seeds) == (a.config, 'a', (0, 1))
    assert c.options == dict(lr=0.5, root='x/', thr=0.1)


def test_python_plan(tmp_path):
    write_plan(tmp_path, [dict(name='x')])
    path = tmp_path / 'plan.py'
    path.write_text(
        f'runs = [dict(name=f"r{{k}}", config={str(tmp_path / "small.py")!r})'
        ' for k in range(3)]\nplan = dict(runs=runs)\n'
    )
    assert [run.name for run in read_plan(path).runs] == ['r0', 'r1', 'r2']


A = dict(name='a')


@pytest.mark.parametrize(
    'runs, plan, message',
    [
        ([A], dict(seed=[1]), r"plan.yaml: key seed: unknown; did you mean 'seeds'\?"),
        ([], {}, 'plan.yaml: key runs: should be a list of runs'),
        ([dict(name='a/b')], {}, 'run 1: key name: should be letters.*got .a/b'),
        ([dict(config='x.py')], {}, 'run 1: key name: should be letters'),
        ([A, A], {}, "run 'a': key name: there are two"),
        (
            [dict(A, basline='b')],
            {},
            r"run 'a': key basline: unknown; did you mean 'baseline'\?",
        ),
        ([dict(A, kind='test')], {}, r"run 'a': key kind: .*\('train', 'sweep'\)"),
        ([dict(A, baseline='b')], {}, "run 'a': key baseline: no run 'b'; there is"),
        (
            [dict(A, weights_of='b'), dict(name='b')],
            {},
            'key weights_of: no trained run',
        ),
        ([dict(A, kind='sweep')], {}, "run 'a': key of: a sweep says of which run"),
        ([dict(A, seeds=[])], {}, "run 'a': key seeds: .* got \\[\\]"),
        ([dict(A, seeds=[1, 1])], {}, "run 'a': key seeds: .*different"),
        ([dict(A, seeds=[True])], {}, "run 'a': key seeds: .*whole numbers"),
        (
            [dict(A, seeds=[0, 2]), dict(name='b', weights_of='a', seeds=[0, 1])],
            {},
            r"run 'b': key seeds: 'a' has \[0, 2\] alone",
        ),
        (
            [dict(A, options=dict(model=dict(depth=18)))],
            {},
            "run 'a': key options: model=.* cannot be said on a command line",
        ),
        ([dict(A, options=[1])], {}, "run 'a': key options: should be a mapping"),
        ([dict(A, config=3)], {}, "run 'a': key config: should be a path, got 3"),
        ([A], dict(command='python x.py'), 'key command: should be a list of words'),
    ],
)
def test_faults_are_named(tmp_path, runs, plan, message):
    path = write_plan(tmp_path, runs, **plan)
    with pytest.raises(ValueError, match=message):
        read_plan(path)


@pytest.mark.parametrize(
    'name, text, message',
    [
        ('nowhere.yaml', None, 'there is no plan'),
        ('a.yaml', 'runs: [', 'a.yaml is no YAML'),
        ('a.yaml', '- x', 'a.yaml should be a mapping, got list'),
        ('a.py', 'x = 1', "a.py should set 'plan' to a dict, got NoneType"),
        ('a.json', '{}', 'should end in .yaml or .py'),
        (
            'a.yaml',
            'runs: [{name: a, config: x.py}]',
            "'a': key config: there is no x.py",
        ),
    ],
)
def test_faults_of_files_are_named(tmp_path, name, text, message):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        read_plan(path)


def test_some_runs_come_with_what_they_need(tmp_path):
    runs = [
        dict(name='a'),
        dict(name='b', weights_of='a', group='G'),
        dict(name='c', group='G'),
        dict(name='d', kind='sweep', of='b'),
    ]
    plan = read_plan(write_plan(tmp_path, runs))
    names = lambda wanted: [run.name for run in plan.only(wanted).runs]  # noqa: E731
    assert names([]) == ['a', 'b', 'c', 'd']
    assert names(['c']) == ['c']
    assert names(['d']) == ['a', 'b', 'd']
    assert names(['G']) == ['a', 'b', 'c']
    with pytest.raises(ValueError, match="no run or group 'g'"):
        plan.only(['g'])


@pytest.mark.parametrize(
    'value, text, read',
    [
        (3, '3', 3),
        (-50, '-50', -50),
        (1e-05, '1e-05', 1e-05),
        (True, 'True', True),
        (None, 'None', None),
        ('None', 'None', None),
        ('1e-4', '1e-4', 1e-4),
        ('a/b.py', 'a/b.py', 'a/b.py'),
        ([1, 2], '[1,2]', [1, 2]),
        ((1333, 800), '(1333,800)', (1333, 800)),
        ([[1, 2], ['a', None]], '[[1,2],[a,None]]', [[1, 2], ['a', None]]),
    ],
)
def test_options_on_a_command_line(value, text, read):
    assert as_arguments({'x.y': value}) == [f'x.y={text}']
    assert read_options({'x.y': value}, 'here') == {'x.y': read}


@pytest.mark.parametrize('value', ['a,b', dict(a=1), object()])
def test_options_that_no_command_line_takes(value):
    with pytest.raises(ValueError, match='here: key options: x=.* cannot be said'):
        read_options({'x': value}, 'here')
