"""The reader of large JSON files against json.load."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.datasets.checks import json_stream
from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4),
    max_leaves=6,
)
objects = st.dictionaries(st.text(max_size=5), values, max_size=5)


def write(folder, text):
    path = folder / 'x.json'
    path.write_text(text, encoding='utf-8')
    return path


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp('json')


@settings(max_examples=60)
@given(objects, st.sampled_from([None, 0, 3]), st.integers(1, 9))
def test_entries_are_those_of_json_load(folder, value, indent, chunk):
    path = write(folder, json.dumps(value, indent=indent, ensure_ascii=False))
    expected = [
        (key, entry)
        for key, part in value.items()
        for entry in (part if isinstance(part, list) else [part])
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, '_CHUNK', chunk)
        assert list(read_entries(path)) == expected


@settings(max_examples=60)
@given(objects, st.data())
def test_what_is_cut_off_is_broken(folder, value, data):
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(BrokenJSON):
        list(read_entries(write(folder, text[:cut])))


@pytest.mark.parametrize(
    'text, message',
    [
        ('', "expected '{' at character 0, the file ends there"),
        ('[1]', "expected '{' at character 0, got '\\['"),
        ('{"a": [1 2]}', "expected ']' at character 9, got '2'"),
        ('{"a": 1} x', "expected 'the end' at character 9, got 'x'"),
        ('{"a": [{"b": tru}]}', 'Expecting value at character 13'),
        ('{"a": [1, 2', "expected ']' at character 11, the file ends there"),
    ],
)
def test_errors_tell_the_character(folder, text, message):
    with pytest.raises(BrokenJSON, match=message):
        list(read_entries(write(folder, text)))


def test_what_was_read_before_the_fault_is_given(folder):
    entries = read_entries(write(folder, '{"a": [1, {"b": 2}, {"b":'))
    assert [next(entries), next(entries)] == [('a', 1), ('a', {'b': 2})]
    with pytest.raises(BrokenJSON):
        next(entries)


def test_bytes_are_told_and_other_encodings_refused(folder):
    told = []
    path = write(folder, json.dumps(dict(a=['ä'] * 99), ensure_ascii=False))
    list(read_entries(path, told.append))
    assert sum(told) == path.stat().st_size
    path.write_bytes(b'{"a": "\xe4"}')
    with pytest.raises(BrokenJSON, match='utf-8'):
        list(read_entries(path))
