import csv
import json

import numpy as np
import pytest
from kaggle_files import decode_kaggle, good_rows, row, write_folder
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.annotations import write_annotations
from projects.fashion_attr.datasets.kaggle_csv import parse_row, read_train_csv
from projects.fashion_attr.datasets.prepare import prepare, split_sizes


def load(root):
    return {
        side: json.loads((root / f'annotations/{side}.json').read_text())
        for side in ('train', 'val')
    }


def test_every_mask_is_written_once(tmp_path):
    report = prepare(write_folder(tmp_path), val=2, progress=False)
    files = load(tmp_path)
    assert [len(files[s]['images']) for s in ('train', 'val')] == [4, 2]
    names = [i['kaggle_id'] for f in files.values() for i in f['images']]
    assert sorted(names) == [f'{i:04d}' for i in range(6)]
    for file in files.values():
        for first, second in zip(*[iter(file['annotations'])] * 2, strict=True):
            assert first['attribute_ids'] == [115, 136]
            assert (second['category_id'], second['attribute_ids']) == (31, [])
            assert np.array_equal(
                mask_utils.decode(first['segmentation']),
                decode_kaggle('2 3 7 4', (12, 10)),
            )
    assert report.instances == dict(train=8, val=4)
    assert report.attribute_less == dict(train=4, val=2)


@pytest.mark.parametrize('train, sizes', [(None, (4, 2, 0)), (3, (3, 2, 1))])
def test_sizes_are_as_asked(tmp_path, train, sizes):
    report = prepare(write_folder(tmp_path), val=2, train=train, progress=False)
    assert tuple(report.images.values()) == sizes
    assert ('unused: 1 images' in report.lines()) == bool(sizes[2])


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(tmp_path):
    rows = good_rows(12)
    contents = {}
    for name, order, seed in (('a', 1, 0), ('b', -1, 0), ('c', 1, 1)):
        root = write_folder(tmp_path / name, rows[::2][::order] + rows[1::2])
        prepare(root, val=5, seed=seed, progress=False)
        contents[name] = (root / 'annotations/val.json').read_bytes()
    assert contents['a'] == contents['b']
    assert contents['a'] != contents['c']


def test_skipped_rows_are_listed_and_reported(tmp_path):
    bad = [row('0001', '1 999'), row('gone', category=99), row('gone')]
    root = write_folder(tmp_path, [*good_rows(), *bad], {r[0] for r in good_rows()})
    report = prepare(root, val=2, on_error='skip', progress=False)
    listed = root / 'annotations/skipped_rows.csv'
    with open(listed, newline='') as file:
        table = list(csv.DictReader(file))
    assert [(r['row'], r['ImageId']) for r in table] == [
        ('14', '0001'), ('15', 'gone'), ('16', 'gone'),
    ]  # fmt: skip
    assert table[2]['reason'] == 'train/gone.jpg is missing'
    expected = f'skipped: 3 rows of 2 images, listed in {listed}'
    assert report.lines()[-1] == expected

    write_folder(tmp_path)  # repaired: the old list would be mistaken for a new one
    prepare(root, val=2, progress=False)
    assert not listed.exists()


def test_a_stop_leaves_earlier_annotations_as_they_were(tmp_path):
    prepare(write_folder(tmp_path), val=2, progress=False)
    before = load(tmp_path)
    write_folder(tmp_path, [*good_rows(8), row('0000', '')])
    with pytest.raises(ValueError, match='row 18: the RLE is empty'):
        prepare(tmp_path, val=2, progress=False)
    assert load(tmp_path) == before


def test_what_a_killed_run_has_left_is_removed(tmp_path):
    folder = write_folder(tmp_path) / 'annotations'
    folder.mkdir()
    for name in ('.train.json.x1', '.val.json.x2', '.parts-0a1b-3-4-5/0-9.json'):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text('half')
    prepare(tmp_path, val=2, progress=False)
    assert {path.name for path in folder.iterdir()} == {'train.json', 'val.json'}


