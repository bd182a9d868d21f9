"""What is looked at, in how many processes, and how it is told."""

import json
from itertools import count, islice

import pytest
from check_folders import CocoFiles, KaggleFolder, draw, encode
from PIL import Image

from projects.fashion_attr.datasets.checks.check import (
    Options,
    check_coco_files,
    check_kaggle_folder,
)
from projects.fashion_attr.datasets.checks.codes import (
    CHECKS,
    SEVERITIES,
    checks_table,
    matching,
)
from projects.fashion_attr.datasets.checks.report import table_lines, write_json
from projects.fashion_attr.datasets.checks.workers import Workers, chunks


@pytest.fixture
def broken(tmp_path):
    """Two bad rows, a missing and a cut picture, a leak, a picture without rows."""
    folder = KaggleFolder(tmp_path / 'data')
    folder.set_cell(5, 1, '0 2 9')
    folder.set_cell(6, 4, '99')
    folder.picture('0001').unlink()
    folder.picture('0002').write_bytes(encode(draw(2))[:-50])
    folder.picture('0003').write_bytes(encode(draw(0)))
    folder.picture('new').write_bytes(encode(draw(9)))
    return folder


def codes_of(folder, **options):
    report = check_kaggle_folder(folder.root, Options(**options))
    return [finding.code for finding in report.findings.sorted()]


EVERYTHING = [
    'row-category', 'rle-odd', 'rle-start', 'picture-missing', 'picture-truncated',
    'picture-without-rows', 'side-duplicate',
]  # fmt: skip


@pytest.mark.parametrize(
    'options, expected',
    [
        ({}, EVERYTHING),
        (dict(workers=2), EVERYTHING),
        (dict(pictures=False), [*EVERYTHING[:4], 'picture-without-rows']),
        (dict(codes=matching(['rle-*', 'side-*'])), ['rle-odd', 'rle-start',
                                                     'side-duplicate']),
        (dict(codes=matching(['row-category'])), ['row-category']),
    ],
    ids=['all', 'processes', 'no-pictures', 'patterns', 'one'],
)  # fmt: skip
def test_options_choose_what_is_found(broken, options, expected):
    assert codes_of(broken, **options) == expected


@pytest.mark.parametrize('pattern', ['rle-*', 'picture-missing', 'side-same'])
def test_pictures_are_opened_only_for_what_lies_inside(broken, pattern):
    options = Options(codes=matching([pattern]))
    report = check_kaggle_folder(broken.root, options)
    assert (report.rows, report.pictures, report.opened) == (8, 5, 0)


def test_processes_find_the_same_in_json_files(tmp_path):
    files = CocoFiles(tmp_path)
    for i in range(1, 7):
        files.set('category_id', 99, i)
    files.picture(1).write_bytes(files.picture(4).read_bytes())
    found = [
        check_coco_files(files.paths, files.images, Options(workers=n)).findings.list
        for n in (0, 2)
    ]
    assert found[0] == found[1]
    assert [f.code for f in found[0]] == ['row-category'] * 6 + ['side-duplicate']


def test_a_picture_that_two_files_name_gets_both_sizes_compared(tmp_path):
    files = CocoFiles(tmp_path)
    files.sides[1]['images'][0].update(file_name='2.png', height=49)
    files.sides[1]['annotations'] = files.sides[1]['annotations'][:1]
    files.write()
    files.picture(4).unlink()
    report = check_coco_files(files.paths, files.images, Options())
    assert [(f.code, f.image_id) for f in report.findings.sorted()] == [
        ('picture-size', '4'),
        ('side-same', '4'),
    ]


@pytest.mark.parametrize('near, found', [(0, 0), (40, 1)])
def test_distance_of_what_looks_alike(tmp_path, near, found):
    folder = KaggleFolder(tmp_path / 'data')
    small = draw(0).resize((30, 36), Image.Resampling.BICUBIC)
    folder.picture('0001').write_bytes(encode(small, quality=40))
    codes = codes_of(folder, max_distance=near)
    assert codes.count('picture-near') == found


def test_rows_before_a_fault_that_ends_the_file_are_checked(tmp_path):
    folder = KaggleFolder(tmp_path / 'data')
    folder.set_cell(5, 1, '1')
    with open(folder.root / 'train.csv', 'a') as file:
        file.write('0003,"1 2\n')
    folder.picture('0009').write_bytes(encode(draw(9)))  # perhaps in the part lost
    assert codes_of(folder) == ['csv-unreadable', 'rle-odd']

    files = CocoFiles(tmp_path / 'coco')
    files.set('category_id', 99)
    files.paths[0].write_text(files.paths[0].read_text()[:-2])
    report = check_coco_files(files.paths, files.images, Options())
    found = [f.code for f in report.findings.sorted()]
    assert found == ['json-unreadable', 'row-category']


def test_pictures_of_json_files_lie_in_folders_and_need_no_suffix(tmp_path):
    files = CocoFiles(tmp_path)
    names = 'a/1.png', 'b/../2.png', 'three'
    (tmp_path / 'elsewhere').mkdir()
    (files.images / 'a').symlink_to(tmp_path / 'elsewhere')
    for image, name in zip(files.sides[0]['images'], names, strict=True):
        files.picture(image['id']).rename(files.images / name.replace('b/../', ''))
        image['file_name'] = name
    files.write()
    (files.images / 'b').mkdir()
    report = check_coco_files(files.paths, files.images, Options())
    codes = [f.code for f in report.findings.sorted()]
    assert codes == []


