"""Labels against geometry and pixels, one garment at a time."""

import numpy as np
import pytest

from projects.fashion_attr.datasets import taxonomy
from projects.fashion_attr.datasets.toy_wardrobe import (
    bottoms,
    cloth,
    figure,
    geometry,
    outfit,
    parts,
    sleeves,
    tops,
    writer,
)
from projects.fashion_attr.datasets.toy_wardrobe.canvas import Canvas, View
from projects.fashion_attr.datasets.toy_wardrobe.patterns import PATTERNS, PLAIN, Fabric
from projects.fashion_attr.datasets.toy_wardrobe.pieces import Piece, Tag, pick, tags
from projects.fashion_attr.datasets.toy_wardrobe.scene import _annotation

SCALE = 30
VIEW = View(np.array([[SCALE, 0.0, 100], [0, SCALE, 10]]))
RED = Fabric((200.0, 40.0, 40.0))


def body(seed=0):
    return figure.sample_body(np.random.default_rng(seed))


def painted(*pieces, size=(240, 200)):
    canvas = Canvas(np.zeros((*size, 3), np.float32))
    for piece in pieces:
        canvas.paint(piece, VIEW)
    return canvas


def garments(sample, wanted, count=150):
    """(length, lowest point, area) of garments of one category."""
    found = {}
    for seed in range(count):
        garment = sample(np.random.default_rng([7, seed]), body(seed))
        if garment.host.category != wanted:
            continue
        lengths = [t for t in garment.host.tags if t.name in bottoms.HEMS]
        lowest = max(outline[:, 1].max() for outline in garment.host.outlines)
        found.setdefault(lengths[0].name, []).append(lowest)
    return found


class TestLengths:
    def test_longer_skirts_reach_lower(self):
        reach = garments(bottoms.sample_bottom, 'skirt')
        order = [n for n in bottoms.HEMS if n in reach]
        means = [np.mean(reach[name]) for name in order]
        assert len(order) >= 4
        assert means == sorted(means)
        assert means[-1] - means[0] > 1.5

    def test_longer_sleeves_cover_more_of_the_arm(self):
        areas = []
        for length in sleeves.REACH:
            rng = np.random.default_rng(5)
            pair = sleeves.sleeves(
                rng, body(), RED, {length: 1.0}, kinds={'set-in sleeve': 1.0}
            )
            assert all(length in [t.name for t in piece.tags] for piece in pair)
            areas.append(painted(pair[0]).placed[0].mask.sum())
        assert areas == sorted(areas) and areas[-1] > 2 * areas[0]

    def test_sleeveless_has_no_sleeve(self):
        rng = np.random.default_rng(0)
        assert sleeves.sleeves(rng, body(), RED, {'sleeveless': 1.0}) == ()

    @pytest.mark.parametrize('length', ['above-the-hip (length)', 'hip (length)'])
    def test_tops_end_about_the_hip(self, length):
        hem = tops.top_hem(np.random.default_rng(1), length)
        assert (hem > figure.HIP - 0.2) == (length == 'hip (length)')


class TestPatterns:
    @pytest.mark.parametrize('name', [n for n in PATTERNS if n != PLAIN])
    def test_patterned_cloth_varies_more_than_plain(self, name):
        outline = geometry.box((0, 3), (2.4, 3))
        plain = Fabric((230.0, 230.0, 230.0))
        printed = Fabric((230.0, 230.0, 230.0), (30.0, 30.0, 30.0), name)
        spread = [
            canvas.picture[canvas.placed[0].mask].std()
            for canvas in (
                painted(Piece((outline,), fabric, 'skirt'))
                for fabric in (plain, printed)
            )
        ]
        assert spread[1] > 2 * spread[0]

    @pytest.mark.parametrize('name', PATTERNS)
    def test_cover_lies_in_0_and_1(self, name):
        v, u = np.mgrid[-4:4:50j, -4:4:50j]
        cover = PATTERNS[name](u, v)
        assert cover.shape == u.shape
        assert cover.min() >= 0 and cover.max() <= 1

    def test_every_cloth_has_one_pattern_one_technique_one_material(self):
        for seed in range(60):
            fabric = cloth.sample_fabric(np.random.default_rng(seed))
            names = [tag.name for tag in cloth.surface_tags(fabric)]
            assert names[2] == fabric.pattern
            assert len(set(names)) == 3


class TestNecklines:
    @pytest.mark.parametrize(
        'kind, deeper_than',
        [
            ('v-neck', 'round (neck)'),
            ('plunging (neckline)', 'v-neck'),
            ('round (neck)', 'boat (neck)'),
            ('boat (neck)', 'turtle (neck)'),
        ],
    )
    def test_depth(self, kind, deeper_than):
        assert parts.opening(kind)[-1, 1] > parts.opening(deeper_than)[-1, 1]

    @pytest.mark.parametrize(
        'kind', [k for k in parts.NECKLINES if k != 'one shoulder']
    )
    def test_opening_ends_on_the_axis(self, kind):
        assert parts.opening(kind)[-1, 0] == 0

    def test_square_is_flat_below_and_v_is_pointed(self):
        flat = parts.opening('square (neckline)')
        pointed = parts.opening('v-neck')
        assert flat[-1, 1] == flat[-2, 1]
        assert pointed[-1, 1] > pointed[-2, 1] + 0.5


