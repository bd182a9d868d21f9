"""Seeds by place, the order of an interrupted epoch, and losses that are not finite."""

import argparse
import errno
import re
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from mmengine.config import Config
from mmengine.runner import Runner
from tiny_training import write_tiny_training
from torch.utils.data import DataLoader, Dataset, RandomSampler, SequentialSampler

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.replaying import replay, replayed_config
from projects.fashion_attr.datasets.samplers import SeededBatchSampler
from projects.fashion_attr.datasets.seeded_dataset import SeededDataset, derived_seed
from projects.fashion_attr.engine.loops import SeededTrainLoop, bad_batch
from projects.fashion_attr.engine.loops.finite_loss import NonFiniteLoss
from projects.fashion_attr.engine.loops.seeded_train_loop import seeded_dataloader


class Noise(Dataset):
    """Each picture is a random number of NumPy's and one of PyTorch's."""

    metainfo = dict(classes=('shoe',))
    pipeline = 'first'

    def __len__(self):
        return 7

    def __getitem__(self, index):
        return index, np.random.rand(), torch.rand(()).item()


def drawn(workers=0, epoch=2, start=0, seed=5):
    """Batches of an epoch over ``Noise``."""
    dataset = SeededDataset(Noise())
    batches = SeededBatchSampler(SequentialSampler(dataset), batch_size=2)
    batches.seed, batches.epoch, batches.start = seed, epoch, start
    loader = DataLoader(
        dataset, batch_sampler=batches, num_workers=workers, collate_fn=list
    )
    assert len(loader) == 4
    return list(loader)


def test_pictures_are_the_same_however_many_processes_load_them():
    assert drawn(workers=2) == drawn()


@given(st.integers(0, 4))
def test_an_epoch_goes_on_with_the_batch_that_was_next(start):
    assert drawn(start=start) == drawn()[start:]


def test_every_picture_epoch_and_run_has_random_numbers_of_its_own():
    numbers = [
        x
        for epoch, seed in [(2, 5), (3, 5), (2, 6)]
        for batch in drawn(epoch=epoch, seed=seed)
        for _, *x in batch
    ]
    assert len(np.unique(numbers)) == 3 * 7 * 2


def test_a_batch_that_was_handed_out_is_known():
    batches = SeededBatchSampler(SequentialSampler(range(7)), batch_size=2)
    first = list(batches)
    batches.epoch = 1
    ahead = [batch for batch, _ in zip(batches, range(3), strict=False)]
    assert batches.handed(1) == ahead[1] != first[1]


def test_the_batch_sampler_of_a_config_is_kept():
    sampler = RandomSampler(range(7))
    inner = dict(type='AspectRatioBatchSampler', drop_last=True)
    with pytest.raises(AttributeError, match='dataset'):
        # It asks the sampler's dataset for widths and heights.
        list(SeededBatchSampler(sampler, 2, batch_sampler=inner))
    assert len(SeededBatchSampler(sampler, 2, drop_last=True)) == 3


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=4))
def test_seeds_fit_numpy_and_differ_by_order(numbers):
    seed = derived_seed(*numbers)
    np.random.seed(seed)
    assert seed == derived_seed(*numbers)
    assert seed != derived_seed(*numbers, 1)


def test_a_seeded_dataset_is_the_dataset_inside():
    dataset = SeededDataset(Noise())
    dataset.pipeline = 'second'
    assert dataset.dataset.pipeline == 'second'
    assert dataset.metainfo == dict(classes=('shoe',))
    assert dataset[3][0] == 3
    assert not hasattr(dataset, 'full_init')


def test_the_config_of_a_loader_keeps_what_else_it_says():
    cfg = dict(dataset=dict(type='D'), batch_size=4, drop_last=True, num_workers=2)
    assert seeded_dataloader(cfg) == dict(
        dataset=dict(type='SeededDataset', dataset=dict(type='D')),
        batch_sampler=dict(
            type='SeededBatchSampler', batch_sampler=None, drop_last=True
        ),
        batch_size=4,
        num_workers=2,
    )


def test_a_loader_that_is_built_is_refused():
    with pytest.raises(TypeError, match='use EpochBasedTrainLoop'):
        SeededTrainLoop(None, DataLoader(Noise()), max_epochs=1)


