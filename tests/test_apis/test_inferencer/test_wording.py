"""Attributes in words."""

import pytest

from projects.fashion_attr.apis.inferencer.wording import (
    describe,
    group_attributes,
    short_name,
)
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTES, CATEGORIES, Label

BY_NAME = {attribute.name: attribute for attribute in ATTRIBUTES}


def of(*names):
    """Attributes of the taxonomy."""
    return [BY_NAME[name] for name in names]


@pytest.mark.parametrize(
    'category, names, said',
    [
        ('sleeve', ['wrist-length', 'set-in sleeve'], 'sleeve: wrist-length, set-in'),
        ('shoe', [], 'shoe'),
        ('neckline', ['crew (neck)'], 'neckline: crew'),
        ('collar', ['shirt (collar)'], 'collar: shirt'),
        ('dress', ['sheath (dress)', 'mini (length)'], 'dress: sheath, mini length'),
        ('dress', ['high waist', 'zip-up'], 'dress; waistline: high; opening: zip-up'),
        ('skirt', ['no waistline', 'no opening'],
         'skirt; waistline: none; opening: none'),
        ('coat', ['dress (coat )'], 'coat: dress'),
        ('coat', ['leopard', 'plain (pattern)'], 'coat; pattern: leopard, plain'),
        ('sleeve', ['dolman (sleeve), batwing (sleeve)'], 'sleeve: dolman, batwing'),
        ('top, t-shirt, sweatshirt', ['classic (t-shirt)'],
         'top, t-shirt, sweatshirt: classic'),
        ('pants', ['tight (fit)', 'no special manufacturing technique', 'bead(a)'],
         'pants: tight fit; finishing: none, bead'),
        ('skirt', ['basque (wasitline)'], 'skirt; waistline: basque'),
    ],
)  # fmt: skip
def test_describes_as_a_person_would(category, names, said):
    assert describe(category, of(*names)) == said


def test_groups_keep_the_taxonomys_names_in_order():
    groups = group_attributes(of('symmetrical', 'zip-up', 'straight'))
    assert groups == {'silhouette': ['symmetrical', 'straight'],
                      'opening type': ['zip-up']}  # fmt: skip


def test_a_supercategory_without_words_of_its_own_is_its_own_heading():
    assert describe('hat', [Label(1, 'steamed', 'making')]) == 'hat; making: steamed'


@pytest.mark.parametrize('category', CATEGORIES, ids=lambda c: c.name)
def test_no_attribute_loses_its_name(category):
    for attribute in ATTRIBUTES:
        assert short_name(attribute.name, category.name, 'opening').strip(' ,()')
        assert attribute.name in str(group_attributes([attribute]))
