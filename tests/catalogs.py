"""A small catalogue, and its prediction in this process, without Ray."""

from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from projects.fashion_attr.apis.catalog import CatalogRequest, run, run_catalog
from projects.fashion_attr.apis.catalog.worker import RowWorker, Worked
from tests.fake_backend import FakeBackend

NUM_PICTURES = 9


def write_pictures(folder: Path, number: int = NUM_PICTURES) -> Path:
    """Pictures with 0, 1, 2, 3, 0, 1, ... garments for a `FakeBackend`.

    Half are in f0/, half in f1/; bad.png is none.
    """
    for n in range(number):
        path = folder / f'f{n % 2}' / f'{n // 2}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((8, 6, 3), n % 4, np.uint8))
    (folder / 'bad.png').write_text('no picture')
    return folder


def read_rows(out: Path) -> pd.DataFrame:
    """All rows of a catalogue, by path."""
    rows = pd.read_parquet(out / 'pictures.parquet')
    return rows.sort_values('path').reset_index(drop=True)


def go(images, out, make_backend=FakeBackend, **settings) -> list[str]:
    """Run to the end; gives what was said."""
    said = []
    given = dict(part_size=2, workers=1, device='cpu') | settings
    run_catalog(
        CatalogRequest(str(images), str(out), **given), said.append, make_backend
    )
    return said


def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chunks be done one after the other, in this process."""

    @contextmanager
    def cluster(address, workers):
        yield None

    def work_off(ray, job, numbers, workers):
        worker = RowWorker(job)
        for number in numbers:
            yield Worked(**worker(dict(item=number)))

    monkeypatch.setattr(run, 'check_cluster', lambda address, device: None)
    monkeypatch.setattr(run, 'cluster', cluster)
    monkeypatch.setattr(run, 'choose_workers', lambda ray, request, say: ('cpu', 1))
    monkeypatch.setattr(run, 'work_off', work_off)