@pytest.fixture(scope='module')
def diverged(tmp_path_factory):
    """Work dir and message of a run whose second step has no finite loss."""
    folder = tmp_path_factory.mktemp('diverged')
    options = {'param_scheduler': None, 'optim_wrapper.optimizer.lr': 1e30}
    options['optim_wrapper.clip_grad'] = None
    cfg = Config.fromfile(write_tiny_training(folder, **options))
    cfg.work_dir = str(folder / 'run')
    with pytest.raises(FloatingPointError) as caught:
        Runner.from_cfg(cfg).train()
    return folder / 'run', str(caught.value)


def test_a_loss_that_is_not_finite_names_place_pictures_and_file(diverged):
    work_dir, message = diverged
    assert re.search(r'the loss is (nan|-?inf) in epoch 1, iteration 2, with', message)
    assert len(re.findall(r'\w+\.jpg', message)) == 2
    assert f'--replay {work_dir}/bad_batch_2.pth' in message
    assert not (work_dir / 'iter_2.pth').exists()


def test_pictures_are_named_where_there_is_no_room_for_the_file(monkeypatch, tmp_path):
    @contextmanager
    def full(path):
        raise OSError(errno.ENOSPC, 'No space left on device')
        yield

    monkeypatch.setattr(bad_batch, 'whole_file', full)
    runner = SimpleNamespace(
        work_dir=tmp_path, iter=4, epoch=1, cfg=Config(), model=torch.nn.Linear(1, 1)
    )
    batch = dict(data_samples=[dict(img_path='a.jpg'), dict(img_path='b.jpg')])
    error = NonFiniteLoss('the loss is nan')
    message = str(bad_batch.save_bad_batch(runner, error, batch, [(0, 1)], 2))
    assert 'the loss is nan in epoch 2, iteration 5, with a.jpg, b.jpg; see' in message
    assert f'room for {tmp_path}/bad_batch_5.pth ([Errno 28] No space' in message


def flags(file, **options):
    """What tools/train.py --replay FILE parses."""
    return argparse.Namespace(
        config=None, replay=str(file), launcher='none', local_rank=0,
        cfg_options=options or None, work_dir=None,
    )  # fmt: skip


def test_the_replay_sees_the_same_pictures_and_the_same_bad_loss(diverged):
    work_dir, message = diverged
    file = work_dir / 'bad_batch_2.pth'
    report = replay(str(file), replayed_config(flags(file)))
    assert report.startswith('epoch 1, iteration 2\npicture: ')
    assert all(name in report for name in re.findall(r'\w+\.jpg', message))
    assert re.search(r'loss_\w+: (nan|-?inf)  <-- not finite', report)
    assert 'all losses are finite' not in report


def test_a_replay_with_sound_weights_says_that_it_does_not_see_it(diverged, tmp_path):
    work_dir, _ = diverged
    content = torch.load(work_dir / 'bad_batch_2.pth', weights_only=True)
    before = torch.load(work_dir / 'iter_1.pth', weights_only=False)
    for name, weight in content['state_dict'].items():
        weight.fill_(0.01) if weight.is_floating_point() else None
        assert weight.shape == before['state_dict'][name].shape
    file = tmp_path / 'bad_batch_2.pth'
    torch.save(content, file)
    assert 'all losses are finite' in replay(str(file), replayed_config(flags(file)))


@pytest.mark.parametrize(
    'move, match', [(lambda i: i ^ 1, r'have \S+\.jpg, '), (lambda i: 99, 'have fewer')]
)
def test_a_replay_on_other_data_is_refused(diverged, tmp_path, move, match):
    work_dir, _ = diverged
    content = torch.load(work_dir / 'bad_batch_2.pth', weights_only=True)
    content['draws'] = [(move(index), seed) for index, seed in content['draws']]
    file = tmp_path / 'bad_batch_2.pth'
    torch.save(content, file)
    with pytest.raises(ValueError, match=match):
        replay(str(file), replayed_config(flags(file)))


@pytest.mark.parametrize(
    'write, error, match',
    [
        (lambda path: None, FileNotFoundError, 'there is no .*x.pth'),
        (lambda path: path.write_bytes(b'no'), ValueError, 'is no checkpoint'),
        (lambda path: torch.save({}, path), ValueError, 'is not what a loss'),
    ],
)
def test_what_cannot_be_replayed(tmp_path, write, error, match):
    file = Path(tmp_path, 'x.pth')
    write(file)
    with pytest.raises(error, match=match):
        replayed_config(flags(file))
