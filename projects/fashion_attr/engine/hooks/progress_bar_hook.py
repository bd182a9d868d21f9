"""A progress bar for training, validation and testing."""

import sys

from mmdet.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner
from tqdm import tqdm


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Shows how far each loop is, how fast it goes and how long it still takes.

    Only the first process draws. Where the output is a file, the bar is written
    every half minute instead of ten times a second.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._train_bar: tqdm | None = None

    def before_train(self, runner: Runner) -> None:
        """A bar over all iterations, the ones done before a resume included."""
        self._open(runner, 'train', runner.max_iters, runner.iter)

    def before_val_epoch(self, runner: Runner) -> None:
        """A bar below the one of training."""
        self._train_bar = self._bar
        self._open(runner, 'val', len(runner.val_dataloader), 0)

    def before_test_epoch(self, runner: Runner) -> None:
        """A bar over the test batches."""
        self._open(runner, 'test', len(runner.test_dataloader), 0)

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch=None, outputs=None
    ) -> None:
        """One step on, with the loss beside it."""
        if self._bar is None:
            return
        if outputs and 'loss' in outputs:
            self._bar.set_postfix(loss=f'{outputs["loss"].item():.3f}', refresh=False)
        self._bar.update()

    def after_val_iter(
        self, runner: Runner, batch_idx: int, data_batch=None, outputs=None
    ) -> None:
        """One step on."""
        if self._bar is not None:
            self._bar.update()

    after_test_iter = after_val_iter

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Back to the bar of training."""
        self._close()
        self._bar, self._train_bar = self._train_bar, None

    def after_test_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Close the bar."""
        self._close()

    def after_train(self, runner: Runner) -> None:
        """Close the bar."""
        self._close()

    def _open(self, runner: Runner, name: str, total: int, done: int) -> None:
        if runner.rank != 0:
            return
        interval = 0.1 if sys.stderr.isatty() else 30
        self._bar = tqdm(
            total=total, initial=done, desc=name, mininterval=interval, leave=True
        )

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
