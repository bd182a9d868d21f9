"""Whether a written file does at other sizes what the network does.

A tracer turns numbers that a module has made of the picture's size into constants
without a word; such a file fails, or errs, at every other size than the one traced.
"""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from .program import Program

_SIZES = ((5, 9), (1, 4), (11, 7))  # height and width in divisors; (8, 6) was traced
_PIXELS, _SCORE = 0.5, 1e-3
# Noise has detections that are equally good but for rounding: some may change places.
_ENOUGH = 0.9


def check_written(path: Path, program: Program, divisor: int) -> None:
    """Hold a file against the program that it was made of, on noise.

    Args:
        path (Path): the file.
        program (Program): of the network.
        divisor (int): height and width are multiples of it.

    Raises:
        ValueError: if the file cannot be run, or finds something else.
    """
    generator = torch.Generator().manual_seed(0)
    try:
        options = ort.SessionOptions()
        options.log_severity_level = 4  # what is fatal; the rest is raised
        session = ort.InferenceSession(str(path), options, ['CPUExecutionProvider'])
        for rows, columns in _SIZES:
            height, width = divisor * rows, divisor * columns
            picture = torch.randn(1, 3, height, width, generator=generator)
            size = torch.tensor([height, width], dtype=torch.float32)
            found = session.run(None, dict(picture=picture.numpy(), size=size.numpy()))
            with torch.no_grad():
                wanted = [value.numpy() for value in program(picture, size)]
            _compare(found, wanted, (height, width))
    except ort.capi.onnxruntime_pybind11_state.Fail as error:
        raise ValueError(
            f'the exported network fails on {height} x {width} pixels, so a part of it '
            f'cannot be exported ({str(error).strip().splitlines()[0]})'
        ) from error


def _compare(
    found: list[np.ndarray], wanted: list[np.ndarray], size: tuple[int, int]
) -> None:
    """Boxes, scores and labels come first, whatever follows."""
    boxes, scores, labels = (
        a[:, None] - b[None] for a, b in zip(found[:3], wanted[:3], strict=True)
    )
    alike = (np.abs(boxes) <= _PIXELS).all(2) & (np.abs(scores) <= _SCORE)
    alike &= labels == 0
    number = max(alike.shape)
    met = min(alike.any(axis).sum() for axis in (0, 1))
    if met < _ENOUGH * number:
        raise ValueError(
            f'the exported network finds other garments on {size[0]} x {size[1]} '
            f'pixels, {number - met} of {number}, so a part of it cannot be exported'
        )
