"""The annotation files that a data-set report is made of."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..datasets.annotation_lines import LayoutError, read_pictures, read_tables
from ..datasets.checks.workers import chunks
from ..datasets.object_table import ObjectTable, joined
from ..evaluation.functional.reading import named, read_coco

_PICTURES = 500  # at once


@dataclass(frozen=True)
class Split:
    """One annotation file.

    Attributes:
        name: what the page calls it.
        file: where it came from.
        table: its objects as columns.
        coco: the file as loaded; None where it can be read again in a stream.
    """

    name: str
    file: Path
    table: ObjectTable
    coco: Mapping | None = None

    def pictures(
        self, chosen: Collection[int]
    ) -> dict[int, tuple[Mapping, list[Mapping]]]:
        """Entries of some pictures.

        Args:
            chosen (Collection[int]): indices of pictures.

        Returns:
            dict[int, tuple[Mapping, list[Mapping]]]: by index the picture and its
            annotations, as in the file.
        """
        if self.coco is None:
            entries = enumerate(read_pictures(self.file))
            return {n: entry for n, entry in entries if n in chosen}
        found = {n: (self.coco['images'][n], []) for n in chosen}
        owners = self.table.image.tolist()
        for n, ann in zip(owners, self.coco['annotations'], strict=True):
            if n in found:
                found[n][1].append(ann)
        return found


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
        try:
            return Split(name, file, _table_in_a_stream(file))
        except LayoutError:
            coco = read_coco(file)
            return Split(name, file, ObjectTable.from_coco(coco), coco)


def _table_in_a_stream(file: Path) -> ObjectTable:
    """The same as of the loaded file, whose masks need not be in memory at once."""
    labels = read_tables(file)
    tables = [ObjectTable.from_coco(dict(labels, images=[], annotations=[]))]
    for pictures in chunks(read_pictures(file), _PICTURES):
        images, lists = zip(*pictures, strict=True)
        annotations = [annotation for part in lists for annotation in part]
        coco = dict(labels, images=images, annotations=annotations)
        tables.append(ObjectTable.from_coco(coco))
    return joined(tables)
