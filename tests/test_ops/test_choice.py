"""Which ops are chosen: each case in a process of its own, since they stay."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

TORCHVISION = """
import torch, torch.library
library = torch.library.Library('torchvision', 'DEF')
def define(schema, function):
    library.define(schema)
    library.impl(schema.split('(')[0], function, 'CompositeExplicitAutograd')
define('nms(Tensor a, Tensor b, float c) -> Tensor',
       lambda a, b, c: torch.zeros(1, dtype=torch.long))
define('roi_align(Tensor a, Tensor b, float c, int d, int e, int f, bool g) -> Tensor',
       lambda a, b, c, d, e, f, g: a.new_full((len(b), a.shape[1], d, e), 7))
define('_roi_align_backward(Tensor a, Tensor b, float c, int d, int e, int f, int g,'
       ' int h, int i, int j, bool k) -> Tensor',
       lambda a, b, c, d, e, f, g, h, i, j, k: a.new_zeros(f, g, h, i))
"""
# Files put before the installed packages, by what they stand for.
FAKES = {
    'nothing': {'torchvision.py': 'raise ModuleNotFoundError(name="torchvision")'},
    'torchvision': {'torchvision.py': TORCHVISION},
    'torchvision without kernels': {'torchvision.py': ''},
    'torchvision for another torch': {
        'torchvision.py': 'raise RuntimeError("operator torchvision::nms does not '
        'exist\\nmore")'
    },
    'torchvision that lacks a library': {
        'torchvision.py': 'raise ImportError("libcudart.so.13: no such file")'
    },
}
# Each fake of the compiled extension is found as a module of the real mmcv package.
EXTENSIONS = {
    'compiled': 'nms = roi_align_forward = roi_align_backward = print',
    'all': 'def __getattr__(name):\n    return print',
    'compiled for another torch': 'raise ImportError("undefined symbol: _ZN2at")',
    'compiled without RoIAlign': 'nms = print',
    'compiled that lacks a module': 'import no_such_module',
    'no extension': None,
}


# Importing torch and mmcv takes longer than a case: one process does that once and
# forks for each. Reads a case per line, answers with the child's exit status.
SERVER = """
import json, os, sys, traceback
import mmcv, torch
for line in sys.stdin:
    case = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, name in (1, 'stdout'), (2, 'stderr'):
            os.dup2(os.open(case[name], os.O_WRONLY | os.O_CREAT), number)
        os.environ.pop('FASHION_ATTR_OPS', None)
        os.environ.update(case['environment'])
        sys.path.insert(0, case['folder'])
        status = 0
        try:
            exec(case['lines'], {'__name__': '__main__'})
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope='module')
def server():
    """A process that runs cases in its children."""
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with subprocess.Popen([sys.executable, '-c', SERVER], **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def run(server, tmp_path):
    """Run Python lines beside fakes of compiled mmcv and torchvision."""

    def run(lines, forced=None, extension='no extension', others='nothing', first=''):
        for name, text in FAKES[others].items():
            (tmp_path / name).write_text(text)
        before = hide_or_fake_extension(tmp_path, EXTENSIONS[extension])
        before += first + 'from projects.fashion_attr import ops\n'
        files = {name: str(tmp_path / name) for name in ('stdout', 'stderr')}
        environment = {} if forced is None else {'FASHION_ATTR_OPS': forced}
        case = dict(lines=before + lines, folder=str(tmp_path), environment=environment)
        print(json.dumps({**case, **files}), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        texts = {name: Path(path).read_text() for name, path in files.items()}
        return SimpleNamespace(returncode=status, **texts)

    return run


def hide_or_fake_extension(folder, text):
    """Lines that make mmcv._ext a given file, or not there at all."""
    if text is None:
        finder = "raise ModuleNotFoundError('hidden', name=name)"
    else:
        (folder / 'fake_extension.py').write_text(text)
        finder = (
            'return importlib.util.spec_from_file_location('
            f'name, {str(folder / "fake_extension.py")!r})'
        )
    return (
        'import importlib.util, sys\n'
        'class Finder:\n'
        '    def find_spec(name, path=None, target=None):\n'
        "        if name == 'mmcv._ext':\n"
        f'            {finder}\n'
        'sys.meta_path.insert(0, Finder)\n'
    )


NO_COMPILED = 'no compiled mmcv'
CHOICES = {
    'compiled first': ('compiled', 'torchvision', 'RoIAlign and NMS: compiled'),
    'then torchvision': (
        'no extension',
        'torchvision',
        f'RoIAlign and NMS: torchvision ({NO_COMPILED})',
    ),
    'then ours': (
        'no extension',
        'nothing',
        f'RoIAlign and NMS: torch ({NO_COMPILED}; torchvision is not installed)',
    ),
    'compiled for another torch': (
        'compiled for another torch',
        'nothing',
        'RoIAlign and NMS: torch (compiled mmcv does not load: undefined symbol: '
        '_ZN2at; torchvision is not installed)',
    ),
    'compiled that lacks a module': (
        'compiled that lacks a module',
        'torchvision',
        'RoIAlign and NMS: torchvision (compiled mmcv does not load: No module named '
        "'no_such_module')",
    ),
    'compiled in part': (
        'compiled without RoIAlign',
        'torchvision',
        'RoIAlign and NMS: torchvision (compiled mmcv lacks roi_align_forward, '
        'roi_align_backward)',
    ),
    'torchvision for another torch': (
        'no extension',
        'torchvision for another torch',
        f'RoIAlign and NMS: torch ({NO_COMPILED}; torchvision does not load: '
        'operator torchvision::nms does not exist)',
    ),
    'torchvision that lacks a library': (
        'no extension',
        'torchvision that lacks a library',
        f'RoIAlign and NMS: torch ({NO_COMPILED}; torchvision does not load: '
        'libcudart.so.13: no such file)',
    ),
}


@pytest.mark.parametrize('case', CHOICES.values(), ids=CHOICES)
def test_first_to_be_had_is_taken(run, case):
    extension, others, expected = case
    done = run('print(ops.describe())', extension=extension, others=others)
    assert done.stdout.splitlines() == [expected], done.stderr


def test_torchvision_without_kernels_is_not_taken(run):
    done = run('print(ops.describe())', others='torchvision without kernels')
    assert 'RoIAlign and NMS: torch (no compiled mmcv; torchvision does' in done.stdout


@pytest.mark.parametrize('forced', ['compiled', 'torchvision', 'torch'])
def test_variable_chooses(run, forced):
    lines = 'print(ops.install(), ops.install(), ops.ops_in_use(), ops.describe())'
    done = run(lines, forced, extension='compiled', others='torchvision')
    described = f'RoIAlign and NMS: {forced} (FASHION_ATTR_OPS says so)'
    assert done.stdout.strip() == f'{forced} {forced} {forced} {described}', done.stderr


FAILURES = {
    'misspelt': ('Torch', "ValueError: .* compiled, torchvision, torch.*got 'Torch'"),
    'no compiled': (
        'compiled',
        'ImportError: .*no compiled mmcv. Build it with: .*pip',
    ),
    'no torchvision': ('torchvision', 'ImportError: .*torchvision is not installed.*'),
}


@pytest.mark.parametrize('case', FAILURES.values(), ids=FAILURES)
def test_variable_that_cannot_be_obeyed(run, case):
    forced, message = case
    done = run('ops.install()', forced)
    assert done.returncode != 0
    with pytest.raises(RuntimeError, match=message):
        raise RuntimeError(done.stderr)


def test_ops_imported_before_are_named(run):
    lines = (
        'ops.install(); import mmcv.ops, os\n'
        'from projects.fashion_attr.ops import choice\n'
        'choice._choice = None\n'
        'print(ops.describe())\n'
        "os.environ['FASHION_ATTR_OPS'] = 'compiled'\n"
        'choice._choice = None\n'
        'ops.install()\n'
    )
    done = run(lines)
    assert 'torch (mmcv.ops was imported before)' in done.stdout
    assert 'ImportError: FASHION_ATTR_OPS=compiled, but mmcv.ops was' in done.stderr


def test_variable_changed_after_installing(run):
    lines = (
        "ops.install(); import os; os.environ['FASHION_ATTR_OPS'] = 'compiled'\n"
        'ops.install()\n'
    )
    assert 'but the torch ops are installed already' in run(lines).stderr


def test_whole_of_mmcv_and_mmdet_imports(run):
    lines = (
        'print(ops.install())\n'
        'import mmcv.ops, mmdet.models, torch\n'
        'from mmcv import _ext\n'
        'from mmcv.utils.env import collect_env\n'
        "print(collect_env()['MMCV Compiler'])\n"
        'boxes = torch.tensor([[0., 0, 4, 4], [0, 0, 4, 4]])\n'
        'print(mmcv.ops.nms(boxes, torch.tensor([.1, .2]), .5)[1].tolist())\n'
        'mmcv.ops.sigmoid_focal_loss(torch.ones(2, 3), torch.zeros(2).long())\n'
    )
    done = run(lines)
    assert done.stdout.splitlines() == ['torch', 'none (torch ops)', '[1]']
    assert "NotImplementedError: mmcv operator 'sigmoid_focal_loss_" in done.stderr


@pytest.mark.parametrize('name', ['mmcv.ops', 'mmdet.structures'])
@pytest.mark.parametrize('forced', ['compiled', 'torch'])
def test_any_part_of_the_project_is_early_enough(run, name, forced):
    """The first import of mmcv.ops chooses, and respects the variable."""
    first = (
        'import projects.fashion_attr\n'
        "print('projects.fashion_attr.ops' in sys.modules)\n"
        f'import {name}, mmcv.ops\n'
    )
    lines = (
        "print(ops.describe(), sys.modules['mmcv.ops.nms'].ext_module.__name__)\n"
        'print(type(mmcv._ext.__spec__.loader).__name__)\n'
    )
    done = run(lines, forced, extension='all', first=first)
    described = f'RoIAlign and NMS: {forced} (FASHION_ATTR_OPS says so) mmcv._ext'
    loader = {'compiled': 'SourceFileLoader', 'torch': 'NoneType'}[forced]
    assert done.stdout.splitlines() == ['False', described, loader], done.stderr


def test_first_import_says_that_the_variable_cannot_be_obeyed(run):
    done = run('', 'Torch', first='import projects.fashion_attr, mmcv.ops\n')
    assert 'ValueError: FASHION_ATTR_OPS should be one of' in done.stderr


def test_parts_of_mmdet_imported_before_get_the_ops(run):
    """Such as by a module that imports mmdet.structures before this project."""
    first = (
        'import mmdet.structures.mask.structures as structures\n'
        'print(structures.roi_align.__module__)\n'
    )
    lines = (
        'ops.install()\n'
        'from mmcv.ops import roi_align\n'
        'print(structures.roi_align == roi_align)\n'
    )
    printed = run(lines, first=first).stdout.splitlines()
    assert printed == ['mmdet.structures.mask.structures', 'True']
