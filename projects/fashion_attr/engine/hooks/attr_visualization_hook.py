"""Draws the stored pixels, which is what masks and boxes belong to."""

from collections.abc import Sequence
from pathlib import Path

import mmcv
import numpy as np
from mmdet.engine.hooks import DetVisualizationHook
from mmdet.registry import HOOKS
from mmdet.structures import DetDataSample
from mmengine.fileio import get
from mmengine.runner import Runner

from ...datasets.bad_images import BAD_IMAGE


@HOOKS.register_module()
class AttrVisualizationHook(DetVisualizationHook):
    """mmdet's DetVisualizationHook for pictures whose EXIF says rotated.

    mmdet's own turns such pictures, while the data pipeline, as the annotations
    ask for, does not: masks would lie across them. Takes the same settings; a
    ``test_out_dir`` that is not absolute counts from the current directory.
    """

    def after_val_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict,
        outputs: Sequence[DetDataSample],
    ) -> None:
        """Draw the first picture of every ``interval``-th batch for the backends."""
        step = runner.iter + batch_idx
        if self.draw and step % self.interval == 0:
            self._draw(outputs[0], 'val_img', step)

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict,
        outputs: Sequence[DetDataSample],
    ) -> None:
        """Draw every picture, to ``test_out_dir`` or for the backends."""
        if not self.draw:
            return
        for sample in outputs:
            self._test_index += 1
            out_file = None
            if self.test_out_dir is not None:
                Path(self.test_out_dir).mkdir(parents=True, exist_ok=True)
                out_file = str(Path(self.test_out_dir, Path(sample.img_path).name))
            self._draw(sample, 'test_img', self._test_index, out_file)

    def _draw(
        self, sample: DetDataSample, name: str, step: int, out_file: str | None = None
    ) -> None:
        if sample.get(BAD_IMAGE):
            return
        self._visualizer.add_datasample(
            Path(sample.img_path).name if self.show else name,
            self._stored_pixels(sample.img_path),
            data_sample=sample,
            show=self.show,
            wait_time=self.wait_time,
            pred_score_thr=self.score_thr,
            out_file=out_file,
            step=step,
        )

    def _stored_pixels(self, path: str) -> np.ndarray:
        """(H, W, 3) RGB."""
        stored = get(path, backend_args=self.backend_args)
        # mmcv turns BGR to RGB for its flag 'color' only.
        image = mmcv.imfrombytes(stored, flag='color_ignore_orientation')
        return mmcv.bgr2rgb(image)
