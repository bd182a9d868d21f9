"""The three protocols by name, for command lines and configs."""

from collections.abc import Mapping, Sequence

from .coco_f1 import evaluate_coco_f1
from .ground_truth import GroundTruth
from .predictions import Predictions

PROTOCOLS = ('coco_f1', 'kaggle', 'fashionpedia')
_OPTIONS = {'coco_f1': {'pairs'}, 'kaggle': {'pairs', 'mean'}, 'fashionpedia': set()}
_CHOICES = {'pairs': ('diagonal', 'grid'), 'mean': ('image', 'class')}


def evaluate(
    protocol: str,
    gt: GroundTruth,
    predictions: Predictions,
    iou_types: Sequence[str] = ('segm', 'bbox'),
    score_thr: float = 0.0,
    constant: Mapping[int, Sequence[int]] | None = None,
    **options: str | None,
) -> dict:
    """Evaluate by one of the protocols.

    Args:
        protocol (str): ``'coco_f1'``, ``'kaggle'`` or ``'fashionpedia'``.
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections with their attribute sets.
        iou_types (Sequence[str]): ``'segm'``, ``'bbox'`` or both; Kaggle's knows
            masks only.
        score_thr (float): least score of a detection that counts.
        constant (Mapping | None): the constant predictor, for coco_f1.
        **options (str | None): ``pairs`` (coco_f1 and kaggle), ``mean`` (kaggle);
            None is the protocol's own default.

    Returns:
        dict: what the protocol's function gives, nested, floats at the ends.

    Raises:
        ValueError: for an unknown protocol, or an option that it does not have.
    """
    check_protocols([protocol])
    options = {name: value for name, value in options.items() if value is not None}
    for name, value in options.items():
        if name not in _OPTIONS[protocol]:
            raise ValueError(f'protocol {protocol} has no {name}, got {value!r}')
    options['score_thr'] = score_thr
    if protocol == 'kaggle':
        from .kaggle import evaluate_kaggle

        return evaluate_kaggle(gt, predictions, **options)
    if protocol == 'fashionpedia':
        from .fashionpedia import evaluate_fashionpedia

        return evaluate_fashionpedia(gt, predictions, tuple(iou_types), **options)
    return evaluate_coco_f1(gt, predictions, iou_types, constant=constant, **options)


def known_options(protocol: str, options: Mapping[str, str | None]) -> dict:
    """Those of some options that a protocol has.

    Args:
        protocol (str): its name.
        options (Mapping): ``pairs`` and ``mean``, or None for the default.

    Returns:
        dict: to be handed to :func:`evaluate`.
    """
    return {name: v for name, v in options.items() if name in _OPTIONS[protocol]}


def check_protocols(protocols: Sequence[str]) -> None:
    """Refuse unknown protocols, or none.

    Args:
        protocols (Sequence[str]): names.

    Raises:
        ValueError: naming what is unknown.
    """
    unknown = [name for name in protocols if name not in PROTOCOLS]
    if unknown or not protocols:
        raise ValueError(f'protocols are {PROTOCOLS}, got {tuple(protocols)}')


def check_fit(
    protocols: Sequence[str],
    gt: GroundTruth,
    iou_types: Sequence[str],
    options: Mapping[str, str | None] | None = None,
) -> None:
    """Refuse, before anything is predicted, what would fail after it.

    Args:
        protocols (Sequence[str]): names.
        gt (GroundTruth): ground truth.
        iou_types (Sequence[str]): ``'segm'``, ``'bbox'`` or both.
        options (Mapping | None): ``pairs`` and ``mean``, None for the default.

    Raises:
        ValueError: for an unknown protocol or value of an option; for kaggle's
            without masks; for fashionpedia's with other categories.
    """
    check_protocols(protocols)
    for name, value in (options or {}).items():
        if value is not None and value not in _CHOICES[name]:
            raise ValueError(f'{name} is one of {_CHOICES[name]}, got {value!r}')
    if 'kaggle' in protocols and 'segm' not in iou_types:
        raise ValueError(
            "the protocol 'kaggle' compares masks; it needs 'segm' among iou_types, "
            f'got {tuple(iou_types)}'
        )
    if 'fashionpedia' in protocols:
        from .fashionpedia import check_categories

        check_categories(gt.category_ids)


def flatten(result: Mapping, prefix: str = '') -> dict[str, float]:
    """Nested scores with the keys joined by ``_``.

    Args:
        result (Mapping): scores, or mappings of them.
        prefix (str): stands before every key.

    Returns:
        dict[str, float]: such as ``segm_iou_f1_AP``.
    """
    flat = {}
    for key, value in result.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f'{prefix}{key}_')
        else:
            flat[f'{prefix}{key}'] = value
    return flat
