"""Inputs that once failed, seeds and cuts of them, through every reader."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, seeds

CORPUS = Path(__file__).parent / 'corpus'


@pytest.mark.parametrize('name', sorted(TARGETS))
def test_sound_inputs_and_their_cuts(name):
    for data in seeds(name):
        TARGETS[name](data)
        for cut in range(0, len(data), max(1, len(data) // 8)):
            TARGETS[name](data[:cut])


@pytest.mark.parametrize('path', sorted(CORPUS.glob('*/*')), ids=lambda p: p.name)
def test_what_once_failed(path):
    TARGETS[path.parent.name](path.read_bytes())