def test_of_many_copies_each_is_told_once(tmp_path):
    folder = KaggleFolder(tmp_path / 'data')
    for name in ('0001', '0002', '0003'):
        folder.picture(name).write_bytes(encode(draw(0)))
    report = check_kaggle_folder(folder.root, Options())
    assert [(f.code, f.image_id, f.message) for f in report.findings.sorted()] == [
        ('picture-duplicate', '0001', 'the same bytes as train/0000.jpg'),
        ('picture-duplicate', '0002', 'the same bytes as train/0000.jpg'),
        ('side-duplicate', '0003',
         'the same bytes as train/0000.jpg of annotations/train.json'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    'data, expected',
    [
        (encode(draw(0)), ('picture-duplicate', 'the same bytes as train/0000.jpg')),
        (encode(draw(3)), ('picture-duplicate', 'the same bytes as train/0003.jpg')),
        (encode(draw(3), quality=40), ('picture-near', ' bits from train/0003.jpg')),
        (encode(draw(9))[:-50], ('picture-truncated', 'the mark of its end')),
        (b'<html>', ('picture-unreadable', 'the file is no picture')),
    ],
    ids=['copy-of-train', 'copy-of-val', 'near', 'cut', 'no-picture'],
)
def test_pictures_that_nothing_names_are_opened(tmp_path, data, expected):
    folder = KaggleFolder(tmp_path / 'data')
    folder.picture('zz').write_bytes(data)
    report = check_kaggle_folder(folder.root, Options())
    assert (report.pictures, report.opened) == (5, 5)
    assert {f.file for f in report.findings.list} == {'train/zz.jpg'}
    found = {f.code: f.message for f in report.findings.list}
    code, message = expected
    assert set(found) == {code, 'picture-without-rows'}
    assert message in found[code]


def test_pictures_of_one_colour_are_no_near_duplicates(tmp_path):
    folder = KaggleFolder(tmp_path / 'data')
    for i, name in enumerate(('0001', '0002')):
        picture = Image.new('RGB', (40, 48), (i * 9, 0, 0))
        folder.picture(name).write_bytes(encode(picture))
    assert codes_of(folder) == []


def test_table_has_errors_first_and_few_examples(broken):
    for i, name in enumerate(('a', 'b', 'c', 'd'), 10):
        broken.picture(name).write_bytes(encode(draw(i)))
    lines = table_lines(check_kaggle_folder(broken.root, Options()), max_examples=2)
    heads = [line for line in lines[:-1] if not line.startswith(' ')]
    severities = [line.split()[0] for line in heads]
    assert severities == sorted(severities, key=SEVERITIES.index)
    assert heads[-1].split()[:3] == ['warning', 'picture-without-rows', '5']
    assert lines[-4:-1] == [
        '         train/a.jpg: nothing names it',
        '         train/b.jpg: nothing names it',
        '         ...',
    ]
    assert 'train.csv, ImageId 0001, row 5: run 1 starts at pixel 0' in '\n'.join(lines)
    assert lines[-1] == ('8 rows, 9 pictures (8 opened): 6 errors, 5 warnings, 0 notes')


def test_json_has_every_finding(broken, tmp_path):
    report = check_kaggle_folder(broken.root, Options())
    write_json(report, tmp_path / 'out.json')
    written = json.loads((tmp_path / 'out.json').read_text())
    assert [f['code'] for f in written['findings']] == EVERYTHING
    assert written['findings'][1] == dict(
        code='rle-odd',
        severity='error',
        file='train.csv',
        image_id='0001',
        row=5,
        message='the RLE has 3 values, an odd number',
    )
    assert written['counts'] == dict.fromkeys(EVERYTHING, 1)
    assert (written['rows'], written['pictures'], written['opened']) == (8, 5, 4)


def test_patterns_have_to_fit_a_code():
    assert matching(['rle-o*', 'labels-other']) == {
        'rle-odd', 'rle-order', 'rle-overlap', 'labels-other',
    }  # fmt: skip
    with pytest.raises(ValueError, match="no check is called 'rle_odd'"):
        matching(['rle_odd'])


def test_table_of_checks_has_every_code_and_no_open_cell():
    lines = checks_table().splitlines()[2:]
    assert [line.split(' | ')[0] for line in lines] == [f'| {c}' for c in CHECKS]
    assert all(line.count('|') == 5 for line in lines)
    assert all(len(cell) > 3 for line in lines for cell in line[2:-2].split(' | '))
    assert {check.severity for check in CHECKS.values()} == set(SEVERITIES)


@pytest.mark.parametrize('number', [0, 1])
def test_workers_take_little_ahead_and_keep_the_order(number):
    taken = []

    def items():
        for i in count():
            taken.append(i)
            yield -i

    with Workers(number) as workers:
        assert list(islice(workers.map(abs, items()), 20)) == list(range(20))
    assert len(taken) <= 20 + 4


def test_negative_number_of_workers_is_refused():
    with pytest.raises(ValueError, match='workers should be 0 or more, got -1'):
        Workers(-1)


def test_chunks():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_the_real_sample_is_clean(shared_data):
    report = check_kaggle_folder(shared_data / 'kaggle_sample', Options())
    assert (report.rows, report.pictures, report.opened) == (46, 12, 12)
    assert report.findings.list == []


def test_the_demo_of_fashionpedia_is_of_an_older_taxonomy(shared_data):
    folder = shared_data / 'fashionpedia'
    report = check_coco_files([folder / 'sample.json'], folder, Options())
    assert [(f.code, f.row) for f in report.findings.sorted()] == [
        ('labels-other', None),
        ('row-attribute', 18),
        ('picture-without-rows', None),
    ]
