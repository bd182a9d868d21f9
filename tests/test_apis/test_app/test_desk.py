"""What the page answers: thresholds, filters, downloads, one user beside another."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools import mask as mask_utils

from projects.fashion_attr.apis.app import Choice, Desk, UploadLimits
from projects.fashion_attr.apis.app import session as session_module
from projects.fashion_attr.apis.app.desk import WELCOME
from projects.fashion_attr.apis.app.session import enlarged
from projects.fashion_attr.apis.app.view import make_view
from projects.fashion_attr.apis.inferencer import FashionInferencer
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_NAMES
from tests.fake_backend import FakeBackend

ALL = Choice(0.05, 0.4)
# Of three garments: a sleeve at 0.9, a dress at 0.8, a shoe at 0.7; each with the
# attribute of its number at 0.9 and the next one at 0.3.
NAMES = ATTRIBUTE_NAMES[:4]


def upload(folder, number=3, name='look.png', size=(64, 48)):
    """Path of a picture that has so many garments for the fake network."""
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / name), np.full((*size, 3), number, np.uint8))
    return str(folder / name)


@pytest.fixture
def desk(tmp_path):
    """A desk with the fake network."""
    (tmp_path / 'out').mkdir()
    return Desk(FashionInferencer(backend=FakeBackend()), tmp_path / 'out')


@pytest.fixture
def user(desk, tmp_path):
    """A user with a picture of three garments at hand."""
    return desk.look(None, upload(tmp_path / 'in'), ALL)[0]


def found(shown) -> list[tuple[str, list[str]]]:
    """Garments and their attributes, of the JSON."""
    table = json.loads(Path(shown.table).read_text())
    return [
        (g['category'], [a['name'] for a in g['attributes']]) for g in table['garments']
    ]


@pytest.mark.parametrize(
    'choice, garments, message',
    [
        (ALL, 'sleeve 0, dress 1, shoe 2', '3 garments, 3 attributes'),
        (Choice(0.85, 0.4), 'sleeve 0', '1 garment, 1 attribute<'),
        (Choice(0.75, 0.2), 'sleeve 0 1, dress 1 2', '2 garments, 4 attributes'),
        (Choice(0.75, 0.95), 'sleeve, dress', '2 garments, 0 attributes'),
        (Choice(0.95, 0.4), '', 'No garment reaches a score of 0.95: lower the thre'),
        (Choice(0.05, 0.4, ['shoe']), 'shoe 2', '1 of 3 garments, 1 attribute<'),
        (Choice(0.05, 0.4, ['shoe', 'dress']), 'dress 1, shoe 2', '2 of 3 garments'),
        (Choice(0.05, 0.4, [], [NAMES[1]]), 'dress 1', '1 of 3 garments'),
        (Choice(0.05, 0.2, [], [NAMES[1]]), 'sleeve 0 1, dress 1 2', '2 of 3'),
        (Choice(0.05, 0.4, ['shoe'], [NAMES[0]]), '', 'None of the 3 garments passes'),
    ],
)
def test_thresholds_and_filters_choose(choice, garments, message, desk, user):
    shown = desk.show(user, choice)
    wanted = []
    for words in garments.split(', ') if garments else ():
        name, *numbers = words.split()
        wanted.append((name, [NAMES[int(n)] for n in numbers]))
    assert found(shown) == wanted
    assert message in shown.message
    assert shown.cards.count('<li>') == len(wanted)


def test_network_runs_once_for_a_picture(desk, user):
    for score in (0.1, 0.5, 0.9):
        desk.show(user, Choice(score, score, ['shoe']))
    assert desk.inferencer.backend.batches == [1]


def test_counts_to_filter_by_are_those_before_filters(desk, user):
    shown = desk.show(user, Choice(0.05, 0.2, ['shoe'], [NAMES[3]]))
    assert shown.categories == dict(dress=1, shoe=1, sleeve=1)
    ones = dict.fromkeys(sorted((NAMES[0], NAMES[3])), 1)
    assert shown.attributes == {**dict.fromkeys(sorted(NAMES[1:3]), 2), **ones}
    assert list(shown.attributes)[:2] == sorted(NAMES[1:3])  # commonest first


def test_picture_shows_what_passes_alone(desk, user):
    inferencer, session = desk.inferencer, user.session
    drawn = make_view(inferencer, session, Choice(0.05, 0.4, ['shoe'])).drawn
    alone = inferencer.draw(session.picture(), session.seen.take([2]), 0.05, 0.4)
    everything = make_view(inferencer, session, ALL).drawn
    assert np.array_equal(drawn, alone)
    assert drawn.shape != everything.shape or not np.array_equal(drawn, everything)
    written = cv2.imread(desk.show(user, ALL).picture)
    assert written.shape == everything.shape
    assert np.abs(written[..., ::-1].astype(int) - everything).mean() < 4


def test_calibrated_thresholds_are_the_inferencers(desk, user):
    thresholds = np.ones(294)
    thresholds[1] = 0.3
    desk.inferencer.attr_thr = thresholds
    shown = desk.show(user, Choice(0.05, None))
    assert found(shown) == [
        ('sleeve', [NAMES[1]]),
        ('dress', [NAMES[1]]),
        ('shoe', []),
    ]
    assert json.loads(Path(shown.table).read_text())['attr_thr'] == 'calibrated'


def test_json_says_what_it_was_chosen_by(desk, user):
    table = json.loads(
        Path(desk.show(user, Choice(0.1, 0.2, ['shoe'])).table).read_text()
    )
    assert (table['picture'], table['width'], table['height']) == ('look.png', 48, 64)
    assert (table['score_thr'], table['attr_thr']) == (0.1, 0.2)
    assert (table['categories'], table['attributes']) == (['shoe'], [])


def test_large_pictures_are_reduced_and_results_are_not(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(session_module, 'MAX_EDGE', 32)
    user, shown = desk.look(None, upload(tmp_path / 'in'), ALL)
    assert user.session.picture().source.shape == (32, 24, 3)
    table = json.loads(Path(shown.table).read_text())
    assert (table['width'], table['height']) == (48, 64)
    for n, garment in enumerate(table['garments']):
        assert garment['box'] == [0, 2 * n, 48, 64]
        mask = mask_utils.decode(garment['mask'])
        assert mask.shape == (64, 48)
        assert not mask[: 2 * n].any() and mask[2 * n :].all()


def test_results_of_a_picture_of_the_same_size_are_kept_once(user):
    session = user.session
    assert session.full is session.seen
    # 3 x (label 8, score 4, box 16, attributes 294 x 4 bytes), masks, the picture.
    masks = sum(len(mask['counts']) for mask in session.seen.masks)
    assert session.nbytes == 3 * (28 + 294 * 4) + masks + len(session.jpeg)


def test_enlarging_shares_scores(user):
    seen = user.session.seen
    large = enlarged(seen, (128, 48))
    assert large.scores is seen.scores and large.attr_scores is seen.attr_scores
    assert large.boxes[1].tolist() == [0, 2, 48, 128]
    assert enlarged(seen.take([]), (128, 48)).masks == []


def test_users_have_nothing_in_common(desk, tmp_path):
    first, shown = desk.look(None, upload(tmp_path / 'in', 1, 'a.png'), ALL)
    second, other = desk.look(None, upload(tmp_path / 'in', 2, 'b.png'), ALL)
    assert len(found(shown)) == 1 and len(found(other)) == 2
    assert len(found(desk.show(first, ALL))) == 1
    assert not Path(shown.table).is_relative_to(second.outbox.folder)
    second.outbox.close()
    assert not Path(other.table).exists() and Path(shown.table).exists()


def test_only_the_latest_files_are_kept(desk, user):
    shown = [desk.show(user, ALL) for _ in range(5)]
    paths = [(s.picture, s.table) for s in shown]
    assert len({path for pair in paths for path in pair}) == 10
    there = [[Path(path).exists() for path in pair] for pair in paths]
    assert there == [[False] * 2] * 2 + [[True] * 2] * 3


def test_refused_upload_leaves_the_reason_alone(desk, user, tmp_path):
    (tmp_path / '<b>x.png').write_text('no picture')
    user, shown = desk.look(user, str(tmp_path / '<b>x.png'), ALL)
    assert 'class="message failed" role="alert"' in shown.message
    assert '&lt;b&gt;x.png is no picture' in shown.message
    assert shown.picture is shown.table is None and shown.cards == ''
    assert desk.show(user, ALL) == desk.show(None, ALL) == WELCOME


def test_limits_are_the_desks(desk, tmp_path):
    tight = Desk(desk.inferencer, desk.folder, UploadLimits(megapixels=0.001))
    _, shown = tight.look(None, upload(tmp_path / 'in'), ALL)
    assert 'look.png has 48 x 64 pixels' in shown.message


@pytest.mark.parametrize(
    'name, stem',
    [
        ('my look (1).png', 'my_look_1_'),
        ('..png', '_'),
        ('Zoë.png', 'Zoë'),
        ('x' * 99 + '.png', 'x' * 60),
    ],
)
def test_downloads_are_called_after_the_picture(name, stem, desk, tmp_path):
    user, shown = desk.look(None, upload(tmp_path / 'in', name=name), ALL)
    assert Path(shown.table).name == f'{stem}_garments.json'
    assert Path(shown.picture).parent.parent == user.outbox.folder
