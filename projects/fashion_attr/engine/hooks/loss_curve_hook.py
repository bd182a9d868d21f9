"""Keeps a picture of the losses in the work dir."""

import logging
from pathlib import Path

from matplotlib.backend_bases import FigureCanvasBase
from mmdet.registry import HOOKS
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

from projects.fashion_attr.engine.hooks.loss_curves import (
    draw_loss_curves,
    read_scalars,
)


@HOOKS.register_module()
class LossCurveHook(Hook):
    """Draws the losses of a run, and of the runs it resumed, to its work dir.

    The paper's Fig. 9: the total loss and its parts against iterations. Needs
    mmengine's LocalVisBackend, which every config of mmdet has.

    Args:
        out_name (str): of the picture in the work dir; its suffix tells the format.
        every_epoch (bool): whether to draw after each epoch too, so that a run can
            be watched and a killed one leaves its picture.

    Raises:
        ValueError: if ``out_name`` names no format of matplotlib's.
    """

    # After LoggerHook (BELOW_NORMAL), which writes what is read here.
    priority = 'VERY_LOW'

    def __init__(
        self, out_name: str = 'loss_curves.png', every_epoch: bool = True
    ) -> None:
        formats = FigureCanvasBase.get_supported_filetypes()
        suffix = Path(out_name).suffix
        if suffix[1:] not in formats:
            raise ValueError(
                f'out_name {out_name!r} must end in one of {sorted(formats)}'
            )
        self.out_name = out_name
        self.every_epoch = every_epoch

    def after_train_epoch(self, runner: Runner) -> None:
        """Draw what there is so far."""
        if self.every_epoch:
            self._draw(runner)

    def after_train(self, runner: Runner) -> None:
        """Draw the whole run and say where."""
        self._draw(runner, say_where=True)

    @master_only
    def _draw(self, runner: Runner, say_where: bool = False) -> None:
        """Draw; a disk that is full or read-only must not cost a trained model."""
        out_file = Path(runner.work_dir) / self.out_name
        try:
            scalars = read_scalars(runner.work_dir)
            if not any(name.startswith('loss') for name in scalars.train):
                print_log(
                    f'No {out_file}: no loss in {scalars.num_files} scalars.json under '
                    f'{runner.work_dir}/*/vis_data (written by LocalVisBackend every '
                    'default_hooks.logger.interval iterations)',
                    'current',
                    logging.WARNING,
                )
                return
            draw_loss_curves(scalars, out_file)
        except OSError as error:
            print_log(
                f'Loss curves not drawn to {out_file}: {error}; '
                'tools/plot_losses.py draws them later',
                'current',
                logging.WARNING,
            )
            return
        if say_where:
            print_log(f'Loss curves: {out_file}', 'current')
