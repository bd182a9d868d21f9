"""The stand-in for mmcv._ext as Python and mmcv look at it."""

import importlib.util
import inspect
import sys

import pytest

from projects.fashion_attr.ops import extension as extension_module
from projects.fashion_attr.ops.extension import (
    EXTENSION,
    StandInExtension,
    how_to_compile,
)


@pytest.fixture
def extension():
    return StandInExtension('torch', {'nms': lambda: 'suppressed'})


def test_given_operators_are_there(extension):
    assert extension.nms() == 'suppressed'


def test_others_exist_but_say_how_to_get_them(extension):
    assert hasattr(extension, 'deform_conv_forward')
    with pytest.raises(
        NotImplementedError, match=r"'deform_conv_forward' needs compiled.*pip install"
    ):
        extension.deform_conv_forward(1, key=2)


def test_upstream_has_to_go_before_mmcv_is_compiled(monkeypatch):
    ours = how_to_compile().split(' && ')[-1]
    monkeypatch.setattr(extension_module, 'version', {'mmcv-lite': '2.1.0'}.get)
    first, second, last = how_to_compile().split(' && ')
    assert first == 'pip uninstall -y mmcv-lite mmdet mmengine'
    assert second == 'pip install -r requirements/runtime.txt'
    assert last == ours
    assert 'onedl-mmcv==' in ours


@pytest.mark.parametrize('name', ['__path__', '__file__', '__wrapped__', '_private'])
def test_python_finds_no_more_than_there_is(extension, name):
    assert not hasattr(extension, name)
    with pytest.raises(
        AttributeError, match=f"'{EXTENSION}' has no attribute '{name}'"
    ):
        getattr(extension, name)


def test_it_passes_for_a_module(extension, monkeypatch):
    monkeypatch.setitem(sys.modules, EXTENSION, extension)
    assert importlib.util.find_spec(EXTENSION) is extension.__spec__
    assert inspect.getdoc(extension) == 'mmcv operators by torch, not compiled.'
    assert extension.get_compiler_version() == 'none (torch ops)'
    assert extension.get_compiling_cuda_version() == 'none (torch ops)'
