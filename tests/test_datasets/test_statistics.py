"""Counts over annotation files: a set worked out by hand, and plain loops."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_wardrobe import small_wardrobe

from projects.fashion_attr.datasets import statistics
from projects.fashion_attr.datasets.object_table import ObjectTable, joined
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTES, CATEGORIES

NUM_LABELS = 4


def annotation(**fields) -> dict:
    """One object of picture 1 with a box of 2 x 3 pixels."""
    usual = dict(id=7, image_id=1, category_id=0, attribute_ids=[], bbox=[0, 0, 2, 3])
    return usual | fields


def coco(*annotations) -> dict:
    """One picture of 10 x 20 pixels with these objects."""
    images = [dict(id=1, file_name='a.jpg', height=10, width=20)]
    return dict(images=images, annotations=list(annotations))


@pytest.fixture(scope='module')
def table():
    return ObjectTable.from_coco(small_wardrobe())


def test_counts_of_a_set_worked_out_by_hand(table):
    assert table.num_images == 3 and table.num_objects == 5
    assert statistics.count_categories(table).tolist() == [3, 1, 1]
    assert statistics.count_attributes(table).tolist() == [3, 2, 1, 0]
    assert statistics.count_pairs(table).tolist() == [
        [3, 1, 0, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
    ]
    assert statistics.count_together(table).tolist() == [
        [3, 1, 0, 0],
        [1, 2, 1, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
    ]
    assert statistics.attributes_per_object(table).tolist() == [2, 1, 1, 2, 0]
    assert statistics.objects_per_image(table).tolist() == [3, 2, 0]
    assert statistics.count_only(table, np.array([True, False, False, False])) == 2
    assert statistics.catch_all(table.attributes).tolist() == [True] + [False] * 3


def test_sizes_of_a_set_worked_out_by_hand(table):
    areas = statistics.relative_areas(table).tolist()
    assert areas == [0.01, 0.0512, 0.5, 0.4608, 1.0]
    # 1,024 is 32 x 32: medium already. 9,216 is 96 x 96: large already.
    assert table.area.tolist() == [200, 1024, 10000, 9216, 20000]
    assert statistics.count_sizes(table).tolist() == [1, 1, 3]
    quantiles = statistics.area_quantiles(table, (0, 0.5, 1))
    np.testing.assert_allclose(quantiles[0], [0.01, 0.0512, 0.5])
    np.testing.assert_allclose(quantiles[1], [0.4608] * 3)


def test_category_without_objects_has_no_area():
    table = ObjectTable.from_coco(coco(annotation()))
    quantiles = statistics.area_quantiles(table, (0.5,))
    assert np.flatnonzero(~np.isnan(quantiles[:, 0])).tolist() == [0]


def test_lift_is_observed_over_expected():
    together = np.array([[4, 2, 0], [2, 5, 0], [0, 0, 0]])
    counts = np.diagonal(together)
    lifts = statistics.lift(together, counts, counts, total=10)
    # 2 of 10 have both; 4/10 x 5/10 of 10 would by chance.
    assert lifts[0, 1] == lifts[1, 0] == 1.0
    assert lifts[0, 0] == 2.5
    assert np.isnan(lifts[2]).all()


@pytest.mark.parametrize(
    'least, most, expected',
    [
        pytest.param(1, 9, [[1, 2], [0, 1], [0, 2]], id='all'),
        pytest.param(2, 9, [[0, 1], [0, 2]], id='often enough'),
        pytest.param(1, 1, [[1, 2]], id='first'),
        pytest.param(9, 9, [], id='none'),
    ],
)
def test_strongest_pairs(least, most, expected):
    together = np.array([[9, 3, 2], [3, 9, 1], [2, 1, 9]])
    lifts = np.array([[1, 2, 0.5], [2, 1, 7], [0.5, 7, 1]])
    pairs = statistics.strongest_pairs(together, lifts, least, most)
    assert pairs.tolist() == expected


def test_rarer_than_gives_the_rarest_first():
    assert statistics.rarer_than(np.array([5, 0, 9, 4]), 5).tolist() == [1, 3]


def test_catch_all_attributes_are_in_the_taxonomy():
    assert statistics.catch_all(ATTRIBUTES).sum() == len(statistics.CATCH_ALL_NAMES)


def test_labels_are_the_taxonomys_where_the_file_has_none():
    table = ObjectTable.from_coco(coco(annotation(attribute_ids=[340, 0, 340])))
    assert table.categories == CATEGORIES and table.attributes == ATTRIBUTES
    assert table.pair_attribute.tolist() == [0, 293]
    assert table.area.tolist() == [6]


@pytest.mark.parametrize(
    'fields, message',
    [
        (dict(category_id=46), 'annotation 7 has the category_id 46, none of the 46'),
        (dict(image_id=2), 'annotation 7 has the image_id 2, none of the 1'),
        (dict(image_id=[1]), r'annotation 7 has the image_id \[1\], none of the 1'),
        (dict(attribute_ids=[284]), 'annotation 7 has the attribute id 284, none of'),
        (
            dict(attribute_ids=3),
            'annotation 7 has the attribute_ids 3; they are a list',
        ),
        (dict(attribute_ids=None), 'annotation 7 has no attribute_ids'),
        (dict(bbox=None), 'annotation 7 has neither bbox nor segmentation'),
        (dict(area=float('nan')), 'annotation 7 has the area nan'),
    ],
)
def test_unsound_annotation_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        ObjectTable.from_coco(coco(annotation(**fields)))


@pytest.mark.parametrize('number', [None, [], 'x', 1.5])
@pytest.mark.parametrize('key', ['images', 'categories', 'attributes'])
def test_ids_of_other_kinds_are_named(key, number):
    labels = [dict(id=0, name='a'), dict(id=number, name='b')]
    tables = coco(annotation(attribute_ids=[0], category_id=0))
    tables |= dict(categories=labels[:1], attributes=labels[:1])
    first = tables['images'][0]
    tables[key] = [first, dict(first, id=number)] if key == 'images' else labels
    if key == 'images' and number == 'x':
        assert ObjectTable.from_coco(tables).num_images == 2
        return
    with pytest.raises(ValueError, match=rf'{key}\[1\] has the id .*, no whole number'):
        ObjectTable.from_coco(tables)


def test_missing_key_is_named():
    entry = annotation()
    del entry['category_id']
    with pytest.raises(ValueError, match='annotation 7 has the category_id None'):
        ObjectTable.from_coco(coco(entry))


def test_picture_without_size_is_named():
    broken = coco()
    del broken['images'][0]['height']
    with pytest.raises(ValueError, match=r'image 1 has the height and width \(None, 2'):
        ObjectTable.from_coco(broken)


def test_id_that_stands_twice_is_named():
    twice = coco()
    twice['images'] *= 2
    with pytest.raises(ValueError, match='image id 1 stands twice'):
        ObjectTable.from_coco(twice)


def test_files_of_other_labels_are_not_joined(table):
    other = ObjectTable.from_coco(coco())
    with pytest.raises(ValueError, match='the files have different categories'):
        joined([table, other])


@st.composite
def wardrobes(draw) -> dict:
    """A COCO file of few labels, so that they meet often."""
    sizes = draw(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400))))
    labels = st.integers(0, NUM_LABELS - 1)
    entry = st.fixed_dictionaries(
        dict(
            image_id=st.integers(0, max(len(sizes) - 1, 0)),
            category_id=labels,
            attribute_ids=st.lists(labels.map(lambda i: 10 * i), max_size=6),
            area=st.integers(0, 20000),
            bbox=st.just([0, 0, 1, 1]),
        )
    )
    ids = range(NUM_LABELS)
    return dict(
        images=[dict(id=i, height=h, width=w) for i, (h, w) in enumerate(sizes)],
        annotations=draw(st.lists(entry)) if sizes else [],
        categories=[dict(id=i, name=f'c{i}') for i in ids],
        attributes=[dict(id=10 * i, name=f'a{i}') for i in reversed(ids)],
    )


@given(wardrobes())
def test_counts_equal_plain_loops(file):
    table, objects = ObjectTable.from_coco(file), file['annotations']
    sets = [sorted({i // 10 for i in o['attribute_ids']}) for o in objects]
    cells = Counter(
        (o['category_id'], a) for o, s in zip(objects, sets, strict=True) for a in s
    )
    both = Counter((a, b) for s in sets for a in s for b in s)
    grid = [[(i, j) for j in range(NUM_LABELS)] for i in range(NUM_LABELS)]
    assert statistics.count_pairs(table).tolist() == as_grid(cells, grid)
    assert statistics.count_together(table).tolist() == as_grid(both, grid)
    counts = statistics.count_attributes(table)
    assert counts.tolist() == [both[i, i] for i in range(NUM_LABELS)]
    kinds = Counter(o['category_id'] for o in objects)
    wanted = [kinds[i] for i in range(NUM_LABELS)]
    assert statistics.count_categories(table).tolist() == wanted
    assert statistics.attributes_per_object(table).tolist() == [len(s) for s in sets]
    sizes = [sum(o['area'] < 1024 for o in objects)]
    sizes.append(sum(o['area'] < 9216 for o in objects) - sizes[0])
    sizes.append(len(objects) - sum(sizes))
    assert statistics.count_sizes(table).tolist() == sizes
    only = sum(bool(s) and set(s) <= {1, 2} for s in sets)
    assert statistics.count_only(table, np.isin(range(4), (1, 2))) == only


def as_grid(counter: Counter, grid: list) -> list:
    """The counter's values in the order of a grid of keys."""
    return [[counter[key] for key in row] for row in grid]


