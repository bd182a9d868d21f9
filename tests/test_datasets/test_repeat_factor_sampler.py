"""What an epoch shows: how often, in how many processes, in which batches."""

from collections import Counter

import numpy as np
import pytest
from mmdet.datasets.samplers import AspectRatioBatchSampler
from mmdet.registry import DATA_SAMPLERS
from torch.utils.data import DataLoader

from projects.fashion_attr.datasets.samplers import (
    RepeatFactorSampler,
    repeat_factor_sampler,
)


class Pictures:
    """16 pictures: category 1 in four of them, attribute 2 in one, the last."""

    metainfo = dict(classes=('a', 'b'), attributes=('x', 'y', 'z'))

    def __len__(self):
        return 16

    def get_data_info(self, i):
        labels = [0, 1] if i < 4 else [0]
        attrs = [0, 2] if i == 15 else [0]
        instances = [
            dict(bbox_label=c, attr_labels=attrs, ignore_flag=0) for c in labels
        ]
        return dict(instances=instances, width=1 + i % 2, height=2)

    def __getitem__(self, i):
        return i


@pytest.fixture
def in_processes(monkeypatch):
    """in_processes(n, **settings) -> one sampler for each of n processes."""

    def build(n, **settings):
        samplers = []
        for rank in range(n):
            monkeypatch.setattr(
                repeat_factor_sampler, 'get_dist_info', lambda rank=rank: (rank, n)
            )
            samplers.append(RepeatFactorSampler(Pictures(), **settings))
        return samplers

    return build


@pytest.mark.parametrize(
    'settings, expected',
    [
        (dict(category_thr=1), [2] * 4 + [1] * 12),
        (dict(attr_thr=1), [1] * 15 + [4]),
        (dict(category_thr=1, attr_thr=1), [2] * 4 + [1] * 11 + [4]),
        (dict(category_thr=0.25, attr_thr=0.0625), [1] * 16),
    ],
    ids=['categories', 'attributes', 'both', 'nothing-rare'],
)
def test_how_often_each_picture_is_shown(settings, expected):
    sampler = RepeatFactorSampler(Pictures(), seed=0, **settings)
    shown = Counter(sampler)
    assert [shown[i] for i in range(16)] == expected
    assert len(sampler) == sum(expected)


def test_fractions_are_right_on_average_and_the_length_stays():
    # r = sqrt(.5 / .25) and sqrt(.5 * 16): the epoch is 4 r + 11 + r' long.
    sampler = RepeatFactorSampler(Pictures(), category_thr=0.5, attr_thr=0.5, seed=1)
    total = 4 * 2**0.5 + 11 + 8**0.5
    assert len(sampler) == np.ceil(total)
    shown = np.zeros(16)
    for epoch in range(300):
        sampler.set_epoch(epoch)
        epoch_shows = list(sampler)
        assert len(epoch_shows) == len(sampler)
        shown += np.bincount(epoch_shows, minlength=16)
    expected = np.array([2**0.5] * 4 + [1] * 11 + [8**0.5])
    # The epoch is filled up by half a picture on average.
    assert shown / 300 == pytest.approx(expected, abs=0.15)


def test_epochs_differ_and_can_be_repeated():
    first, again = (
        RepeatFactorSampler(Pictures(), attr_thr=0.5, seed=3) for _ in range(2)
    )
    zero = list(first)
    assert zero == list(first) == list(again)
    first.set_epoch(1)
    assert list(first) != zero
    assert list(RepeatFactorSampler(Pictures(), attr_thr=0.5, seed=4)) != zero


@pytest.mark.parametrize('processes', [2, 3, 4])
def test_processes_share_an_epoch_in_equal_parts(in_processes, processes):
    settings = dict(category_thr=1, attr_thr=1, seed=0)
    parts = [list(s) for s in in_processes(processes, **settings)]
    assert {len(part) for part in parts} == {-(-23 // processes)}
    (alone,) = in_processes(1, **settings)
    together = [i for turn in zip(*parts, strict=True) for i in turn]
    filled_up = list(alone) + list(alone)[: len(together) - 23]
    assert together == filled_up


def test_works_under_the_batch_sampler_of_the_configs():
    sampler = DATA_SAMPLERS.build(
        dict(type='RepeatFactorSampler', dataset=Pictures(), attr_thr=1, seed=0)
    )
    batches = AspectRatioBatchSampler(sampler, batch_size=4)
    loader = DataLoader(sampler.dataset, batch_sampler=batches)
    seen = [batch.tolist() for batch in loader]
    assert sum(map(len, seen)) == len(sampler) == 19
    assert Counter(sum(seen, []))[15] == 4


def test_some_threshold_is_needed():
    with pytest.raises(ValueError, match='needs category_thr, attr_thr or both'):
        RepeatFactorSampler(Pictures())


@pytest.mark.parametrize('name', ['category_thr', 'attr_thr'])
@pytest.mark.parametrize('thr', ['x', '0.1', 0, -1, 2, float('nan'), [0.1]], ids=repr)
def test_thresholds_that_are_no_share_are_named(name, thr):
    with pytest.raises(ValueError, match=f'{name} should be a share in .*; got '):
        RepeatFactorSampler(Pictures(), **{name: thr})
