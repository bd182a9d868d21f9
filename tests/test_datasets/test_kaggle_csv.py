import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_files import row, write_csv

from projects.fashion_attr.datasets.kaggle_csv import (
    COLUMNS,
    CsvRow,
    check_label_descriptions,
    check_label_names,
    parse_row,
    read_train_csv,
)
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS, label_descriptions


def test_rows_know_their_line_and_their_cells(tmp_path):
    path = write_csv(
        tmp_path / 'train.csv',
        [row('a', '1 2', attributes='136,115,115'), row('b.jpg', '3 4', category=45)],
    )
    first, second = (parse_row(r) for r in read_train_csv(path))
    assert first == (2, 'a', '1 2', 12, 10, 0, (115, 136))
    assert second == (3, 'b', '3 4', 12, 10, 45, ())


def test_a_field_of_megabytes_is_read_and_bytes_are_told(tmp_path):
    pixels = ' '.join(f'{2 * i + 1} 1' for i in range(300_000))
    path = write_csv(tmp_path / 'train.csv', [row('a', pixels), row('b')])
    told = []
    rows = list(read_train_csv(path, told.append))
    assert rows[0].cells[1] == pixels
    assert sum(told) == path.stat().st_size


@pytest.mark.parametrize(
    'text',
    [
        'Width,ClassId,ImageId,extra,EncodedPixels,Height,AttributesIds\n'
        '10,0,a,x,1 2,12,\n',
        '\ufeff' + ','.join(COLUMNS) + '\na,1 2,12,10,0,\n',
        ','.join(COLUMNS) + '\r\na,1 2,12,10,0,\r\n\r\n',
    ],
    ids=['other-order', 'byte-order-mark', 'crlf-and-empty-line'],
)
def test_variants_of_the_file_are_read(tmp_path, text):
    path = tmp_path / 'train.csv'
    path.write_text(text, encoding='utf-8', newline='')
    assert [parse_row(r) for r in read_train_csv(path)] == [
        (2, 'a', '1 2', 12, 10, 0, ())
    ]


@pytest.mark.parametrize(
    'content, message',
    [
        (b'', 'train.csv has no column ImageId, EncodedPixels'),
        (b'ImageId,Height\n', 'no column EncodedPixels, Width, ClassId, AttributesIds'),
        (b'ImageId,EncodedPixels,Height,Width,ClassId\n', 'of the 2019 competition'),
        (b'ImageId\xff\n', "train.csv, near line 1: .*can't decode"),
        (
            b'ImageId,EncodedPixels,Height,Width,ClassId,AttributesIds,ClassId\n',
            'train.csv has the column ClassId 2 times, and does not say which to read',
        ),
        (
            gzip.compress(b'ImageId\n'),
            'train.csv, row 1: the file is packed by gzip; un',
        ),
        (
            'ImageId\n'.encode('utf-16'),
            'train.csv, row 1: the file is text in UTF-16; ',
        ),
        (b'PK\x03\x04', 'train.csv, row 1: the file is a zip archive; unpack it first'),
        (b'<!DOCTYPE html>', 'train.csv, row 1: the file is a web page; download'),
    ],
    ids=[
        'empty',
        'columns',
        '2019',
        'not-utf-8',
        'a-column-twice',
        'gzip',
        'utf-16',
        'zip',
        'page',
    ],
)
def test_files_that_are_no_train_csv_are_refused(tmp_path, content, message):
    path = tmp_path / 'train.csv'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        list(read_train_csv(path))


