"""Freed memory goes back to the system."""

import subprocess
import sys

import pytest

from projects.fashion_attr.evaluation.metrics import memory

# Blocks of 20 MB, each pinned in place by a small one that stays.
CODE = """
import runpy, sys
import numpy as np

return_free_memory = runpy.run_path(sys.argv[1])['return_free_memory']

def resident():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * 4096 / 2**20

kept = []
for n in range(20):
    mask = np.ones(20 << 20, np.uint8)
    kept.append(np.ones(100_000, np.uint8))
    del mask
    held = np.ones(1 << 18, np.uint8)
    del held
before = resident()
assert return_free_memory()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != 'linux', reason='only glibc pins freed blocks')
def test_what_is_freed_does_not_stay():
    done = subprocess.run(
        [sys.executable, '-c', CODE, memory.__file__], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 10  # MiB


def test_other_systems_are_left_alone(monkeypatch):
    monkeypatch.setattr(sys, 'platform', 'win32')
    assert memory.return_free_memory() is False


def test_a_c_library_without_it(monkeypatch):
    monkeypatch.setattr(memory.ctypes, 'CDLL', lambda name: object())
    assert memory.return_free_memory() is False
