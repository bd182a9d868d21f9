"""Upstream's requirements and the list of what it cannot do keep to the project."""

import mmcv
import mmdet
import mmengine
import pytest
import upstream

OWN = {'mmengine==0.10.7', 'mmcv-lite==2.1.0', 'mmdet==3.3.0', 'setuptools<81'}


def requirements(root, name):
    lines = (root / 'requirements' / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith('#')}


def test_only_openmmlab_differs(root):
    ours, theirs = (requirements(root, n) for n in ('runtime.txt', 'upstream.txt'))
    assert theirs - ours == OWN
    assert {line.split('-')[0] for line in ours - theirs} == {'onedl'}


@pytest.mark.parametrize('name', upstream.CANNOT)
def test_what_upstream_cannot_do_is_a_test(root, name):
    file, function = name.split('::')
    assert f'\ndef {function}(' in (root / file).read_text()


@pytest.mark.skipif(not upstream.is_installed(), reason="upstream's are not installed")
def test_versions_are_those_of_the_requirements():
    found = dict(mmengine=mmengine, mmcv=mmcv, mmdet=mmdet)
    found = {name: module.__version__ for name, module in found.items()}
    assert found == dict(mmengine='0.10.7', mmcv='2.1.0', mmdet='3.3.0')
