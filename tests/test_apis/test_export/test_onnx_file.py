"""What graphs and ONNX cannot hold is named in one line."""

import pytest
import torch
from torch import nn

from projects.fashion_attr.apis.export.check_written import check_written
from projects.fashion_attr.apis.export.onnx_file import trace, write_onnx
from projects.fashion_attr.apis.exported import Metadata, PicturePlan

METADATA = Metadata([], [], None, PicturePlan((64, 64)), 0.3, 0.5, 0.4, 'abc', {})


class Looks(nn.Module):
    """Decides by what it has computed."""

    def forward(self, picture, size):
        """Never the same path."""
        return (picture * 2 if picture.sum() > 3 else picture,)


class Bessel(nn.Module):
    """Has an operator that ONNX has not."""

    def forward(self, picture, size):
        """Bessel function of the picture."""
        return (torch.special.bessel_j0(picture),)


class Counts(nn.Module):
    """Finds one box, as large as the picture, or as the one that was traced."""

    def __init__(self, bakes):
        super().__init__()
        self.bakes = bakes

    def forward(self, picture, size):
        """Boxes, scores and labels."""
        height = picture.shape[2]
        if self.bakes and torch.compiler.is_compiling():
            height = 256
        box = torch.tensor([0.0, 0, 1, 1]) * height
        scores = picture.mean().sigmoid()[None]
        return box[None], scores, torch.zeros(1, dtype=torch.int64)


@pytest.mark.parametrize('bakes', [False, True])
def test_a_file_that_knows_one_size_is_refused(tmp_path, bakes):
    program = Counts(bakes)
    path = tmp_path / 'x.onnx'
    write_onnx(trace(program, 32), path, ['boxes', 'scores', 'labels'], METADATA)
    if not bakes:
        check_written(path, program, 32)
        return
    with pytest.raises(ValueError, match='other garments on 160 x 288 pixels, 1 of 1'):
        check_written(path, program, 32)


def test_a_look_at_values_is_refused_with_its_line(capfd):
    message = r'exported: Data-dependent branching \(.*test_onnx_file.py, line \d+, in'
    with pytest.raises(ValueError, match=message):
        trace(Looks(), 32)
    assert capfd.readouterr() == ('', '')


def test_an_unknown_operator_is_refused_by_name(tmp_path):
    traced = trace(Bessel(), 32)
    with pytest.raises(ValueError, match='what ONNX cannot hold: No ONNX.*bessel_j0'):
        write_onnx(traced, tmp_path / 'x.onnx', ['y'], METADATA)
    assert not [*tmp_path.iterdir()]
