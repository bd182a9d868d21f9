"""Leaves the paper's table as a file in the work dir."""

import json
import logging
from pathlib import Path

from mmdet.registry import HOOKS
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

from projects.fashion_attr.datasets.annotations import atomic_writer
from projects.fashion_attr.evaluation.functional.table import format_scores

_PREFIX = 'fashion/'
IOU_TYPES = ('segm', 'bbox')


@HOOKS.register_module()
class ScoreTableHook(Hook):
    """Writes ``table.md`` and, at full precision, ``scores.json``.

    After a test run ``<work dir>/table.md`` and ``scores.json``; after a validation
    during training ``table_val.md`` and ``scores_val.json``, each replacing the one
    of the epoch before. Reads what F1SegmMetric returned under its default prefix;
    the table is that of its protocol coco_f1, the JSON holds all protocols.
    A file that cannot be written is warned of and passed over.
    """

    priority = 'VERY_LOW'

    def after_val_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Write the table of a validation."""
        self._write(runner, metrics, '_val')

    def after_test_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Write the table of a test run."""
        self._write(runner, metrics, '')

    @master_only
    def _write(
        self, runner: Runner, metrics: dict[str, float] | None, suffix: str
    ) -> None:
        scores = nested_scores(metrics or {})
        folder = Path(runner.work_dir)
        tables = {key: scores[key] for key in IOU_TYPES if key in scores}
        if tables:
            _write_or_warn(folder / f'table{suffix}.md', format_scores(tables) + '\n')
        if scores:
            text = json.dumps(scores, indent=2)
            _write_or_warn(folder / f'scores{suffix}.json', text)


def _write_or_warn(path: Path, text: str) -> None:
    """Write a file whole or not at all: a full disk must not cost a training."""
    try:
        with atomic_writer(path) as file:
            file.write(text)
    except OSError as error:
        print_log(f'{path} not written: {error}', 'current', logging.WARNING)


def nested_scores(metrics: dict[str, float]) -> dict[str, dict[str, float]]:
    """Logged figures by IoU type (protocol coco_f1) or by other protocol.

    Args:
        metrics (dict[str, float]): ``fashion/segm_AP`` and so on, others beside.

    Returns:
        dict[str, dict[str, float]]: ``{'segm': {'AP': ...}, 'bbox': {...},
        'kaggle': {'score': ...}, 'fashionpedia': {'segm_iou_f1_AP': ...}}``.
    """
    scores: dict[str, dict[str, float]] = {}
    for name, value in metrics.items():
        if name.startswith(_PREFIX):
            group, key = name.removeprefix(_PREFIX).split('_', 1)
            scores.setdefault(group, {})[key] = float(value)
    return scores