def test_a_second_run_at_the_same_time_is_refused(tmp_path, monkeypatch):
    root, refused = write_folder(tmp_path), []

    def write(*args):
        with pytest.raises(BlockingIOError, match=f'another run is at work in {root}'):
            prepare(root, val=3, progress=False)
        refused.append(args[0].name)
        write_annotations(*args)

    monkeypatch.setattr(
        'projects.fashion_attr.datasets.prepare.write_annotations', write
    )
    prepare(root, val=2, progress=False)
    assert refused == ['train.json', 'val.json']
    assert [len(load(root)[s]['images']) for s in ('train', 'val')] == [4, 2]


def test_a_folder_that_is_absent_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='gone/train.csv is absent; DATA_ROOT'):
        prepare(tmp_path / 'gone', val=2, progress=False)


def test_less_than_one_worker_is_refused(tmp_path):
    with pytest.raises(ValueError, match='--workers should be 1 or more, got 0'):
        prepare(write_folder(tmp_path), val=2, progress=False, workers=0)


def test_without_pictures_only_the_rows_are_checked(tmp_path):
    root = write_folder(tmp_path, pictures=[])
    (root / 'train').rmdir()
    with pytest.raises(FileNotFoundError, match='train is absent'):
        prepare(root, val=2, progress=False)
    report = prepare(root, val=2, progress=False, check_pictures=False)
    assert report.images == dict(train=4, val=2, unused=0)
    (root / 'train').mkdir()
    with pytest.raises(ValueError, match='row 2: train/0000.jpg is missing'):
        prepare(root, val=2, progress=False)


def test_the_report_names_what_is_absent(tmp_path):
    lines = prepare(write_folder(tmp_path), val=2, progress=False).lines()
    assert lines[0].startswith(
        'train: 4 images, 8 instances (50.0% without attributes)'
    )
    absent = 'sweater; cardigan; jacket; vest; pants; ...'
    assert lines[1] == f'  43 categories absent from train: {absent}'
    assert lines[2].startswith('  292 attributes absent from train: classic (t-shirt)')


@pytest.mark.parametrize(
    'n, val, train, message',
    [
        (12, 2000, None, 'need 2,001 images, but only 12 are there; .* --val 2$'),
        (12, 12, None, '--val 12 and one to train on need 13 images, but only 12'),
        (12, 3, 10, '--val 3 --train 10 need 13 images, .* --val 2 and no --train'),
        (0, 2, None, 'no row that can be used'),
        (12, -1, None, 'should be 0 or more and --train 1 or more, got -1, None'),
        (12, 1, 0, 'should be 0 or more and --train 1 or more, got 1, 0'),
    ],
)
def test_more_than_there_is_is_refused(n, val, train, message):
    with pytest.raises(ValueError, match=message):
        split_sizes(n, val, train)


def test_label_descriptions_of_2019_stop_it(tmp_path):
    root = write_folder(tmp_path)
    path = root / 'label_descriptions.json'
    labels = json.loads(path.read_text())
    path.write_text(json.dumps(dict(labels, attributes=labels['attributes'][:92])))
    with pytest.raises(ValueError, match='2019'):
        prepare(root, val=2, progress=False)


def test_the_real_sample(shared_data, tmp_path):
    source = shared_data / 'kaggle_sample'
    for path in source.iterdir():
        (tmp_path / path.name).symlink_to(path)
    report = prepare(tmp_path, val=4, progress=False)
    assert report.images == dict(train=8, val=4, unused=0)
    rows = [parse_row(r) for r in read_train_csv(source / 'train.csv')]
    expected = {(r.image_id, r.category_id, r.attribute_ids, r.height) for r in rows}
    found = set()
    for file in load(tmp_path).values():
        images = {i['id']: i for i in file['images']}
        for ann in file['annotations']:
            image = images[ann['image_id']]
            assert ann['segmentation']['size'] == [image['height'], image['width']]
            found.add((image['kaggle_id'], ann['category_id'],
                       tuple(ann['attribute_ids']), image['height']))  # fmt: skip
    assert found == expected
    assert sum(report.instances.values()) == len(rows)
