"""The stand-in for mmcv._ext as Python and mmcv look at it."""

import importlib.util
import inspect
import sys

import pytest

from projects.fashion_attr.ops.extension import EXTENSION, StandInExtension


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
