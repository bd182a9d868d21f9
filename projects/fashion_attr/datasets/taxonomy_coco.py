"""COCO's reader and label tables, held against the taxonomy."""

import json
from collections.abc import Mapping, Sequence

from mmdet.datasets.api_wrappers import COCO

from .coco_tables import check_form
from .kaggle_csv import check_label_names
from .labels import Taxonomy
from .taxonomy import FASHIONPEDIA


class TaxonomyCOCO(COCO):
    """COCO's reader for files whose ids mean what the taxonomy says.

    Args:
        annotation_file (str | None): path of the JSON file.
        taxonomy (Taxonomy): the one that it should be of.

    Raises:
        ValueError: if the file is no JSON or is cut off, is no COCO file, or names
            an id differently from the taxonomy.
    """

    def __init__(
        self,
        annotation_file: str | None = None,
        taxonomy: Taxonomy = FASHIONPEDIA,
    ):
        self.source = str(annotation_file)
        self.taxonomy = taxonomy
        try:
            super().__init__(annotation_file)
        except AssertionError:  # pycocotools: what it has loaded is no dict
            check_form(self.source, None)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(
                f'{self.source} is cut off or no JSON ({error}); make it again with '
                'tools/prepare_imaterialist.py, or download it again'
            ) from error

    def createIndex(self) -> None:
        """Compare the file's names with the taxonomy, then index its entries."""
        check_form(self.source, self.dataset)
        check_tables(self.source, self.dataset, self.taxonomy)
        super().createIndex()

    def get_cat_ids(self, cat_names=(), sup_names=(), cat_ids=()) -> list[int]:
        """Category ids of names, in the order of the names."""
        return category_ids(cat_names, self.taxonomy)


def check_tables(
    source: str,
    tables: Mapping[str, list[dict]],
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> None:
    """Compare a file's tables of labels, where it has them, with the taxonomy.

    Args:
        source (str): the file, for the error.
        tables (Mapping[str, list[dict]]): ``categories`` and ``attributes``.
        taxonomy (Taxonomy): the one that they should be of.

    Raises:
        ValueError: if an id is named differently from the taxonomy.
    """
    names = (
        {entry['id']: entry['name'] for entry in tables.get(key, [])}
        for key in ('categories', 'attributes')
    )
    check_label_names(source, *names, complete=False, taxonomy=taxonomy)


def category_ids(names: Sequence[str], taxonomy: Taxonomy = FASHIONPEDIA) -> list[int]:
    """Category ids of names, in the order of the names.

    Args:
        names (Sequence[str]): names of categories.
        taxonomy (Taxonomy): what has the names.

    Returns:
        list[int]: their ids.

    Raises:
        ValueError: if a name is none of the taxonomy.
    """
    ids = {label.name: label.id for label in taxonomy.categories}
    unknown = [name for name in names if name not in ids]
    if unknown:
        raise ValueError(
            f'{unknown} are none of the {len(ids)} categories {tuple(ids)}'
        )
    return [ids[name] for name in names]
