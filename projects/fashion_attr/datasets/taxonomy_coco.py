"""COCO's reader and label tables, held against the taxonomy."""

import json
from collections.abc import Mapping, Sequence

from mmdet.datasets.api_wrappers import COCO

from .kaggle_csv import check_label_names
from .taxonomy import CATEGORIES, CATEGORY_NAMES

_CATEGORY_NAME_TO_ID = {c.name: c.id for c in CATEGORIES}


class TaxonomyCOCO(COCO):
    """COCO's reader for files whose ids mean what the taxonomy says.

    Args:
        annotation_file (str | None): path of the JSON file.

    Raises:
        ValueError: if the file is no JSON or is cut off, or names an id differently
            from the taxonomy.
    """

    def __init__(self, annotation_file: str | None = None):
        self.source = str(annotation_file)
        try:
            super().__init__(annotation_file)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(
                f'{self.source} is cut off or no JSON ({error}); make it again with '
                'tools/prepare_imaterialist.py, or download it again'
            ) from error

    def createIndex(self) -> None:
        """Compare the file's names with the taxonomy, then index its entries."""
        check_tables(self.source, self.dataset)
        super().createIndex()

    def get_cat_ids(self, cat_names=(), sup_names=(), cat_ids=()) -> list[int]:
        """Category ids of names, in the order of the names."""
        return category_ids(cat_names)


def check_tables(source: str, tables: Mapping[str, list[dict]]) -> None:
    """Compare a file's tables of labels, where it has them, with the taxonomy.

    Args:
        source (str): the file, for the error.
        tables (Mapping[str, list[dict]]): ``categories`` and ``attributes``.

    Raises:
        ValueError: if an id is named differently from the taxonomy.
    """
    names = (
        {entry['id']: entry['name'] for entry in tables.get(key, [])}
        for key in ('categories', 'attributes')
    )
    check_label_names(source, *names, complete=False)


def category_ids(names: Sequence[str]) -> list[int]:
    """Category ids of names, in the order of the names.

    Args:
        names (Sequence[str]): names of categories.

    Returns:
        list[int]: their ids.

    Raises:
        ValueError: if a name is none of the taxonomy.
    """
    unknown = [name for name in names if name not in _CATEGORY_NAME_TO_ID]
    if unknown:
        raise ValueError(f'{unknown} are none of the 46 categories {CATEGORY_NAMES}')
    return [_CATEGORY_NAME_TO_ID[name] for name in names]
