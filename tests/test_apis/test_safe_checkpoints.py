"""Checkpoints that would run a program, and those that mmengine writes."""

import os
import pickle
import re
from collections import OrderedDict

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import load_checkpoint

from projects.fashion_attr.apis.safe_checkpoints import (
    UnsafeCheckpoint,
    load_safely,
    read_checkpoint,
)
from projects.fashion_attr.apis.stored_config import code_in


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


class Reach:
    """Reaches from the one type that may be asked for to its module."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


def sound():
    """What mmengine saves: weights, an optimizer, losses, numpy's numbers."""
    losses = HistoryBuffer([3.0, 2.5], [1, 1])
    optimizer = torch.optim.SGD([torch.zeros(2, requires_grad=True)], lr=0.1)
    return dict(
        state_dict=OrderedDict(weight=torch.ones(2, 2), bias=torch.zeros(2)),
        optimizer=optimizer.state_dict(),
        message_hub=dict(
            log_scalars=OrderedDict({'train/loss': losses}),
            runtime_info=OrderedDict(best=np.float64(0.5), seen=np.arange(3)),
        ),
        meta=dict(epoch=1, seed=np.int64(7), cfg="a = dict(type='mmdet.MaskRCNN')\n"),
    )


@pytest.mark.parametrize('zipped', [True, False], ids=['zip', 'legacy'])
def test_what_mmengine_writes_is_read(tmp_path, zipped):
    path = tmp_path / 'own.pth'
    torch.save(sound(), path, _use_new_zipfile_serialization=zipped)
    found = read_checkpoint(path, mmap=True)
    assert found['message_hub']['log_scalars']['train/loss'].mean() == 2.75
    assert found['message_hub']['runtime_info']['seen'].tolist() == [0, 1, 2]
    assert found['meta']['seed'] == 7
    assert found['state_dict']['weight'].sum() == 4


def test_files_written_with_numpy_1_are_read(tmp_path):
    path = tmp_path / 'old.pth'
    torch.save(sound(), path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes().replace(b'numpy._core.', b'numpy.core.'))
    assert read_checkpoint(path)['meta']['seed'] == 7


@pytest.mark.parametrize('zipped', [True, False], ids=['zip', 'legacy'])
@pytest.mark.parametrize('reader', ['ours', 'mmengine', 'prefix'])
def test_a_program_is_refused_and_not_run(tmp_path, zipped, reader):
    path, trap = tmp_path / 'evil.pth', tmp_path / 'trap'
    torch.save(
        sound() | dict(extra=Bomb(trap)), path, _use_new_zipfile_serialization=zipped
    )
    load_safely()
    with pytest.raises(UnsafeCheckpoint, match=r'evil\.pth is refused: .* \w+\.mkdir'):
        if reader == 'ours':
            read_checkpoint(path)
        elif reader == 'mmengine':
            load_checkpoint(torch.nn.Linear(2, 2), str(path))
        else:
            from mmengine.runner.checkpoint import _load_checkpoint_with_prefix

            _load_checkpoint_with_prefix('backbone', str(path))
    assert not trap.exists()


def test_a_program_from_a_url_is_refused(tmp_path, monkeypatch):
    (tmp_path / 'evil.pth').write_bytes(b'')
    torch.save(Bomb(tmp_path / 'trap'), tmp_path / 'evil.pth')
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    url = (tmp_path / 'evil.pth').as_uri()
    monkeypatch.setattr(
        'mmengine.runner.checkpoint.load_url',
        lambda name, map_location, **_: torch.hub.load_state_dict_from_url(
            url, map_location=map_location
        ),
    )
    load_safely()
    for name in ('http://host/evil.pth', 'open-mmlab://resnet50_caffe'):
        with pytest.raises(UnsafeCheckpoint, match=f'{name} is refused'):
            load_checkpoint(torch.nn.Linear(2, 2), name)
    assert not (tmp_path / 'trap').exists()
    assert 'TORCH_FORCE_WEIGHTS_ONLY_LOAD' not in os.environ


