"""Text of a label: wrapping, shortening, ranking, contrast."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_NAMES, CATEGORY_NAMES
from projects.fashion_attr.visualization.garment import AttributeLabel, Garment
from projects.fashion_attr.visualization.label_block import (
    INK,
    PAPER,
    SEPARATOR,
    contrasting,
    luminance,
    make_block,
    shorten,
    text_width,
    wrap,
)
from projects.fashion_attr.visualization.verdict import (
    OTHER_ATTRIBUTES,
    RIGHT,
    VERDICTS,
    WRONG,
)

SIZE = 14


def garment(name='dress', attributes=(), score=None):
    labels = tuple(AttributeLabel(a) for a in attributes)
    return Garment(name, (200, 30, 30), np.zeros(4), score=score, attributes=labels)


def text_of(block):
    return [''.join(span.text for span in line) for line in block.lines]


@pytest.mark.parametrize(
    ('widths', 'lines'),
    [
        pytest.param([], [], id='none'),
        pytest.param([3, 3], [[0, 1]], id='both fit with the space'),
        pytest.param([4, 4], [[0], [1]], id='the space is one too much'),
        pytest.param([20, 1], [[0], [1]], id='too wide has its own line'),
        pytest.param([2, 2, 2, 2], [[0, 1], [2, 3]], id='fills up again'),
    ],
)
def test_wrap(widths, lines):
    assert list(wrap(widths, space=1, limit=8 if len(widths) != 4 else 6)) == lines


@pytest.mark.parametrize(
    ('color', 'ink'),
    [
        pytest.param((255, 255, 255), (0, 0, 0), id='white'),
        pytest.param((0, 0, 0), (255, 255, 255), id='black'),
        pytest.param((255, 255, 0), (0, 0, 0), id='yellow'),
        pytest.param((0, 0, 200), (255, 255, 255), id='blue'),
    ],
)
def test_contrasting(color, ink):
    assert contrasting(color) == ink


def test_short_text_is_kept_and_long_text_ends_in_an_ellipsis():
    assert shorten('dress', SIZE, 500) == 'dress'
    cut = shorten('no special manufacturing technique', SIZE, 100)
    assert cut.endswith('…')
    assert text_width(cut, SIZE) <= 100


def test_attributes_beyond_the_limit_are_counted():
    block = make_block(garment(attributes='abcdefgh'), SIZE, 300, 6)
    assert text_of(block) == ['a · b · c · d · e · f · +2']


@pytest.mark.parametrize('number', [0, 1, 5])
def test_all_attributes_where_they_are_few(number):
    block = make_block(garment(attributes='abcde'[:number]), SIZE, 300, 5)
    assert '+' not in ''.join(text_of(block))
    assert len(block.lines) == (number > 0)


def test_score_stands_in_the_title():
    assert make_block(garment(score=0.876), SIZE, 300, 6).score == '0.88'
    assert make_block(garment(), SIZE, 300, 6).score == ''


def test_an_attribute_that_is_not_right_has_a_mark_and_its_colour():
    labels = (
        AttributeLabel('stripe', verdict=OTHER_ATTRIBUTES),
        AttributeLabel('short', verdict=RIGHT),
        AttributeLabel('plain'),
    )
    block = make_block(
        Garment('x', (0, 0, 9), np.zeros(4), attributes=labels), SIZE, 300, 6
    )
    spans = [span for span in block.lines[0] if span.text != SEPARATOR]
    assert [span.text for span in spans] == ['≠ stripe', 'short', 'plain']
    assert [span.color for span in spans] == [OTHER_ATTRIBUTES.color, RIGHT.color, INK]


def test_a_mark_has_room_of_its_own():
    plain = Garment('dress', (0, 0, 9), np.zeros(4), score=0.5)
    widths = [
        make_block(replace(plain, verdict=verdict), SIZE, 300, 6).width
        for verdict in (None, WRONG)
    ]
    assert widths[1] - widths[0] >= SIZE


@pytest.mark.parametrize('verdict', VERDICTS.values(), ids=lambda v: v.name)
def test_verdicts_can_be_read(verdict):
    """WCAG 2, level AA: a contrast of 4.5 for text of this size."""
    assert contrast(verdict.color, PAPER) >= 4.5
    assert contrast(verdict.light, INK) >= 4.5


def contrast(first, second):
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(CATEGORY_NAMES),
    st.lists(st.sampled_from(ATTRIBUTE_NAMES), max_size=14),
    st.sampled_from([None, 0.5]),
    st.integers(10, 30),
)
def test_no_text_is_wider_than_its_block(name, attributes, score, size):
    limit = size * 17
    block = make_block(garment(name, attributes, score), size, limit, 6)
    assert block.size[1] <= limit + 1
    for line in text_of(block):
        assert text_width(line, size) <= block.width
    for line in block.title:
        assert text_width(line, size, bold=True) <= block.width
