import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projects.fashion_attr.datasets.csv_chunks import cut_spans, ends_quoted
from projects.fashion_attr.datasets.csv_rows import (
    BrokenCsv,
    read_header,
    read_rows,
    read_span,
)

COLUMNS = ('ImageId', 'EncodedPixels')
HEADER = b'ImageId,EncodedPixels\n'


@pytest.mark.parametrize(
    'data, quoted',
    [
        (b'a,b\n', False),
        (b'a,"b\n', True),
        (b'"a\n', True),
        (b'a,"b,c"\n', False),
        (b'a,"b""\n', True),
        (b'a,""\n', False),
        (b'a,"b"""\n', False),
        (b'a"b,c\n', False),
        (b'a, "b\n', False),
        (b'a\r"b\n', True),
    ],
)
def test_quotes_are_followed_as_the_csv_module_does(data, quoted):
    assert ends_quoted(data) == quoted


def test_a_line_may_start_within_quotes():
    assert ends_quoted(b'b\n', True)
    assert not ends_quoted(b'b",c\n', True)
    assert ends_quoted(b'b","c\n', True)


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    return tmp_path_factory.mktemp('csv') / 'x.csv'


def whole(path):
    rows = []
    try:
        rows.extend(read_rows(path, COLUMNS, 'way out'))
    except BrokenCsv as error:
        return [], str(error)
    return rows, None


def in_spans(path, size):
    """The same through spans, whose lines are counted on."""
    header = read_header(path, COLUMNS, 'way out')
    rows, lines, end = [], 0, 0
    for span in cut_spans(path, size):
        assert span.start == end
        end = span.end
        reader = read_span(path, span, header, 'way out')
        try:
            while True:
                row = next(reader)
                rows.append(row._replace(line=row.line + lines))
        except StopIteration as done:
            lines += done.value
        except BrokenCsv as error:
            return [], str(error.moved(lines))
    assert end == path.stat().st_size
    return rows, None


# Few different characters, so that every two of them meet.
TEXTS = st.text('a",\n\ré', max_size=40)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans(), st.integers(1, 30))
@example('a,"b\nc"\nd,"e', False, 1)
@example('a,"b"c\nd,e\n"f,g\n', True, 1)
def test_rows_lines_and_errors_are_those_of_the_whole_file(path, text, mark, size):
    path.write_bytes(b'\xef\xbb\xbf' * mark + HEADER + text.encode())
    assert in_spans(path, size) == whole(path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text('ab,"\n', max_size=5), TEXTS), min_size=1, max_size=9),
    st.sampled_from(['\n', '\r\n']),
    st.booleans(),
)
def test_well_formed_files_are_cut_at_every_row(path, cells, end, last):
    quoted = [['"' + c.replace('"', '""') + '"' for c in row] for row in cells]
    text = end.join(map(','.join, quoted)) + end * last
    path.write_bytes(HEADER + text.encode())
    rows, error = in_spans(path, 1)
    assert error is None
    assert [row.cells for row in rows] == cells
    assert len(list(cut_spans(path, 1))) == 1 + len(cells)


def test_a_quoted_first_column_after_a_byte_order_mark(path):
    header = b'\xef\xbb\xbf"x\n",ImageId,EncodedPixels\n'
    path.write_bytes(header + b'"a\nb",c,1\n,d,2\n')
    assert [row.cells for row in in_spans(path, 1)[0]] == [('c', '1'), ('d', '2')]
    assert len(list(cut_spans(path, 1))) == 3
