"""The metadata of an exported network, from its config and checkpoint."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from mmengine.config import ConfigDict
from torch import nn

from projects.fashion_attr.datasets.taxonomy import Label

from ..exported.metadata import Metadata
from ..exported.picture import INTERPOLATIONS, PicturePlan
from ..inferencer import MMDetBackend, Vocabulary
from ..inferencer.loading import LOADERS

_RESIZES = ('Resize', 'DecodeResize')
# What follows resizing and leaves the pixels alone.
_HARMLESS = (
    'LoadAttrAnnotations',
    'LoadAnnotations',
    'PackAttrDetInputs',
    'PackDetInputs',
)
_PACKAGES = ('torch', 'onnx', 'onnxscript')


def describe(
    backend: MMDetBackend,
    vocabulary: Vocabulary,
    attr_thr: float | np.ndarray,
    config: str,
    checkpoint: str,
) -> Metadata:
    """What the exported network needs beside itself.

    Args:
        backend (MMDetBackend): the network.
        vocabulary (Vocabulary): its labels.
        attr_thr (float | np.ndarray): attribute thresholds, see `read_thresholds`.
        config (str): path of the config, for people.
        checkpoint (str): path of the checkpoint, for people.

    Returns:
        Metadata: for the file.

    Raises:
        ValueError: if the test pipeline does what the exported program would not do.
    """
    model, palette = backend.model, backend.dataset_meta.get('palette')
    test_cfg = model.roi_head.test_cfg
    steps = backend.cfg.test_dataloader.dataset.pipeline
    return Metadata(
        categories=_entries(vocabulary.categories),
        attributes=_entries(vocabulary.attributes),
        palette=None if palette is None else [list(colour) for colour in palette],
        picture=plan_of(steps, model.data_preprocessor),
        score_thr=float(test_cfg.score_thr),
        mask_thr=float(test_cfg.get('mask_thr_binary', 0.5)),
        attr_score_thr=np.asarray(attr_thr).tolist(),
        identity=backend.identity,
        made_from=dict(
            config=Path(config).name,
            checkpoint=Path(checkpoint).name,
            **{name: version(name) for name in _PACKAGES},
        ),
    )


def plan_of(steps: list[ConfigDict], preprocessor: nn.Module) -> PicturePlan:
    """How a config's test pipeline and data preprocessor treat pictures.

    Args:
        steps (list[ConfigDict]): the test pipeline.
        preprocessor (nn.Module): DetDataPreprocessor.

    Returns:
        PicturePlan: that does the same.

    Raises:
        ValueError: if there is no such plan, naming the step.
    """
    resizes = []
    for step in steps:
        name = step.type.split('.')[-1]
        if name in _RESIZES:
            resizes.append(step)
        elif name not in (*LOADERS, *_HARMLESS):
            raise ValueError(
                f'the test pipeline has {name}, which cannot be exported: it may load, '
                'resize and pack'
            )
    if len(resizes) != 1 or 'scale' not in resizes[0]:
        raise ValueError(
            f'the test pipeline has {len(resizes)} steps that resize: one with a scale '
            'in pixels can be exported'
        )
    return _plan(resizes[0], preprocessor)


def _plan(resize: ConfigDict, preprocessor: nn.Module) -> PicturePlan:
    interpolation = resize.get('interpolation', 'bilinear')
    if resize.get('backend', 'cv2') != 'cv2' or interpolation not in INTERPOLATIONS:
        raise ValueError(
            f'pictures are resized by {resize.get("backend", "cv2")}, {interpolation}, '
            f'which cannot be exported: cv2 with one of {[*INTERPOLATIONS]} can'
        )
    normalisation = {}
    if preprocessor._enable_normalize:
        normalisation = {
            name: tuple(getattr(preprocessor, name).flatten().tolist())
            for name in ('mean', 'std')
        }
    return PicturePlan(
        scale=tuple(resize.scale),
        keep_ratio=resize.get('keep_ratio', False),
        interpolation=interpolation,
        to_rgb=preprocessor._channel_conversion,
        divisor=preprocessor.pad_size_divisor,
        pad_value=float(preprocessor.pad_value),
        **normalisation,
    )


def _entries(labels: tuple[Label, ...]) -> list[dict]:
    return [label._asdict() for label in labels]
