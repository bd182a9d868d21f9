"""COCO's reader and label tables, held against the taxonomy."""

from collections.abc import Mapping, Sequence
from json import JSONDecodeError
from typing import Any

from mmdet.datasets.api_wrappers import COCO

from .coco_tables import check_form, check_labels
from .json_file import load_json
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
            an id differently from the taxonomy; see `check_form` and `load_json`.
    """

    def __init__(
        self,
        annotation_file: str | None = None,
        taxonomy: Taxonomy = FASHIONPEDIA,
    ):
        self.source = str(annotation_file)
        self.taxonomy = taxonomy
        super().__init__()
        if annotation_file is not None:
            self.dataset = self._load(annotation_file)
            self.createIndex()
            # mmdet's names for what pycocotools has just made.
            self.img_ann_map, self.cat_img_map = self.imgToAnns, self.catToImgs

    def _load(self, annotation_file: str) -> Any:
        try:
            return load_json(annotation_file)
        except (JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(
                f'{self.source} is cut off or no JSON ({error}); make it again with '
                'tools/prepare_imaterialist.py, or download it again'
            ) from error
        except ValueError as error:
            raise ValueError(f'{self.source}: {error}') from error

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
        ValueError: if an entry lacks id or name, if an id stands twice, or is named
            differently from the taxonomy.
    """
    check_labels(source, tables)
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
