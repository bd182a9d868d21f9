"""Every check finds the one thing that is broken, names its place, and nothing else."""

import json

import pytest
from check_folders import HEIGHT, WIDTH, CocoFiles, KaggleFolder, draw, encode
from PIL import Image

from projects.fashion_attr.datasets.checks import seen_rows
from projects.fashion_attr.datasets.checks.check import (
    Options,
    check_coco_files,
    check_kaggle_folder,
)
from projects.fashion_attr.datasets.checks.codes import CHECKS

CSV, MANY = 'train.csv', ','.join(map(str, range(15)))
EXIF = Image.Exif()
EXIF[0x0112] = 6


def cell(line, column, value):
    return lambda folder: folder.set_cell(line, column, value)


def pixels(text):
    return cell(5, 1, text)


def picture(name, make):
    return lambda folder: folder.picture(name).write_bytes(make())


def cut(share):
    data = encode(draw(1))
    return data[: int(len(data) * share)]


def with_open_quote(folder):
    with open(folder.root / CSV, 'a') as file:
        file.write('0003,"1 2,48,40,0,\n')


def header_only(folder):
    folder.rows = []
    folder.write_rows()


def of_2019(folder):
    path = folder.root / 'label_descriptions.json'
    labels = json.loads(path.read_text())
    path.write_text(json.dumps(dict(labels, attributes=labels['attributes'][:92])))


def cut_side(folder):
    path = folder.root / 'annotations/val.json'
    path.write_text(path.read_text()[:50])


