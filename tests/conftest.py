"""Fixtures that the whole suite shares."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope='session')
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """Real rows and pictures beside the checkout; skips where they are absent."""
    folder = ROOT.parent / 'shared' / 'data'
    if not folder.is_dir():
        pytest.skip(f'no real sample data at {folder}')
    return folder