@pytest.mark.parametrize(
    'lines, start, reason',
    [
        (['a,"1 2'], 2, 'unexpected end of data'),
        (['a,1 2,12,10,0,', 'b,"1 2,12,10,0,', *['c,1 2,12,10,0,'] * 9], 3,
         'unexpected end of data'),
        (['', 'a,1 2,12,10,0,"1', '2"', 'b,1 2,12,10,0,"1', *['c,1 2,12,10,0,'] * 9], 5,
         'unexpected end of data'),
        (['a,1 2,12,10,0,"115', 'b,1 2,12,10,0,', 'c,1 2,12,10,0,"115,136"'], 2,
         "',' expected after '\"'"),
    ],
    ids=['at-the-end', 'rows-before', 'lines-within-a-row', 'meets-another-quote'],
)  # fmt: skip
def test_open_quote_is_told_by_the_line_of_its_row(tmp_path, lines, start, reason):
    path = tmp_path / 'train.csv'
    path.write_text('\n'.join([','.join(COLUMNS), *lines]) + '\n')
    with pytest.raises(ValueError) as error:
        list(read_train_csv(path))
    assert str(error.value) == (
        f'train.csv: a quote that opens near line {start} is not closed or closes '
        f'early ({reason}); mend or download the file again, --on-error skip cannot '
        'pass this'
    )


@pytest.mark.parametrize(
    'change, message',
    [
        (dict(height='12.0'), "Height '12.0' is no whole number"),
        (dict(width=''), "Width '' is no whole number"),
        (dict(height=0), 'Height 0 is no size of a picture'),
        (dict(width=70000), 'Width 70,000 is no size of a picture'),
        (dict(category=46), 'ClassId 46 is none of the 46 categories 0 to 45'),
        (dict(category='6_115_136'), "ClassId '6_115_136' .* 2019 competition"),
        (dict(category='-1'), "ClassId '-1' is no whole number"),
        (dict(attributes='115,235'), 'attribute id 235 is none of the 294 attributes'),
        (dict(attributes='115,'), "attribute id '' is no whole number"),
        (
            dict(attributes=','.join(map(str, range(15)))),
            '15 attributes; at most 14 are possible',
        ),
        (dict(image_id='../a'), "ImageId '../a' is no file name"),
        (dict(image_id='a\0'), r"ImageId 'a\\x00' is no file name"),
        (dict(image_id=''), "ImageId '' is no file name"),
    ],
)
def test_bad_cells_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        parse_row(CsvRow(2, tuple(row(**{'image_id': 'a', **change}))))


@pytest.mark.parametrize('line, n', [('a,1 2,12', 3), ('a,1 2,12,10,0,1,2', 7)])
def test_rows_of_other_length_are_named(tmp_path, line, n):
    path = tmp_path / 'train.csv'
    path.write_text(','.join(COLUMNS) + f'\n{line}\n')
    (csv_row,) = read_train_csv(path)
    assert csv_row.image_id == 'a'
    with pytest.raises(ValueError, match=f'{n} cells instead of 6'):
        parse_row(csv_row)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.sampled_from(ATTRIBUTE_IDS), max_size=14), st.integers(0, 45))
def test_valid_ids_come_back_sorted(ids, category):
    cells = row('a', category=category, attributes=','.join(map(str, ids)))
    parsed = parse_row(CsvRow(2, tuple(cells)))
    assert parsed.attribute_ids == tuple(sorted(ids))
    assert parsed.category_id == category


def changed(key, i, **change):
    labels = label_descriptions()
    labels[key][i].update(change)
    return labels


@pytest.mark.parametrize(
    'labels, message',
    [
        (dict(label_descriptions(), attributes=label_descriptions()['attributes'][:92]),
         'labels.json has 92 attributes: it is of iMaterialist .Fashion. 2019'),
        (changed('categories', 6, name='shoe'),
         "its category 6 is 'shoe', here 'pants'"),
        (changed('attributes', 235, id=235), "attribute 281 is None, here 'plastic'"),
        (dict(categories=[]), "holds no categories and attributes: 'attributes'"),
        ([], 'holds no categories and attributes'),
    ],
    ids=['2019', 'renamed', 'renumbered', 'incomplete', 'no-dict'],
)  # fmt: skip
def test_label_descriptions_of_another_taxonomy_are_refused(tmp_path, labels, message):
    path = tmp_path / 'labels.json'
    path.write_text(json.dumps(labels))
    with pytest.raises(ValueError, match=message):
        check_label_descriptions(path)


def test_part_of_the_taxonomy_may_do():
    check_label_names('x.json', {6: 'pants'}, {}, complete=False)
    with pytest.raises(ValueError, match="x.json .* category 0 is None, here 'shirt, "):
        check_label_names('x.json', {6: 'pants'}, {})
