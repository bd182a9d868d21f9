"""Our ops equal compiled mmcv's, on every case of compiled_driver.py.

Compiled mmcv is unpacked from a wheel beside the checkout into build/, where a
process of its own finds it before the installed mmcv. Its extension fits one Python
and one torch, so the tests are skipped with any other.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name('compiled_driver.py')
PYTHON_TAG = f'cp{sys.version_info.major}{sys.version_info.minor}'


def unpack(wheel: Path, target: Path) -> None:
    """Install a wheel into a folder, which then appears as a whole or not at all."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps']
        command += ['--no-index', '--target', f'{folder}/unpacked', str(wheel)]
        subprocess.run(command, check=True)
        try:
            os.replace(f'{folder}/unpacked', target)
        except OSError:
            # Another worker of the same test run was first.
            if not target.is_dir():
                raise


@pytest.fixture(scope='module')
def compiled(root: Path) -> Path:
    """A folder to put on the path; skips where no wheel fits."""
    wheels = root.parent / 'shared' / 'wheels'
    fitting = sorted(wheels.glob(f'*mmcv-*-{PYTHON_TAG}-*.whl'))
    if not fitting:
        pytest.skip(f'no compiled mmcv for {PYTHON_TAG} in {wheels}')
    wheel = fitting[-1]
    target = root / 'build' / f'compiled-mmcv-{wheel.name.split("-")[1]}'
    if not target.is_dir():
        unpack(wheel, target)
    return target


@pytest.fixture(scope='module')
def report(root: Path, compiled: Path) -> dict:
    """What the driver found."""
    path = os.pathsep.join([str(compiled), str(root)])
    done = subprocess.run(
        [sys.executable, str(DRIVER)],
        env={**os.environ, 'PYTHONPATH': path},
        capture_output=True,
        text=True,
    )
    if 'undefined symbol' in done.stderr:
        pytest.skip(f'compiled for another torch: {done.stderr.splitlines()[-1]}')
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found['extension'].startswith(str(compiled))
    return found


def test_roi_align_equals_compiled(report):
    differences = report['roi_align']
    assert len(differences) == 144
    # "not <=" rather than ">": a difference that is not a number counts as one.
    assert not {k: v for k, v in differences.items() if not v <= 1e-4}


def test_nms_equals_compiled(report):
    equalities = report['nms']
    assert len(equalities) == 336
    assert not [case for case, equal in equalities.items() if not equal]


def test_compiled_is_chosen_where_it_is_installed(root, compiled):
    lines = 'from projects.fashion_attr import ops; print(ops.describe())'
    environment = {k: v for k, v in os.environ.items() if k != 'FASHION_ATTR_OPS'}
    environment['PYTHONPATH'] = os.pathsep.join([str(compiled), str(root)])
    done = subprocess.run(
        [sys.executable, '-c', lines], env=environment, capture_output=True, text=True
    )
    assert done.stdout == 'RoIAlign and NMS: compiled\n', done.stderr
