"""A run over pictures of which some are damaged: it ends, and names them."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from torch.utils.data import DataLoader

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.bad_images import BAD_IMAGE, BadImage
from projects.fashion_attr.datasets.seeded_dataset import SeededDataset
from projects.fashion_attr.datasets.sound_pictures import SoundPictures
from projects.fashion_attr.engine.hooks import BadImageHook
from projects.fashion_attr.engine.hooks.bad_image_hook import FILE, sound_pictures
from projects.fashion_attr.evaluation.metrics.collected import collect


class Numbers:
    """A data set whose even pictures are damaged."""

    pipeline = None

    def __init__(self, on_bad_image='skip'):
        self.pictures = SoundPictures(on_bad_image)

    def __len__(self):
        return 4

    def __getitem__(self, index):
        def read(info):
            if index % 2 == 0:
                raise BadImage(f'{info["img_path"]} is cut')
            return index

        read.transforms = [read, lambda grey: grey['img'][0, 0, 0]]
        info = dict(img_path=f'{index}.jpg', height=4, width=5)
        return self.pictures.load(info, read, test=True)


@pytest.fixture
def runner(tmp_path):
    """A runner with loaders of `Numbers`, each in a process of its own."""
    loaders = {
        f'{part}_dataloader': DataLoader(SeededDataset(Numbers()), num_workers=1)
        for part in ('train', 'val', 'test')
    }
    logger = logging.getLogger('bad images')
    return SimpleNamespace(
        work_dir=str(tmp_path), timestamp='now', logger=logger, **loaders
    )


@pytest.mark.parametrize('part', ['train', 'val', 'test'])
def test_what_workers_pass_over_is_told_once_and_at_the_end(
    runner, tmp_path, caplog, part
):
    hook = BadImageHook()
    getattr(hook, f'before_{part}')(runner)
    loader = getattr(runner, f'{part}_dataloader')
    for _ in range(2):
        assert [int(n) for n in loader] == [114, 1, 114, 3]
        hook.after_train_epoch(runner)
        hook.after_val(runner)
    (told,) = caplog.messages
    assert '2 pictures could not be read and passed over' in told
    assert '0.jpg, 2.jpg; reasons: ' in told or '2.jpg, 0.jpg; reasons: ' in told
    hook.after_run(runner)
    assert caplog.messages[1].startswith('In all, 2 pictures could')
    lines = set((tmp_path / 'now' / FILE).read_text().splitlines())
    assert lines == {'0.jpg\t0.jpg is cut', '2.jpg\t2.jpg is cut'}


def test_nothing_is_told_or_left_of_sound_pictures(runner, tmp_path, caplog):
    hook = BadImageHook()
    hook.before_test(runner)
    assert runner.test_dataloader.dataset[1] == 1
    hook.after_run(runner)
    assert not caplog.messages and not (tmp_path / 'now' / FILE).exists()


def test_many_names_are_cut_short(runner, tmp_path, caplog):
    (tmp_path / 'now').mkdir()
    (tmp_path / 'now' / FILE).write_text(''.join(f'{n}.jpg\tx\n' for n in range(9)))
    BadImageHook().after_run(runner)
    assert '9 pictures' in caplog.text and '4.jpg, ...' in caplog.text
    assert '5.jpg' not in caplog.text


def test_wrapped_data_sets_are_found():
    one, other = Numbers(), Numbers()
    both = SimpleNamespace(datasets=[one, SeededDataset(other)])
    assert list(sound_pictures(both)) == [one.pictures, other.pictures]


def test_nothing_counts_as_found_in_a_picture_that_could_not_be_read():
    found = dict(
        bboxes=np.array([[0.0, 0, 4, 4]]),
        scores=np.array([0.9]),
        labels=np.array([3]),
        attr_scores=np.full((1, 5), 0.5),
        masks=np.ones((1, 8, 8), bool),
    )
    sample = dict(img_id=7, pred_instances=found)
    assert len(collect(sample)['scores']) == 1
    kept = collect(dict(sample, **{BAD_IMAGE: True}))
    assert kept['img_id'] == 7 and kept['masks'] == []
    assert kept['boxes'].shape == (0, 4) and kept['attr_scores'].shape == (0, 5)
