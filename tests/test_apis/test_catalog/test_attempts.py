"""Pictures that the process which looks at them dies of."""

import pandas as pd
import pytest

from projects.fashion_attr.apis.catalog.attempts import Attempts
from projects.fashion_attr.apis.catalog.places import find_place
from tests.catalogs import go, read_rows, without_ray, write_pictures
from tests.fake_backend import FakeBackend


class Died(BaseException):
    """A process that ends where it is."""


class Deadly(FakeBackend):
    """Ends the process at pictures with 2 garments."""

    died = 0

    def predict(self, loaded, least_score=0.0):
        """See the class."""
        if any(image[0, 0, 0] == 2 for image in loaded):
            Deadly.died += 1
            raise Died
        return super().predict(loaded, least_score)


@pytest.fixture(autouse=True)
def no_ray(monkeypatch):
    """One chunk after the other."""
    without_ray(monkeypatch)


def go_on(images, out, **settings):
    """As often as it takes; gives how often the process died."""
    Deadly.died = 0
    for _ in range(100):
        try:
            go(images, out, Deadly, **settings)
        except Died:
            continue
        return Deadly.died
    raise AssertionError('without end')


# Each chunk with a deadly picture dies while nobody looks, and twice for each when
# somebody does: 2 chunks with one, or 2 with two.
@pytest.mark.parametrize('number, size, deaths', [(9, 1, 6), (16, 100, 10)])
def test_deadly_pictures_are_passed_over(tmp_path, number, size, deaths):
    images = write_pictures(tmp_path / 'images', number)
    assert go_on(images, tmp_path / 'out', part_size=size, batch_size=3) == deaths
    rows = read_rows(tmp_path / 'out').set_index('path')
    failed = rows[rows['status'] != 'ok']['error'].to_dict()
    assert 'cannot be read' in failed.pop('bad.png')
    deadly = [f'f0/{n // 2}.png' for n in range(2, number, 4)]
    assert failed == dict.fromkeys(deadly, '2 workers died while they looked at it')
    assert list((tmp_path / 'out/attempts').iterdir()) == []
    go(images, tmp_path / 'out', retry_failed=True)
    go(images, tmp_path / 'whole')
    pd.testing.assert_frame_equal(
        read_rows(tmp_path / 'out'), read_rows(tmp_path / 'whole')
    )


def test_a_machine_that_kills_whatever_is_looked_at_ends_the_run(tmp_path):
    images = write_pictures(tmp_path / 'images', 40)  # 10 are deadly
    with pytest.raises(
        ValueError,
        match='9 workers died at one part, at 4 of its pictures, the last f0/15',
    ):
        go_on(images, tmp_path / 'out', part_size=100)
    assert Deadly.died == 1 + 2 * 4


@pytest.mark.parametrize('text', ['', '{"deaths"', '[]', '{"deaths": 3, "at": null}'])
def test_a_note_that_was_cut_off_is_one_of_an_attempt_that_died(tmp_path, text):
    note = tmp_path / 'note.json'
    assert not Attempts(find_place(note)).careful
    note.write_text(text)
    attempts = Attempts(find_place(note))
    assert attempts.careful and not attempts.is_deadly('x.png')
    attempts.end()
    attempts.end()
    assert not note.exists()


def test_workers_that_die_elsewhere_end_the_run_as_well(tmp_path):
    note = find_place(tmp_path / 'note.json')
    for _ in range(20):
        Attempts(note).begin()
    with pytest.raises(ValueError, match='20 workers died at one part: the machine'):
        Attempts(note)
    assert not Attempts(note).careful


def test_attempts_count_where_they_died(tmp_path):
    note = find_place(tmp_path / 'note.json')
    Attempts(note).begin()
    Attempts(note).begin('a.png')
    second = Attempts(note)
    assert not second.is_deadly('a.png')
    second.begin('a.png')
    third = Attempts(note)
    assert third.is_deadly('a.png') and not third.is_deadly('b.png')
    third.begin('b.png')
    fourth = Attempts(note)
    assert fourth.is_deadly('a.png') and not fourth.is_deadly('b.png')