@given(wardrobes())
def test_areas_equal_plain_loops(file):
    table = ObjectTable.from_coco(file)
    pixels = {i['id']: i['height'] * i['width'] for i in file['images']}
    areas = [a['area'] / pixels[a['image_id']] for a in file['annotations']]
    np.testing.assert_allclose(statistics.relative_areas(table), areas)
    quantiles = statistics.area_quantiles(table, (0.25, 1))
    for k in range(NUM_LABELS):
        entries = zip(areas, file['annotations'], strict=True)
        own = [area for area, a in entries if a['category_id'] == k]
        wanted = np.quantile(own, (0.25, 1)) if own else [np.nan] * 2
        np.testing.assert_allclose(quantiles[k], wanted)


@given(st.lists(wardrobes(), min_size=1, max_size=3))
def test_files_joined_count_the_sum(files):
    tables = [ObjectTable.from_coco(file) for file in files]
    whole = joined(tables)
    for count in (
        statistics.count_categories,
        statistics.count_pairs,
        statistics.count_together,
        statistics.count_sizes,
    ):
        assert count(whole).tolist() == sum(count(t) for t in tables).tolist()
    for column in (
        statistics.objects_per_image,
        statistics.attributes_per_object,
        statistics.relative_areas,
    ):
        assert column(whole).tolist() == [v for t in tables for v in column(t).tolist()]