def half_as_high(folder):
    for line in (4, 5):
        folder.set_cell(line, 2, str(HEIGHT // 2))


def rare_pair(folder):
    for line in (2, 4, 6):
        folder.set_cell(line, 5, '115,136,7')
    for line in (3, 5, 7):
        folder.set_cell(line, 5, '115')
    folder.set_cell(9, 5, '115,136')


AT = {'0001': 'train/0001.jpg', '0003': 'train/0003.jpg'}
LINE_5 = (CSV, '0001', 5)
# The code, how to break a clean folder, and file, ImageId and row of the finding.
KAGGLE = [
    ('no-rows', header_only, (CSV, None, None)),
    ('csv-unreadable', with_open_quote, (CSV, None, 10)),
    ('json-unreadable', cut_side, ('annotations/val.json', None, None)),
    ('labels-missing', lambda f: (f.root / 'label_descriptions.json').unlink(),
     ('label_descriptions.json', None, None)),
    ('labels-other', of_2019, ('label_descriptions.json', None, None)),
    ('row-cells', lambda f: f.add_row('0003', '1 2'), (CSV, '0003', 10)),
    ('row-image', lambda f: f.add_row('../x', '1 2', '48', '40', '0', ''),
     (CSV, '../x', 10)),
    ('row-size', cell(5, 2, '0'), LINE_5),
    ('row-size', cell(5, 3, 'wide'), LINE_5),
    ('row-category', cell(5, 4, '46'), LINE_5),
    ('row-category', cell(5, 4, '0_1'), LINE_5),
    ('row-attribute', cell(5, 5, '3,284'), LINE_5),
    ('row-attribute', cell(5, 5, '3,,4'), LINE_5),
    ('row-many-attributes', cell(5, 5, MANY), LINE_5),
    ('row-repeated-attribute', cell(5, 5, '3,4,3'), LINE_5),
    ('row-duplicate', lambda f: f.add_row(*f.rows[2]), (CSV, '0001', 10)),
    ('mask-twice', lambda f: f.add_row(*f.rows[2][:4], '1', ''), (CSV, '0001', 10)),
    ('size-conflict', cell(5, 2, '49'), LINE_5),
    ('rle-empty', pixels(''), LINE_5),
    ('rle-number', pixels('1 2.5'), LINE_5),
    ('rle-odd', pixels('1 2 9'), LINE_5),
    ('rle-start', pixels('0 2'), LINE_5),
    ('rle-length', pixels('5 0'), LINE_5),
    ('rle-order', pixels('9 2 1 2'), LINE_5),
    ('rle-overlap', pixels('1 5 5 2'), LINE_5),
    ('rle-beyond', pixels(f'1 {HEIGHT * WIDTH + 1}'), LINE_5),
    ('rle-touch', pixels('1 4 5 2'), LINE_5),
    ('picture-missing', lambda f: f.picture('0001').unlink(), (AT['0001'], '0001', 4)),
    ('picture-unreadable', picture('0001', lambda: b''), (AT['0001'], '0001', 4)),
    ('picture-unreadable', picture('0001', lambda: b'<html>'), (AT['0001'], '0001', 4)),
    ('picture-unreadable', picture('0001', lambda: encode(draw(1), 'ICO')),
     (AT['0001'], '0001', 4)),
    ('picture-truncated', picture('0001', lambda: cut(0.7)), (AT['0001'], '0001', 4)),
    ('picture-truncated', picture('0001', lambda: cut(0.99)), (AT['0001'], '0001', 4)),
    ('picture-size', half_as_high, (AT['0001'], '0001', 4)),
    ('picture-exif', picture('0001', lambda: encode(draw(1), exif=EXIF)),
     (AT['0001'], '0001', 4)),
    ('picture-format', picture('0001', lambda: encode(draw(1), 'PNG')),
     (AT['0001'], '0001', 4)),
    ('picture-mode', picture('0001', lambda: encode(draw(1).convert('L'))),
     (AT['0001'], '0001', 4)),
    ('picture-mode', picture('0001', lambda: encode(draw(1).convert('CMYK'))),
     (AT['0001'], '0001', 4)),
    ('picture-without-rows', picture('0009', lambda: encode(draw(9))),
     ('train/0009.jpg', None, None)),
    ('picture-duplicate', picture('0001', lambda: encode(draw(0))),
     (AT['0001'], '0001', 4)),
    ('picture-near', picture('0001', lambda: encode(draw(0), quality=40)),
     (AT['0001'], '0001', 4)),
    ('side-same', lambda f: f.write_side('val', '0003', '0001'),
     ('annotations/val.json', '0001', 4)),
    ('side-stale', lambda f: f.write_side('val', '0003', 'gone'),
     ('annotations/val.json', 'gone', None)),
    ('side-duplicate', picture('0003', lambda: encode(draw(0))),
     (AT['0003'], '0003', 8)),
    ('side-near', picture('0003', lambda: encode(draw(0), quality=40)),
     (AT['0003'], '0003', 8)),
    ('side-near', picture('0003', lambda: encode(
        draw(0).transpose(Image.Transpose.FLIP_LEFT_RIGHT))), (AT['0003'], '0003', 8)),
    ('pair-once', rare_pair, (CSV, '0003', 9)),
]  # fmt: skip


def put(key, value):
    return lambda files: files.set(key, value)


def add_image(**entry):
    def change(files):
        files.sides[0]['images'].append(entry)
        files.write()

    return change


def cut_json(files):
    text = files.paths[1].read_text()
    files.paths[1].write_text(text[: text.index('"annotations"') - 30])


def without_annotations(files):
    files.sides[0]['annotations'] = files.sides[0]['annotations'][:4]
    files.write()


def add_again(files, **changes):
    entries = files.sides[0]['annotations']
    entries.append(dict(entries[3], id=7, **changes))
    files.write()


def rename_category(files):
    files.sides[1]['categories'] = [dict(id=0, name='socks')]
    files.write()


def remove_labels(files):
    del files.sides[1]['attributes']
    files.write()


def share_picture(files):
    files.sides[1]['images'][0]['file_name'] = '2.png'
    files.write()
    files.picture(4).unlink()


TWO = ('train.json', '2', 4)
OUTSIDE = [[2.0, 3.0, 45.0, 3.0, 12.0, 9.0]]
COCO = [
    ('json-unreadable', cut_json, ('val.json', None, None)),
    ('labels-other', rename_category, ('val.json', None, None)),
    ('labels-missing', remove_labels, ('val.json', None, None)),
    ('row-image', put('image_id', 77), ('train.json', '77', 4)),
    ('row-category', put('category_id', 46), TWO),
    ('row-category', put('category_id', None), TWO),
    ('row-attribute', put('attribute_ids', [284]), TWO),
    ('row-attribute', put('attribute_ids', None), TWO),
    ('row-many-attributes', put('attribute_ids', list(range(15))), TWO),
    ('row-repeated-attribute', put('attribute_ids', [3, 3]), TWO),
    ('row-id', put('id', 0), ('train.json', '2', 0)),
    ('row-id', put('id', None), ('train.json', '2', None)),
    ('row-id', put('id', 3), ('train.json', '2', 3)),
    ('row-value', put('iscrowd', '0'), TWO),
    ('row-value', put('ignore', 2), TWO),
    ('row-value', put('area', '28'), TWO),
    ('row-duplicate', add_again, ('train.json', '2', 7)),
    ('mask-twice', lambda f: add_again(f, attribute_ids=[]), ('train.json', '2', 7)),
    ('image-entry', add_image(id=9, file_name='9.png'), ('train.json', '9', None)),
    ('image-twice', add_image(id=2, file_name='9.png', height=1, width=1),
     ('train.json', '2', None)),
    ('mask-missing', put('segmentation', None), TWO),
    ('mask-bad', put('segmentation', [[1, 2, 3, 4]]), TWO),
    ('mask-bad', put('segmentation', [[1, 2, 3, 4, 5, None]]), TWO),
    ('mask-bad', put('segmentation', dict(size=[48, 40], counts=[9, 9])), TWO),
    ('mask-bad', put('segmentation', dict(size=[48, 40])), TWO),
    ('mask-bad', put('segmentation', 'x'), TWO),
    ('mask-size', put('segmentation', dict(size=[40, 48], counts=[49, 24, 1847])), TWO),
    ('rle-empty', put('segmentation', dict(size=[48, 40], counts=[1920])), TWO),
    ('mask-outside', lambda f: (f.set('segmentation', OUTSIDE, 3),
                                f.set('bbox', None, 3)), ('train.json', '2', 3)),
    ('box-bad', put('bbox', [1, 1, 0, 24]), TWO),
    ('box-bad', put('bbox', [1, 1, 1]), TWO),
    ('box-outside', lambda f: (f.set('bbox', [30, 1, 11.5, 24], 3),
                               f.set('segmentation', [[30, 1, 40, 1, 40, 25]], 3)),
     ('train.json', '2', 3)),
    ('box-differs', put('bbox', [1, 1, 1, 27]), TWO),
    ('picture-without-rows', without_annotations, ('images/3.png', '3', None)),
    ('picture-animated', lambda f: f.picture(2).write_bytes(encode(
        draw(2), 'PNG', save_all=True, append_images=[draw(7)])),
     ('images/2.png', '2', 3)),
    ('picture-mode', lambda f: f.picture(2).write_bytes(
        encode(draw(2).convert('RGBA'), 'PNG')), ('images/2.png', '2', 3)),
    ('side-same', share_picture, ('images/2.png', '4', 1)),
]  # fmt: skip


def kaggle(folder, **options):
    return check_kaggle_folder(folder.root, Options(**options)).findings.sorted()


def coco(files, **options):
    report = check_coco_files(files.paths, files.images, Options(**options))
    return report.findings.sorted()


def ids(cases):
    return [f'{code}-{i}' for i, (code, _, _) in enumerate(cases)]


@pytest.mark.parametrize('code, break_it, place', KAGGLE, ids=ids(KAGGLE))
def test_one_fault_of_kaggles_folder(tmp_path, monkeypatch, code, break_it, place):
    if code == 'pair-once':
        monkeypatch.setattr(seen_rows, 'LEAST_EXPECTED', 2)
    folder = KaggleFolder(tmp_path / 'data')
    break_it(folder)
    found = kaggle(folder)
    assert [(f.code, (f.file, f.image_id, f.row)) for f in found] == [(code, place)]


@pytest.mark.parametrize('code, break_it, place', COCO, ids=ids(COCO))
def test_one_fault_of_coco_files(tmp_path, monkeypatch, code, break_it, place):
    monkeypatch.chdir(tmp_path)
    files = CocoFiles(tmp_path)
    files.paths = [path.relative_to(tmp_path) for path in files.paths]
    break_it(files)
    found = coco(files)
    assert [(f.code, (f.file, f.image_id, f.row)) for f in found] == [(code, place)]


def test_every_code_is_broken_above():
    assert {code for code, _, _ in KAGGLE + COCO} == set(CHECKS)


@pytest.mark.parametrize('absent', [True, False])
def test_a_json_file_without_annotations(tmp_path, absent):
    files = CocoFiles(tmp_path)
    files.sides[1]['annotations'] = []
    if absent:
        del files.sides[1]['annotations']
    files.write()
    assert [(f.code, f.file, f.image_id) for f in coco(files)] == [
        ('no-rows', str(files.paths[1]), None),
        ('picture-without-rows', 'images/4.png', '4'),
    ]


def test_nothing_is_found_in_clean_data(tmp_path):
    assert kaggle(KaggleFolder(tmp_path / 'kaggle')) == []
    assert coco(CocoFiles(tmp_path / 'coco')) == []
