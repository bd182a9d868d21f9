"""The data-set report: its numbers are those of the file, and it needs no other."""

import json
import re

import pytest
from html_pages import Page
from small_wardrobe import ATTRIBUTES, CATEGORIES, small_wardrobe, write_small_wardrobe

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.reports.dataset_report import (
    ExampleChoice,
    write_dataset_report,
)
from projects.fashion_attr.reports.dataset_split import split_names


@pytest.fixture(scope='module')
def page(tmp_path_factory):
    """The report on the small set with two examples, as text and as a Page."""
    folder = tmp_path_factory.mktemp('report')
    file = write_small_wardrobe(folder)
    choice = ExampleChoice(folder, categories=1, pictures=1)
    left_out = write_dataset_report([file], folder / 'a' / 'page.html', choice)
    assert left_out == []
    text = (folder / 'a' / 'page.html').read_text()
    return text, Page(text)


def test_numbers_are_those_of_the_file(page):
    tables = page[1].tables
    head = tables['files'][1]
    assert head[0] == 'train' and head[1].endswith('train.json')
    # 3 pictures, 1 bare; 5 objects, 1 bare; 6 attributes on the 4 others.
    numbers = ['3', '1', '5', '1', '20.0 %', '6', '1.50', '3', '3']
    assert head[2:] == numbers
    assert tables['categories'][1:] == [
        ['0', 'shirt, blouse', 'upperbody', '3', '60.0 %'],
        ['1', 'bag & <wallet>', 'upperbody', '1', '20.0 %'],
        ['5', 'shoe', 'upperbody', '1', '20.0 %'],
    ]
    assert tables['attributes'][1:] == [
        ['0', 'symmetrical', 'first', '3', '60.0 %'],
        ['3', 'letters, numbers', 'second', '2', '40.0 %'],
        ['6', '<b>bold</b> & "dot"', 'first', '1', '20.0 %'],
        ['9', 'never', 'second', '0', '0.0 %'],
    ]
    assert tables['pairs'][1:] == [
        ['shirt, blouse', 'symmetrical', '3', '100.0 %'],
        ['shirt, blouse', 'letters, numbers', '1', '33.3 %'],
        ['bag & <wallet>', 'letters, numbers', '1', '100.0 %'],
        ['bag & <wallet>', '<b>bold</b> & "dot"', '1', '100.0 %'],
    ]
    assert tables['sizes'][1] == ['train', '1', '1', '3', '20.0 %', '20.0 %', '60.0 %']


def test_long_tail_is_that_of_the_file(page):
    tables = page[1].tables
    assert tables['tail-counts'][1:] == [
        ['categories', 'train', '3', '0', '3', '3'],
        ['attributes', 'train', '4', '1', '4', '4'],
    ]
    rare = [row[:4] for row in tables['tail'][1:]]
    assert rare[:2] == [['categories', '1', CATEGORIES[1], '1']] + [
        ['categories', '5', 'shoe', '1']
    ]
    assert [row[3] for row in rare] == ['1', '1', '3', '0', '1', '2', '3']
    assert tables['catch-all'][1:] == [
        ['symmetrical', '3', '75.0 %', '50.0 %'],
        ['these together', '–', '–', '50.0 %'],
        ['objects with no others', '2', '50.0 %', '–'],
    ]
    # No pair of attributes is on 5 objects.
    assert tables['together'][1:] == []


def test_page_needs_neither_network_nor_files(page):
    text, parsed = page
    assert parsed.links
    outside = [x for x in parsed.links if not x.startswith(('#', 'data:image/jpeg;'))]
    assert outside == []
    assert not re.search(r'@import|url\(', text.partition('</style>')[0])
    assert text.count('plotly.js v') == 1


def test_examples_are_inside(page):
    text, parsed = page
    assert sum(link.startswith('data:') for link in parsed.links) == 2
    assert 'rare: 1 object · b.jpg' in parsed.text
    assert 'common: 3 objects · a.jpg' in parsed.text


def test_names_are_escaped(page):
    text, parsed = page
    assert '<wallet>' not in text and '<b>bold' not in text
    assert f'Never: {ATTRIBUTES[3]}.' in parsed.text


def test_every_figure_is_there(page):
    divs = set(re.findall(r'id="figure-([\w-]+)"', page[0]))
    groups = {'group-0', 'group-1'}
    labels = {'categories', 'pairs', 'together', 'ranks', 'attributes_per_mask'}
    sizes = {'objects_per_picture', 'sizes', 'areas', 'boxes', 'pictures'}
    assert divs == groups | labels | sizes


