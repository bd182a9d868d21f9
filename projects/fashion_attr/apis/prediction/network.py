"""Which network predicts, and at which thresholds: what all predictions ask for."""

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..inferencer import Backend, FashionInferencer, MMDetBackend
from ..inferencer.inferencer import SCORE_THR


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """A network and its thresholds.

    Attributes:
        checkpoint: path; None where another backend runs.
        config: path; None takes the checkpoint's own.
        exported: file of tools/export.py, in place of checkpoint and config.
        device: such as 'cuda:0'; None takes a GPU where there is one.
        score_thr: least class score; None: 0.3.
        attr_thr: least attribute score; None: what ``thresholds`` or the config says.
        thresholds: file of tools/calibrate_thresholds.py.
        batch_size: pictures that the network sees at once.
    """

    checkpoint: str | None = None
    config: str | None = None
    exported: str | None = None
    device: str | None = None
    score_thr: float | None = None
    attr_thr: float | None = None
    thresholds: Path | None = None
    batch_size: int = 1

    @property
    def least_score(self) -> float:
        """The least class score that is written."""
        return SCORE_THR if self.score_thr is None else self.score_thr


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags for all of a `NetworkRequest`.

    Args:
        parser (argparse.ArgumentParser): of a command line.
    """
    network = parser.add_mutually_exclusive_group(required=True)
    network.add_argument('--checkpoint', help='.pth of tools/train.py')
    network.add_argument(
        '--exported', metavar='FILE', help='.onnx of tools/export.py in its place'
    )
    parser.add_argument('--config', help="(default: the checkpoint's own)")
    parser.add_argument(
        '--score-thr',
        type=float,
        help='least class score (default: 0.3; for coco 0, as AP counts them all)',
    )
    attributes = parser.add_mutually_exclusive_group()
    attributes.add_argument(
        '--attr-thr',
        type=float,
        help="least attribute score (default: the config's attr_score_thr)",
    )
    attributes.add_argument(
        '--thresholds',
        type=Path,
        help='file of tools/calibrate_thresholds.py, in place of --attr-thr',
    )
    parser.add_argument(
        '--batch-size',
        type=int,
        default=1,
        help='pictures that the network sees at once; more are faster on a GPU '
        '(default: 1)',
    )
    parser.add_argument('--device', help='such as cpu (default: a GPU if there is one)')


def load_backend(request: NetworkRequest, threads: int = 0) -> Backend:
    """Load a network.

    Args:
        request (NetworkRequest): says which.
        threads (int): of the CPU, for an exported network; 0 leaves it to onnxruntime.

    Returns:
        Backend: for a `FashionInferencer`.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file is not sound, or too many are given.
    """
    if request.exported is None:
        return MMDetBackend(request.config, request.checkpoint, request.device)
    if request.config is not None or request.checkpoint is not None:
        raise ValueError('--exported has its config and weights in it: give it alone')
    try:
        # Not above: who predicts with a checkpoint need not have onnxruntime.
        from ..inferencer.exported_backend import ExportedBackend
    except ModuleNotFoundError as error:
        raise ValueError(
            f'--exported needs {error.name}: pip install -r requirements/export.txt'
        ) from error
    return ExportedBackend(request.exported, request.device, threads)


def load_inferencer(
    request: NetworkRequest, backend: Backend | None = None, turn: bool = True
) -> FashionInferencer:
    """A network at the thresholds of a request.

    Args:
        request (NetworkRequest): says all.
        backend (Backend | None): network in place of the request's.
        turn (bool): whether files are turned as EXIF says.

    Returns:
        FashionInferencer: ready.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file or threshold is not sound.
    """
    return FashionInferencer(
        backend=backend or load_backend(request),
        score_thr=request.least_score,
        attr_thr=request.thresholds or request.attr_thr,
        turn=turn,
    )


def network_settings(inferencer: FashionInferencer) -> dict[str, str]:
    """What predictions that stand together have in common, in words.

    Args:
        inferencer (FashionInferencer): that makes them.

    Returns:
        dict[str, str]: for `check_settings`.
    """
    return {
        'network (config or checkpoint)': inferencer.backend.identity,
        '--score-thr': str(inferencer.score_thr),
        'attribute threshold': _short(inferencer.attr_thr),
    }


def check_settings(
    folder: str | Path, before: dict[str, str], now: dict[str, str]
) -> None:
    """Refuse to go on with a folder of predictions that were made otherwise.

    Args:
        folder (str | Path): where they are.
        before (dict[str, str]): settings that they were made with.
        now (dict[str, str]): settings of this run.

    Raises:
        ValueError: naming the first that differs.
    """
    for name in [*before, *now]:
        if before.get(name) != now.get(name):
            raise ValueError(
                f'{folder} holds predictions made with another {name} '
                f'({before.get(name)}, now {now.get(name)}): go on with that one, '
                'take another --out, or start anew with --overwrite'
            )


def _short(thresholds: float | np.ndarray) -> str:
    if isinstance(thresholds, float):
        return str(thresholds)
    return f'table {hashlib.sha256(thresholds.tobytes()).hexdigest()[:16]}'