class TestCanvas:
    """Two overlapping boxes: A behind (x -1..1), B in front (x 0..2)."""

    def pair(self, **front):
        a = Piece((geometry.box((0, 3), (2, 2)),), RED, 'coat', family=1)
        b = Piece((geometry.box((1, 3), (2, 2)),), RED, **front)
        return [placed.mask for placed in painted(a, b).placed]

    def test_occluder_takes_pixels(self):
        behind, front = self.pair(category='bag, wallet')
        assert not (behind & front).any()
        assert behind.sum() == pytest.approx(2 * SCALE**2, rel=0.1)

    def test_skin_takes_pixels_and_has_no_mask(self):
        (behind,) = self.pair()
        assert behind.sum() == pytest.approx(2 * SCALE**2, rel=0.1)

    def test_part_lies_within_its_garment(self):
        host, part = self.pair(category='pocket', family=1)
        assert host.sum() == pytest.approx(4 * SCALE**2, rel=0.1)
        assert (part & ~host).sum() == 0 < part.sum()

    def test_sleeve_extends_its_garment(self):
        host, part = self.pair(category='sleeve', family=1, extends=True)
        assert host.sum() == pytest.approx(6 * SCALE**2, rel=0.1)
        assert (part & ~host).sum() == 0

    def test_families_of_two_figures_are_apart(self):
        first = Piece((geometry.box((0, 3), (2, 2)),), RED, 'coat', family=1)
        canvas = painted(first)
        other = View(VIEW.matrix)
        sleeve = Piece(first.outlines, RED, 'sleeve', family=1, extends=True)
        canvas.paint(sleeve, other)
        assert canvas.placed[0].mask.sum() == 0 < canvas.placed[1].mask.sum()

    def test_piece_outside_the_picture_has_an_empty_mask(self):
        far = Piece((geometry.box((50, 3), (2, 2)),), RED, 'coat')
        assert painted(far).placed[0].mask.sum() == 0

    def test_view_inverse(self):
        view = View(np.array([[20, 3.0, 90], [-3, 20, 8]]), sway=0.1)
        points = np.array([[0.5, 3.3], [-0.8, 6.0], [0.0, 0.0]])
        x, y = view.inverse(*view(points).T)
        np.testing.assert_allclose(np.stack([x, y], 1), points, atol=1e-9)


class TestReadable:
    """A label stays only where what it says can be seen."""

    def ids(self, tag, *cover):
        piece = Piece((geometry.box((0, 3), (2, 2)),), RED, 'skirt', (tag,))
        return _annotation(painted(piece, *cover).placed[0]).attribute_ids

    def lid(self, y, height):
        return Piece((geometry.box((0, y), (3, height)),), RED, 'bag, wallet')

    def test_hem_that_is_seen(self):
        assert self.ids(Tag('midi', (0.0, 4.0))) == (153,)

    def test_hem_that_is_covered(self):
        assert self.ids(Tag('midi', (0.0, 4.0)), self.lid(4, 1.0)) == ()

    def test_hem_that_is_outside_the_picture(self):
        assert self.ids(Tag('midi', (0.0, 40.0))) == ()

    def test_shape_needs_enough_of_the_piece(self):
        (shape,) = tags('a-line')
        assert self.ids(shape, self.lid(2, 0.6)) == (129,)
        assert self.ids(shape, self.lid(2.6, 2.4)) == ()


def test_every_tag_and_category_is_in_the_taxonomy():
    for seed in range(80):
        rng = np.random.default_rng(seed)
        for piece in outfit.sample_outfit(rng, figure.sample_body(rng)):
            assert not piece.category or piece.category in taxonomy.CATEGORY_NAMES
            assert {tag.id for tag in piece.tags} <= set(taxonomy.ATTRIBUTE_IDS)
            assert len({tag.id for tag in piece.tags}) == len(piece.tags) <= 9


def test_pick_follows_the_weights():
    rng = np.random.default_rng(0)
    drawn = [pick(rng, {'often': 0.9, 'never': 0.0, 'seldom': 0.1}) for _ in range(600)]
    assert drawn.count('never') == 0
    assert 30 < drawn.count('seldom') < 100


@pytest.mark.parametrize(
    'mask, code',
    [
        ([[1, 0], [1, 0]], '1 2'),
        ([[0, 1], [0, 0]], '3 1'),
        ([[1, 1], [0, 1]], '1 1 3 2'),
        ([[0, 0], [0, 0]], ''),
    ],
    ids=['first column', 'one pixel', 'two runs', 'empty'],
)
def test_encode_mask(mask, code):
    assert writer.encode_mask(np.array(mask, bool)) == code


@pytest.mark.parametrize(
    'settings, message',
    [
        (dict(images=0), '--images should be at least 1, got 0'),
        (dict(images=1, size=(300, 200)), 'least <= greatest, got 300 200'),
        (dict(images=1, size=(10, 20)), '--size should be two longest edges'),
        (dict(images=1, workers=0), '--workers should be at least 1, got 0'),
        (dict(images=1, seed=-1), '--seed should be 0 or more, got -1'),
    ],
    ids=['images', 'order of sizes', 'tiny', 'workers', 'seed'],
)
def test_settings_that_make_no_sense(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        writer.write_wardrobe(tmp_path / 'out', **settings)
    assert not (tmp_path / 'out').exists()
