"""The command line of tools/show_repeat_factors.py, and the table that it prints."""

import json
import runpy
import sys

import pytest

from projects.fashion_attr.apis.repeat_table import repeat_table
from projects.fashion_attr.datasets.samplers import RepeatFactorSampler
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS, label_descriptions


class Pictures:
    """16 pictures: category 1 in four of them, attribute 2 in one of these."""

    metainfo = dict(classes=('a', 'b', 'c'), attributes=('x', 'y', 'z'))

    def __len__(self):
        return 16

    def get_data_info(self, i):
        labels, attrs = [0, 1, 1] if i < 4 else [0], [0, 2] if i == 0 else [0]
        return dict(instances=[dict(bbox_label=c, attr_labels=attrs) for c in labels])


def test_table():
    rows = repeat_table(RepeatFactorSampler(Pictures(), category_thr=1, attr_thr=1))
    # Picture 0 is shown 4 times, the three others with category 1 twice.
    assert [list(row.values()) for row in rows] == [
        ['categories of up to 100.0% of the pictures', 2, 10.0, (22 + 10) / 2, 32 / 20],
        ['attributes of up to 10.0% of the pictures', 1, 1.0, 4.0, 4.0],
        ['attributes of up to 100.0% of the pictures', 1, 16.0, 22.0, 22 / 16],
    ]


@pytest.fixture
def run(root, tmp_path, monkeypatch):
    """Run the tool on 4 pictures with one object each, the last with an attribute."""
    annotations = [
        dict(id=i, image_id=i, category_id=0, bbox=[0, 0, 9, 9], area=81, iscrowd=0,
             segmentation=[[0, 0, 9, 0, 9, 9]], attribute_ids=ATTRIBUTE_IDS[: i == 4])
        for i in range(1, 5)
    ]  # fmt: skip
    images = [dict(id=i, file_name=f'{i}.jpg', height=9, width=9) for i in range(1, 5)]
    file = tmp_path / 'train.json'
    labels = label_descriptions()
    file.write_text(json.dumps(dict(labels, images=images, annotations=annotations)))

    def call(*args):
        monkeypatch.setattr(sys, 'argv', ['show_repeat_factors.py', str(file), *args])
        runpy.run_path(str(root / 'tools/show_repeat_factors.py'), run_name='__main__')

    return call


def test_prints_the_table(run, capsys):
    run('--attr-thr', '1')
    lines = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in lines[-1].split('|')[2:-1]] == [
        '1', '1.000', '2.000', '2.000'
    ]  # fmt: skip


@pytest.mark.parametrize(
    'args, message',
    [
        ([], 'error: RepeatFactorSampler needs category_thr, attr_thr or both'),
        (['--category-thr', '2'], r'error: category_thr should be a share'),
    ],
)
def test_what_cannot_be_is_said(run, args, message):
    with pytest.raises(SystemExit, match=message):
        run(*args)
