"""Left and right: which names say it, what a flip makes of them, who is stopped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmdet.datasets import MultiImageMixDataset
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.registry import DefaultScope

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from samples import make_sample  # noqa: E402

from projects.fashion_attr.datasets.flips import (  # noqa: E402
    mirrored,
    names_of_a_side,
)
from projects.fashion_attr.datasets.taxonomy import (  # noqa: E402
    ATTRIBUTE_NAMES,
    CATEGORY_NAMES,
)
from projects.fashion_attr.datasets.transforms import (  # noqa: E402
    AttrRandomFlip,
    KeepAttrs,
)
from projects.fashion_attr.datasets.transforms.attr_random_flip import (  # noqa: E402
    check_flips,
)
from projects.fashion_attr.engine.hooks import FlipCheckHook  # noqa: E402

SIDES = ('coat', 'left sleeve', 'right sleeve')


def test_the_taxonomy_names_no_side():
    assert names_of_a_side(CATEGORY_NAMES) == []
    assert names_of_a_side(ATTRIBUTE_NAMES) == []


@pytest.mark.parametrize(
    'name, other',
    [
        ('left sleeve', 'right sleeve'),
        ('Sleeve_Right', 'sleeve_left'),
        ('sleeve (left)', 'sleeve (right)'),
        ('left-handed', 'right-handed'),
        ('lefthand glove', 'righthand glove'),
        ('leftmost button', 'rightmost button'),
    ],
)
def test_names_of_a_side_and_their_counterparts(name, other):
    assert names_of_a_side(['dress', name]) == [name]
    assert mirrored([other, 'dress', name]) == [2, 1, 0]


@pytest.mark.parametrize(
    'name', ['upright collar', 'cleft', 'bright', 'one shoulder', 'leftover', 'righty']
)
def test_names_of_no_side(name):
    assert names_of_a_side([name]) == []
    assert mirrored([name]) == [0]


def test_a_side_without_a_counterpart_is_named():
    with pytest.raises(ValueError, match=r"image of \['left cuff'\] has no name"):
        mirrored(['left cuff', *SIDES])


@given(st.permutations(['left a', 'right a', 'b', 'c left', 'c right', 'd']))
def test_mirrored_twice_is_as_before(names):
    table = mirrored(names)
    assert [table[i] for i in table] == list(range(len(names)))


@pytest.mark.parametrize('direction', ['horizontal', 'vertical', 'diagonal'])
def test_a_mirrored_garment_changes_sides(direction):
    sample = make_sample([(0, 0, 3, 3), (5, 5, 4, 4), (9, 9, 2, 2)])
    sample['gt_attr_labels'][:, :3] = [[0, 2, 294], [1, 2, 294], [294, 294, 294]]
    flip = AttrRandomFlip(
        prob=1.0, direction=direction, classes=SIDES, attributes=['a left', 'a right']
    )
    out = flip(sample)
    attrs = out['gt_attr_labels'][:, :2].tolist()
    # Attribute 2 is none of the two names: as padding it stays.
    if direction == 'vertical':
        assert out['gt_bboxes_labels'].tolist() == [0, 1, 2]
        assert attrs == [[0, 2], [1, 2], [294, 294]]
    else:
        assert out['gt_bboxes_labels'].tolist() == [0, 2, 1]
        assert attrs == [[1, 2], [0, 2], [294, 294]]
    assert out['gt_attr_labels'].dtype == out['gt_bboxes_labels'].dtype == np.int64
    assert out['flip_direction'] == direction


def test_rows_stay_in_order_and_unflipped_pictures_as_they_are():
    names = ['left', 'x', 'right']
    sample = make_sample([(0, 0, 3, 3)])
    sample['gt_attr_labels'][0, :2] = [0, 1]
    flip = AttrRandomFlip(prob=1.0, attributes=names)
    assert flip(sample)['gt_attr_labels'][0, :3].tolist() == [1, 2, 294]
    sample = make_sample([(0, 0, 3, 3)])
    sample['gt_attr_labels'][0, :2] = [0, 1]
    still = AttrRandomFlip(prob=0.0, attributes=names)
    assert still(sample)['gt_attr_labels'][0, :3].tolist() == [0, 1, 294]


def dataset(*steps, classes=SIDES, attributes=('red',)):
    """A data set of one picture whose pipeline has these steps."""
    with DefaultScope.overwrite_default_scope('mmdet'):
        return BaseDataset(
            metainfo=dict(classes=classes, attributes=attributes),
            pipeline=list(steps),
            lazy_init=True,
        )


MIRRORING = {
    'plain': dict(type='RandomFlip', prob=0.5),
    'one-of-two': dict(
        type='RandomFlip', prob=[0.0, 0.5], direction=['vertical', 'diagonal']
    ),
    'in-KeepAttrs': dict(type='KeepAttrs', transform=dict(type='RandomFlip', prob=0.5)),
    'in-RandomApply': dict(
        type='RandomApply', transforms=[dict(type='RandomFlip', prob=0.5)]
    ),
    'in-RandomChoice': dict(
        type='RandomChoice', transforms=[[dict(type='RandomFlip', prob=0.5)]]
    ),
    'in-RandAugment': dict(
        type='RandAugment', aug_space=[[dict(type='RandomFlip', prob=0.5)]], aug_num=1
    ),
    'in-AutoAugment': dict(
        type='AutoAugment', policies=[[dict(type='RandomFlip', prob=0.5)]]
    ),
    'in-MultiBranch': dict(
        type='MultiBranch',
        branch_field=['sup'],
        sup=[dict(type='RandomFlip', prob=0.5)],
    ),
    'other-names': dict(type='AttrRandomFlip', prob=0.5, attributes=SIDES),
}


@pytest.mark.parametrize('step', MIRRORING.values(), ids=MIRRORING)
def test_flips_that_keep_the_side_are_refused(step):
    message = r"mirrors pictures, but {'classes': \['left sleeve', 'right sleeve'\]}"
    with pytest.raises(ValueError, match=message):
        check_flips(dataset(step))
    check_flips(dataset(step, classes=CATEGORY_NAMES, attributes=ATTRIBUTE_NAMES))


@pytest.mark.parametrize(
    'step',
    [
        dict(type='AttrRandomFlip', prob=0.5, classes=SIDES),
        dict(type='RandomFlip', prob=0.5, direction='vertical'),
        dict(type='RandomFlip', prob=0.0),
        dict(type='Resize', scale=(9, 9)),
    ],
    ids=['swaps', 'vertical', 'never', 'none'],
)
def test_other_pipelines_are_not(step):
    check_flips(dataset(step))


def test_sides_among_the_attributes_count_too():
    with pytest.raises(ValueError, match="'attributes': .'worn left'"):
        check_flips(dataset(MIRRORING['plain'], classes='ab', attributes=['worn left']))


class Wrapper:
    """A data set in another, as `MultiImageMixDataset` and `RepeatDataset` hold it."""

    def __init__(self, inner, pipeline=()):
        self.dataset, self.metainfo, self.pipeline = inner, inner.metainfo, pipeline


def test_wrapped_datasets_are_looked_through():
    with pytest.raises(ValueError, match='RandomFlip mirrors pictures'):
        check_flips(Wrapper(Wrapper(dataset(MIRRORING['plain']))))
    outer = [KeepAttrs(dict(type='RandomFlip', prob=0.5))]
    with pytest.raises(ValueError, match='RandomFlip mirrors pictures'):
        check_flips(Wrapper(dataset(), outer))
    assert hasattr(MultiImageMixDataset, 'metainfo')


def test_training_is_stopped_before_it_begins(root):
    class Runner:
        class train_dataloader:
            dataset = dataset(MIRRORING['plain'])

    with pytest.raises(ValueError, match='use AttrRandomFlip'):
        FlipCheckHook().before_train(Runner)
    cfg = Config.fromfile(root / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    assert dict(type='FlipCheckHook') in cfg.custom_hooks
