"""From the flags of tools/export.py to a file."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...datasets.whole_file import whole_file
from ..exported.metadata import Metadata
from ..inferencer import MMDetBackend, Vocabulary
from ..inferencer.selection import read_thresholds
from .check_written import check_written
from .description import describe
from .onnx_file import trace, write_onnx
from .program import Program, attr_head_of
from .supported import check_supported


@dataclass(frozen=True)
class ExportRequest:
    """What tools/export.py is asked for.

    Attributes:
        config: path of the config.
        checkpoint: path of the checkpoint.
        out: file to write, ending in .onnx.
        thresholds: file of tools/calibrate_thresholds.py; None takes the config's
            ``attr_score_thr``.
    """

    config: str
    checkpoint: str
    out: Path
    thresholds: Path | None = None


def run_export(request: ExportRequest, say: Callable[[str], None] = print) -> None:
    """Write a network as one program.

    Args:
        request (ExportRequest): what to do.
        say (Callable): is told how it went.

    Raises:
        OSError: if a file is missing or cannot be written.
        ValueError: if a file is not sound, config and checkpoint do not belong
            together, the checkpoint is of another taxonomy, or a part of the network
            cannot be exported.
    """
    _check_out(request.out)
    backend = MMDetBackend(request.config, request.checkpoint, 'cpu')
    check_supported(backend.model)
    vocabulary = Vocabulary.from_meta(backend.dataset_meta)
    _check_sizes(backend.model, vocabulary)
    given = request.thresholds or backend.attr_score_thr
    thresholds = read_thresholds(given, vocabulary)
    metadata = describe(
        backend, vocabulary, thresholds, request.config, request.checkpoint
    )
    program = Program(backend.model)
    say('tracing the network, which takes a minute or so')
    _write(program, metadata, request.out)
    size = request.out.stat().st_size / 2**20
    say(f'{request.out}: {size:,.1f} MiB, gives {", ".join(program.output_names)}')


def _write(program: Program, metadata: Metadata, out: Path) -> None:
    """Trace, write and check; the file is whole and sound, or not there at all."""
    divisor = metadata.picture.divisor
    traced = trace(program, divisor)
    with whole_file(out) as half:
        write_onnx(traced, half, program.output_names, metadata)
        check_written(half, program, divisor)


def _check_out(out: Path) -> None:
    if out.suffix != '.onnx':
        raise ValueError(f'--out {out} should end in .onnx')
    if not out.parent.is_dir():
        raise FileNotFoundError(f'there is no folder {out.parent} to write to')
    if not os.access(out.parent, os.W_OK):
        raise PermissionError(
            f'{out.parent} cannot be written; name another file with --out'
        )


def _check_sizes(model, vocabulary: Vocabulary) -> None:
    """See that labels and outputs of the network are equally many."""
    heads = model.roi_head.bbox_head
    box_head = heads[-1] if hasattr(heads, '__len__') else heads
    attr_head = attr_head_of(model)
    pairs = {
        'categories': (box_head.num_classes, len(vocabulary.categories)),
        'attributes': (
            attr_head.num_attrs if attr_head else len(vocabulary.attributes),
            len(vocabulary.attributes),
        ),
    }
    for what, (given, named) in pairs.items():
        if given != named:
            raise ValueError(
                f'the network tells {given} {what} apart, the checkpoint names '
                f'{named}: config and checkpoint do not belong together'
            )