def test_same_file_gives_the_same_page(page, tmp_path):
    file = write_small_wardrobe(tmp_path)
    choice = ExampleChoice(tmp_path, categories=1, pictures=1)
    write_dataset_report([file], tmp_path / 'page.html', choice)
    again = (tmp_path / 'page.html').read_text()
    # Only the folder of the file differs.
    assert re.sub(r'>[^<]*train\.json<', '', again) == re.sub(
        r'>[^<]*train\.json<', '', page[0]
    )


def test_two_files_stand_side_by_side(tmp_path):
    train, val = write_small_wardrobe(tmp_path), tmp_path / 'val.json'
    half = small_wardrobe()
    half['annotations'] = half['annotations'][3:]
    val.write_text(json.dumps(half))
    out = tmp_path / 'page.html'
    write_dataset_report([train, val], out, ExampleChoice())
    tables = Page(out.read_text()).tables
    shirts, bags, _ = tables['categories'][1:]
    assert shirts[3:] == ['3', '0', '60.0 %', '0.0 %', '0.00']
    assert bags[3:] == ['1', '1', '20.0 %', '50.0 %', '2.50']
    assert tables['pairs'][1] == ['shirt, blouse', 'symmetrical', '3', '100.0 %']
    assert tables['pairs'][2] == ['bag & <wallet>', 'letters, numbers', '2', '100.0 %']
    assert 'id="figure-shares"' in out.read_text()
    assert 'data:image/jpeg' not in out.read_text()


def test_file_without_objects_has_a_page(tmp_path):
    file = tmp_path / 'none.json'
    file.write_text(json.dumps(small_wardrobe() | dict(annotations=[])))
    write_dataset_report([file], tmp_path / 'page.html', ExampleChoice(tmp_path))
    row = Page((tmp_path / 'page.html').read_text()).tables['files'][1]
    assert row[2:] == ['3', '3', '0', '0', '–', '0', '–', '0', '0']


def spoil_picture(folder) -> str:
    (folder / 'b.jpg').write_bytes(b'no picture')
    return r'image 2: .*b\.jpg cannot be decoded'


def remove_picture(folder) -> str:
    (folder / 'b.jpg').unlink()
    return r'image 2: .*b\.jpg is missing'


def swap_picture(folder) -> str:
    (folder / 'b.jpg').write_bytes((folder / 'a.jpg').read_bytes())
    return r'image 2: .*b\.jpg has 100 x 200 pixels, its annotations are for 200 x 100'


@pytest.mark.parametrize('harm', [spoil_picture, remove_picture, swap_picture])
def test_picture_that_cannot_be_shown_is_named(harm, tmp_path):
    file = write_small_wardrobe(tmp_path)
    message, out = harm(tmp_path), tmp_path / 'page.html'
    left_out = write_dataset_report([file], out, ExampleChoice(tmp_path))
    assert len(left_out) == 1 and re.fullmatch(message, left_out[0])
    assert left_out[0] in Page(out.read_text()).text


def test_unsound_file_is_named_and_the_old_page_stays(tmp_path):
    file, out = tmp_path / 'bad.json', tmp_path / 'page.html'
    coco = small_wardrobe()
    coco['annotations'][1]['category_id'] = 2
    file.write_text(json.dumps(coco))
    out.write_text('old')
    with pytest.raises(
        ValueError, match=r'bad\.json: annotation 2 has the category_id'
    ):
        write_dataset_report([file], out, ExampleChoice())
    assert out.read_text() == 'old'


def test_files_of_other_taxonomies_are_refused(tmp_path):
    other = small_wardrobe()
    del other['attributes'][3]
    files = [write_small_wardrobe(tmp_path), tmp_path / 'other.json']
    files[1].write_text(json.dumps(other))
    with pytest.raises(ValueError, match='the files have different attributes'):
        write_dataset_report(files, tmp_path / 'page.html', ExampleChoice())


def test_file_is_not_compared_with_itself(tmp_path):
    file = write_small_wardrobe(tmp_path)
    with pytest.raises(ValueError, match=r'train\.json is given twice'):
        write_dataset_report([file, file], tmp_path / 'page.html', ExampleChoice())


def test_real_rows_have_a_page(shared_data, tmp_path):
    file = shared_data / 'fashionpedia' / 'sample.json'
    coco = json.loads(file.read_text())
    out = tmp_path / 'page.html'
    choice = ExampleChoice(file.parent, categories=2, pictures=1)
    write_dataset_report([file], out, choice)
    row = Page(out.read_text()).tables['files'][1]
    assert row[2] == str(len(coco['images'])) and row[4] == str(
        len(coco['annotations'])
    )


@pytest.mark.parametrize(
    'files, expected',
    [
        (['a/train.json', 'a/val.json'], ['train', 'val']),
        (['a/train.json', 'b/train.json'], ['a/train.json', 'b/train.json']),
        (['x/instances_attributes_val2020.json'], ['val2020']),
    ],
)
def test_names_of_splits(files, expected):
    assert split_names(files) == expected
