"""From a program in PyTorch to an ONNX file."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from torch.export import Dim

from ..exported.metadata import Metadata
from .graph_ops import TRANSLATIONS
from .program import Program
from .traceable import FUNCTIONS

OPSET = 18
_EXAMPLE = (8, 6)  # height and width of the picture that is traced, in divisors


def trace(program: Program, divisor: int) -> torch.export.ExportedProgram:
    """The program as a graph, for pictures of any size.

    Args:
        program (Program): of the network.
        divisor (int): height and width are multiples of it.

    Returns:
        ExportedProgram: with operators of `graph_ops`.

    Raises:
        ValueError: if a part of the network does what no graph can hold.
    """
    height, width = (divisor * n for n in _EXAMPLE)
    # Noise: with a plain picture nothing might be found, and nothing be checked.
    picture = torch.randn(1, 3, height, width, generator=torch.Generator())
    size = torch.tensor([height, width], dtype=torch.float32)
    sides = {2: divisor * Dim('rows', min=2), 3: divisor * Dim('columns', min=2)}
    try:
        with torch.no_grad(), _traceable_functions(), _quiet():
            return torch.export.export(
                program,
                (picture, size),
                dynamic_shapes=(sides, {}),
                # Python's own tracing answers len() with a number of the example's.
                strict=True,
            )
    except (torch._dynamo.exc.TorchDynamoException, RuntimeError) as error:
        raise ValueError(
            f'the network cannot be exported: {_gist(error)}. What a graph cannot hold '
            'is Python that looks at computed values: write it with torch.where and '
            'the like'
        ) from error


def write_onnx(
    traced: torch.export.ExportedProgram,
    path: Path,
    output_names: list[str],
    metadata: Metadata,
) -> None:
    """Translate a graph and write it.

    Args:
        traced (ExportedProgram): see `trace`.
        path (Path): file to write.
        output_names (list[str]): of the program.
        metadata (Metadata): to put into it.

    Raises:
        OSError: if it cannot be written.
        ValueError: if the network has an operator that ONNX has not.
    """
    try:
        with _quiet():
            model = torch.onnx.export(
                traced,
                input_names=['picture', 'size'],
                output_names=output_names,
                opset_version=OPSET,
                custom_translation_table=TRANSLATIONS,
                verbose=False,
            ).model_proto
    except torch.onnx.OnnxExporterError as error:
        reason = re.search(r"^<class '.*'>: (.*)", str(error), re.MULTILINE)
        raise ValueError(
            'the network has what ONNX cannot hold: '
            f'{reason.group(1) if reason else _gist(error)}'
        ) from error
    onnx.helper.set_model_props(model, metadata.to_strings())
    onnx.save(model, path)


@contextmanager
def _traceable_functions() -> Iterator[None]:
    before = {name: getattr(F, name) for name in FUNCTIONS}
    try:
        for name, function in FUNCTIONS.items():
            setattr(F, name, function)
        yield
    finally:
        for name, function in before.items():
            setattr(F, name, function)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporters' remarks, and the thousands of lines before an error."""
    loggers = [logging.getLogger(name) for name in ('torch.onnx', 'torch')]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter('ignore')
            with redirect_stderr(StringIO()):
                yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _gist(error: Exception) -> str:
    """What is wrong and in which line of whose code."""
    text = str(error)
    first = text.strip().split('\n')[0] or type(error).__name__
    frames = re.findall(r'File "(.+)", line (\d+), in (\w+)', text)
    return f'{first} ({"{}, line {}, in {}".format(*frames[-1])})' if frames else first