def test_the_allowed_getattr_reaches_nothing_else(tmp_path):
    torch.save(dict(x=Reach()), tmp_path / 'reach.pth')
    with pytest.raises(UnsafeCheckpoint, match='reach.pth is refused: .*getattr'):
        read_checkpoint(tmp_path / 'reach.pth')


def test_mmengine_reads_ours(tmp_path):
    torch.save(sound(), tmp_path / 'own.pth')
    load_safely()
    load_safely()
    network = torch.nn.Linear(2, 2)
    load_checkpoint(network, str(tmp_path / 'own.pth'))
    assert network.weight.sum() == 4


@pytest.mark.parametrize(
    'data',
    [
        b'',
        b'junk\n',
        b'no checkpoint',
        b'PK\x03\x04',
        pickle.dumps([1], 2),
        b'\x80\x02.',
    ],
    ids=['empty', 'word', 'text', 'zip', 'pickle', 'stop'],
)
def test_what_is_no_checkpoint_is_named(tmp_path, data):
    (tmp_path / 'x.pth').write_bytes(data)
    with pytest.raises(
        ValueError, match=r'x\.pth is no checkpoint, or was cut off'
    ) as caught:
        read_checkpoint(tmp_path / 'x.pth')
    assert 'weights_only' not in str(caught.value)


@pytest.mark.parametrize('share', [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize('zipped', [True, False], ids=['zip', 'legacy'])
def test_cut_off_checkpoints_are_named(tmp_path, share, zipped):
    torch.save(sound(), tmp_path / 'x.pth', _use_new_zipfile_serialization=zipped)
    data = (tmp_path / 'x.pth').read_bytes()
    (tmp_path / 'x.pth').write_bytes(data[: int(share * len(data))])
    # A name that was cut in two is one that nobody knows.
    with pytest.raises(
        ValueError, match=r'x\.pth is (no checkpoint, or was cut|refused)'
    ):
        read_checkpoint(tmp_path / 'x.pth', mmap=True)


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no checkpoint .*gone\.pth'):
        read_checkpoint(tmp_path / 'gone.pth')


@pytest.mark.parametrize(
    'text, fault',
    [
        ("__import__('os').system('x')", 'code'),
        ('import os', 'Import'),
        ("a = open('x').read()", 'a call of'),
        ("a = eval('1')", 'a call of eval'),
        ("_base_ = './x.py'", 'a base'),
        ("a = '{{ fileDirname }}'", 'a variable'),
        ("a = dict(type='os.system', command='x')", "type 'os.system'"),
        ("a = {'type': 'mmengine.utils.path.os.system'}", 'type .*os.system'),
        ("a = dict(type='mmengine.rmtree', dir_path='x')", 'type .*rmtree'),
        ("a = dict([('type', 'os.system')])", 'a call of dict'),
        ("a = dict(**{'type': 'os.system'})", "type 'os.system'"),
        ("k = dict\na = k(type='x')", 'a call of k'),
        ('a = b', 'the variable b'),
        ("a = f'{1}'", 'JoinedStr'),
        ('a = (', 'no Python'),
    ],
)
def test_code_in_a_stored_config_is_found(text, fault):
    assert re.search(fault, code_in(text))


def test_a_stored_config_that_is_code_is_refused(tmp_path):
    for place in ('meta', 'hub'):
        saved, text = sound(), "import os\nos.mkdir('trap')\n"
        if place == 'meta':
            saved['meta']['cfg'] = text
        else:
            saved['message_hub']['runtime_info']['cfg'] = text
        torch.save(saved, tmp_path / 'x.pth')
        with pytest.raises(
            UnsafeCheckpoint, match='the config in it .* line 1 has Imp'
        ):
            read_checkpoint(tmp_path / 'x.pth')


def test_every_config_of_the_project_is_data_once_it_is_stored(root):
    from mmengine.config import Config

    for path in sorted((root / 'configs').glob('*.py')):
        assert code_in(Config.fromfile(path).pretty_text) is None, path
