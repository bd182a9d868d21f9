import json

import pytest

from projects.fashion_attr.datasets import taxonomy
from projects.fashion_attr.datasets.kaggle_csv import check_label_descriptions


@pytest.mark.parametrize(
    'name',
    [
        'kaggle_sample/label_descriptions.json',
        'fashionpedia/category_attributes_descriptions.json',
    ],
)
def test_equals_the_published_files(shared_data, name):
    path = shared_data / name
    check_label_descriptions(path)
    published, ours = json.loads(path.read_text()), taxonomy.label_descriptions()
    for key in ('categories', 'attributes'):
        named = [
            {e['id']: (e['name'], e['supercategory'], e['level']) for e in file[key]}
            for file in (published, ours)
        ]
        assert named[0] == named[1]


def test_counts_gaps_and_padding():
    ids = taxonomy.ATTRIBUTE_IDS
    assert len(taxonomy.CATEGORY_NAMES) == 46
    assert len(ids) == taxonomy.NUM_ATTRIBUTES == taxonomy.ATTRIBUTE_PADDING == 294
    assert list(ids) == [*range(235), 281, 282, 283, *range(285, 341)]
    assert [taxonomy.ATTRIBUTE_ID_TO_INDEX[i] for i in (0, 234, 281, 285, 340)] == [
        0, 234, 235, 238, 293,
    ]  # fmt: skip
