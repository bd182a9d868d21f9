"""What an ONNX file says of itself."""

import pytest

from projects.fashion_attr.apis.exported import Metadata, PicturePlan

METADATA = Metadata(
    categories=[dict(id=0, name='shirt, blouse', supercategory='upperbody')],
    attributes=[dict(id=317, name='plain (pattern)', supercategory='pattern')],
    palette=[[1, 2, 3]],
    picture=PicturePlan((1333, 800), mean=(1.5, 2.5, 3.5)),
    score_thr=0.3,
    mask_thr=0.5,
    attr_score_thr=[[0.25]],
    identity='abc',
    made_from=dict(config='c.py'),
)


def test_comes_back_as_it_was():
    assert Metadata.from_strings(METADATA.to_strings()) == METADATA


def test_names_are_those_of_a_dataset():
    assert METADATA.dataset_meta == dict(
        classes=['shirt, blouse'], attributes=['plain (pattern)'], palette=[[1, 2, 3]]
    )


@pytest.mark.parametrize(
    'change, message',
    [
        (dict(format=None), "says format None where 'fashion_attr 1' is read"),
        (dict(format='fashion_attr 9'), "says format 'fashion_attr 9'"),
        (dict(picture='{"scale": [3, 4], "zoom": 1}'), 'metadata is damaged .*zoom'),
        (dict(identity='abc'), 'metadata is damaged'),
        (dict(score_thr=None), 'metadata is damaged .*score_thr.*tools/export.py'),
    ],
    ids=['no format', 'other version', 'unknown key', 'no JSON', 'missing'],
)
def test_other_files_are_refused(change, message):
    strings = METADATA.to_strings() | change
    given = {name: value for name, value in strings.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        Metadata.from_strings(given)
