"""AttrLocalVisualizer: garments with their attributes, truth beside prediction."""

from functools import lru_cache
from pathlib import Path

import cv2
import mmcv
import numpy as np
from mmdet.registry import VISUALIZERS
from mmdet.structures import DetDataSample
from mmdet.visualization import DetLocalVisualizer
from mmengine.dist import master_only
from mmengine.structures import InstanceData
from mmengine.visualization.vis_backend import MLflowVisBackend

from projects.fashion_attr.datasets.taxonomy_file import taxonomy_of
from projects.fashion_attr.evaluation.functional.thresholds_file import load_thresholds
from projects.fashion_attr.visualization.comparison import Side, judge
from projects.fashion_attr.visualization.garment import Garment, read_garments
from projects.fashion_attr.visualization.mask_drawing import Style
from projects.fashion_attr.visualization.panel import (
    PREDICTION,
    TRUTH,
    draw_panels,
)


@VISUALIZERS.register_module()
class AttrLocalVisualizer(DetLocalVisualizer):
    """Draws masks, boxes and a label block with the attributes of each garment.

    ::

        image + data_sample -> [Garment]    -> verdicts   -> masks    -> labels on
                               (garment.py)  (comparison.py) (panel.py) either side
                                                                     (label_block.py,
                                                                      label_layout.py)

    Names and colours come from ``dataset_meta``: classes, palette, attributes.

    Args:
        name (str): of the instance.
        image (np.ndarray, optional): (H, W, 3) RGB.
        vis_backends (list[dict], optional): where drawn pictures go.
        save_dir (str, optional): of the backends; None saves nothing.
        alpha (float): how much of a mask's colour covers the picture, 0..1.
        attr_score_thr (float | str): predicted attributes that reach this score are
            named, as in F1SegmMetric; or a file of tools/calibrate_thresholds.py.
        max_attributes (int): names shown for one garment; '+3' stands for more.
        min_size (int): smaller pictures are enlarged to this long edge, in pixels.
        max_size (int, optional): larger pictures are reduced to this long edge, in
            pixels; None keeps them.
        text_scale (float): of the labels' letters, for pictures that are shown
            smaller than they are.
        compare (bool): whether ground truth beside prediction says what is right,
            has other attributes, is wrong or missed: marks, frames and dots on the
            garments in three colours, see ``comparison.judge``.

    Raises:
        ValueError: if the long edges, the scale or the thresholds make no sense.

    Example:
        visualizer = dict(
            type='AttrLocalVisualizer',
            vis_backends=[
                dict(type='LocalVisBackend'), dict(type='TensorboardVisBackend')
            ],
        )
        default_hooks = dict(visualization=dict(draw=True))
    """

    def __init__(
        self,
        name: str = 'visualizer',
        image: np.ndarray | None = None,
        vis_backends: list[dict] | None = None,
        save_dir: str | None = None,
        alpha: float = 0.4,
        attr_score_thr: float | str = 0.4,
        max_attributes: int = 6,
        min_size: int = 640,
        max_size: int | None = 1600,
        text_scale: float = 1.0,
        compare: bool = True,
    ) -> None:
        super().__init__(name, image, vis_backends, save_dir, alpha=alpha)
        if not 0 <= alpha <= 1:
            raise ValueError(f'alpha must lie in 0..1, got {alpha}')
        if max_attributes < 0:
            raise ValueError(
                f'max_attributes must not be below 0, got {max_attributes}'
            )
        if not 1 <= min_size <= (max_size or min_size):
            raise ValueError(
                'min_size must lie between 1 and max_size, '
                f'got min_size={min_size}, max_size={max_size}'
            )
        if not 0.5 <= text_scale <= 5:
            raise ValueError(f'text_scale must lie in 0.5..5, got {text_scale}')
        if isinstance(attr_score_thr, str) and not Path(attr_score_thr).is_file():
            raise FileNotFoundError(f'there is no file of thresholds {attr_score_thr}')
        self.attr_score_thr = attr_score_thr
        self.max_attributes = max_attributes
        self.min_size = min_size
        self.max_size = max_size
        self.text_scale = text_scale
        self.compare = compare

    @master_only
    def add_datasample(
        self,
        name: str,
        image: np.ndarray,
        data_sample: DetDataSample | None = None,
        draw_gt: bool = True,
        draw_pred: bool = True,
        show: bool = False,
        wait_time: float = 0,
        out_file: str | None = None,
        pred_score_thr: float = 0.3,
        step: int = 0,
    ) -> None:
        """Draw a picture with its garments, then show it, write it or hand it on.

        Args:
            name (str): what the picture is called by the backends.
            image (np.ndarray): (H, W, 3) RGB, 0..255.
            data_sample (DetDataSample, optional): with gt_instances, pred_instances
                or both; what is missing is not drawn.
            draw_gt (bool): whether to draw ground truth, on the left.
            draw_pred (bool): whether to draw predictions, on the right.
            show (bool): whether to open a window.
            wait_time (float): how long the window waits, in seconds; 0 for ever.
            out_file (str, optional): written in place of the backends' pictures.
            pred_score_thr (float): garments that reach this score are drawn.
            step (int): of the run, for the backends.
        """
        drawn = self.draw_datasample(
            image, data_sample, draw_gt, draw_pred, pred_score_thr
        )
        self.set_image(drawn)  # for get_image()
        if show:
            self.show(drawn, win_name=name, wait_time=wait_time)
        if out_file is not None:
            mmcv.imwrite(drawn[..., ::-1], out_file)
        else:
            self.add_image(name, drawn, step)

    @master_only
    def add_image(self, name: str, image: np.ndarray, step: int = 0) -> None:
        """Hand a picture to every backend.

        Args:
            name (str): what the backends call it.
            image (np.ndarray): (H, W, 3) RGB.
            step (int): of the run.
        """
        for backend in self._vis_backends.values():
            called = name
            if isinstance(backend, MLflowVisBackend):
                # A file to MLflow: its name needs an ending, and a new one each step.
                called = f'{name}_{step}.png'
            backend.add_image(called, image, step)

    def draw_datasample(
        self,
        image: np.ndarray,
        data_sample: DetDataSample | None = None,
        draw_gt: bool = True,
        draw_pred: bool = True,
        pred_score_thr: float = 0.3,
    ) -> np.ndarray:
        """What ``add_datasample`` draws, without showing or saving it.

        Args:
            image (np.ndarray): (H, W, 3) RGB, 0..255.
            data_sample (DetDataSample, optional): see ``add_datasample``.
            draw_gt (bool): whether to draw ground truth, on the left.
            draw_pred (bool): whether to draw predictions, on the right.
            pred_score_thr (float): garments that reach this score are drawn.

        Returns:
            np.ndarray: (H', W', 3) uint8 RGB; the picture alone where there is
            nothing to draw.

        Raises:
            ValueError: if the image is not (H, W, 3).
        """
        if image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(f'expected an RGB image (H, W, 3), got {image.shape}')
        image_size = image.shape[:2]
        if image.dtype != np.uint8:
            image = np.clip(image, 0, 255).astype(np.uint8)
        canvas = self._resize(image)
        size = canvas.shape[:2]
        sides = self._sides(
            data_sample, draw_gt, draw_pred, pred_score_thr, image_size, size
        )
        if not sides:
            return canvas
        panels = self._judge(sides, data_sample, image_size, size)
        style = Style.of(size, self.alpha, self.max_attributes, self.text_scale)
        return draw_panels(canvas, list(panels.items()), style)

    def _judge(
        self,
        sides: dict[str, Side],
        data_sample: DetDataSample,
        image_size: tuple[int, int],
        size: tuple[int, int],
    ) -> dict[str, list[Garment]]:
        """The garments by caption, with verdicts where two sides are compared."""
        if not self.compare or len(sides) < 2:
            return {name: side.garments for name, side in sides.items()}
        crowds = data_sample.get('ignored_instances')
        if crowds is not None:
            crowds = self._read(crowds, image_size, size)
        judged = judge(sides[TRUTH], sides[PREDICTION], crowds)
        return dict(zip(sides, judged, strict=True))

    def _sides(
        self, data_sample, draw_gt, draw_pred, pred_score_thr, image_size, size
    ) -> dict[str, Side]:
        """What is to be drawn, by caption."""
        sides = {}
        if draw_gt and 'gt_instances' in (data_sample or ()):
            sides[TRUTH] = self._read(data_sample.gt_instances, image_size, size)
        if draw_pred and 'pred_instances' in (data_sample or ()):
            instances = data_sample.pred_instances
            if 'scores' in instances:
                instances = instances[instances.scores >= pred_score_thr]
            sides[PREDICTION] = self._read(instances, image_size, size)
        return sides

    def _read(
        self,
        instances: InstanceData,
        image_size: tuple[int, int],
        size: tuple[int, int],
    ) -> Side:
        meta = self.dataset_meta or {}
        garments = read_garments(
            instances, image_size, size, meta, self._least_scores()
        )
        return Side(instances, garments)

    def _least_scores(self) -> float | np.ndarray:
        """One threshold, or those of the file in the order of the classes."""
        if not isinstance(self.attr_score_thr, str):
            return self.attr_score_thr
        meta = self.dataset_meta or {}
        taxonomy = taxonomy_of(meta)
        thresholds = _read_thresholds(
            self.attr_score_thr, taxonomy.category_ids, taxonomy.attribute_ids
        )
        names = taxonomy.category_names
        return thresholds[[names.index(name) for name in meta.get('classes', names)]]

    def _resize(self, image: np.ndarray) -> np.ndarray:
        """The image with its long edge between ``min_size`` and ``max_size``."""
        edge = max(image.shape[:2])
        wanted = max(edge, self.min_size)
        if self.max_size is not None:
            wanted = min(wanted, self.max_size)
        if wanted == edge:
            return image
        scale = wanted / edge
        size = tuple(max(1, round(n * scale)) for n in image.shape[1::-1])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return cv2.resize(image, size, interpolation=how)


# Which labels count is known once the data set is: read then, and not for each picture.
_read_thresholds = lru_cache(maxsize=4)(load_thresholds)
