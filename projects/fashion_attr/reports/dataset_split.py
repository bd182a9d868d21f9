"""The annotation files that a data-set report is made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..datasets.object_table import ObjectTable, joined
from ..evaluation.functional.reading import named, read_coco


@dataclass(frozen=True)
class Split:
    """One annotation file.

    Attributes:
        name: what the page calls it.
        file: where it came from.
        table: its objects as columns.
        images: its table of pictures, as in the file.
        annotations: its annotations, as in the file.
    """

    name: str
    file: Path
    table: ObjectTable
    images: Sequence[Mapping]
    annotations: Sequence[Mapping]


def read_splits(files: Sequence[str | Path]) -> list[Split]:
    """Read annotation files to be set side by side.

    Args:
        files (Sequence[str | Path]): COCO / Fashionpedia JSONs of one taxonomy.

    Returns:
        list[Split]: in their order.

    Raises:
        OSError: if one cannot be read.
        ValueError: naming the file and the entry that is not sound; if their
            categories or attributes differ; or if a file is given twice.
    """
    for file, times in Counter(map(str, files)).items():
        if times > 1:
            raise ValueError(f'{file} is given twice')
    splits = [
        _read(name, Path(file))
        for name, file in zip(split_names(files), files, strict=True)
    ]
    joined([split.table for split in splits])
    return splits


def split_names(files: Sequence[str | Path]) -> list[str]:
    """What to call files: the stem, the whole path where two stems are equal.

    Args:
        files (Sequence[str | Path]): paths.

    Returns:
        list[str]: as many names, all different for different paths.
    """
    # Fashionpedia's files are instances_attributes_train2020.json and so on.
    stems = [Path(file).stem.removeprefix('instances_attributes_') for file in files]
    times = Counter(stems)
    pairs = zip(stems, files, strict=True)
    return [stem if times[stem] == 1 else str(file) for stem, file in pairs]


def _read(name: str, file: Path) -> Split:
    with named(file):
        coco = read_coco(file)
        table = ObjectTable.from_coco(coco)
    return Split(name, file, table, coco['images'], coco['annotations'])
