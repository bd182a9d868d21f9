"""Tells at the end of a run which pictures could not be read."""

from collections.abc import Iterator
from pathlib import Path

from mmdet.registry import HOOKS
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import Dataset

from ...datasets.bad_images import BadImageList
from ...datasets.sound_pictures import SoundPictures

FILE = 'bad_images.txt'
_SHOWN = 5


@HOOKS.register_module()
class BadImageHook(Hook):
    """Gathers what data sets with ``on_bad_image='skip'`` have passed over.

    ``<work dir>/<time stamp>/bad_images.txt`` has a line for each picture, with the
    reason; it is there only where there is one. The log says how many, once after
    each epoch in which there are more, and at the end.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self._told = 0

    def before_train(self, runner: Runner) -> None:
        """Say where to note pictures, before there are workers."""
        self._place(runner, runner.train_dataloader.dataset)

    def before_val(self, runner: Runner) -> None:
        """Likewise of the validation."""
        self._place(runner, runner.val_dataloader.dataset)

    def before_test(self, runner: Runner) -> None:
        """Likewise of a test."""
        self._place(runner, runner.test_dataloader.dataset)

    def after_train_epoch(self, runner: Runner) -> None:
        """Tell of pictures that are new."""
        self._tell(runner)

    def after_val(self, runner: Runner) -> None:
        """Tell of pictures that are new."""
        self._tell(runner)

    def after_run(self, runner: Runner) -> None:
        """Tell of all."""
        self._told = 0
        self._tell(runner, 'In all, ')  # mmengine leaves out a warning said before

    def _place(self, runner: Runner, dataset: Dataset) -> None:
        path = Path(runner.work_dir, runner.timestamp, FILE)
        for pictures in sound_pictures(dataset):
            if pictures.on_bad_image == 'skip':
                path.parent.mkdir(parents=True, exist_ok=True)
                pictures.found = BadImageList(path)

    @master_only
    def _tell(self, runner: Runner, start: str = '') -> None:
        found = BadImageList(Path(runner.work_dir, runner.timestamp, FILE))
        names = found.names()
        if len(names) <= self._told:
            return
        self._told = len(names)
        shown = ', '.join(names[:_SHOWN]) + (', ...' if len(names) > _SHOWN else '')
        runner.logger.warning(
            f'{start}{len(names)} picture{"s" if len(names) > 1 else ""} could not be '
            'read and passed over (training took others, tests count their objects as '
            f'missed): {shown}; reasons: {found.path}'
        )


def sound_pictures(dataset: Dataset) -> Iterator[SoundPictures]:
    """Of every data set of this project, out of whatever wraps it.

    Args:
        dataset (Dataset): of a runner's loader.

    Yields:
        SoundPictures: one of each.
    """
    inside = vars(dataset)
    if isinstance(inside.get('pictures'), SoundPictures):
        yield inside['pictures']
    for part in inside.get('datasets') or [inside.get('dataset')]:
        if part is not None:
            yield from sound_pictures(part)
