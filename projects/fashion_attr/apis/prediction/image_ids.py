"""The number of each picture in COCO results."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries

from ..inferencer import Picture


class ImageIds:
    """Numbers of an annotation file, or 1, 2, 3 in the order that pictures come.

    Args:
        ann_file (str | Path | None): COCO JSON whose ``images`` have the ids.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no COCO file with images.
    """

    def __init__(self, ann_file: str | Path | None = None) -> None:
        self.ann_file = ann_file
        self._by_name: dict[str, int] = {}
        self._by_last: dict[str, list[int]] = defaultdict(list)
        if ann_file is not None:
            self._read(Path(ann_file))

    def known(self, pictures: Sequence[Picture]) -> list[Picture]:
        """The pictures that have a number.

        Args:
            pictures (Sequence[Picture]): all that there are.

        Returns:
            list[Picture]: those that the annotation file lists.

        Raises:
            ValueError: if it lists none of them, or one twice.
        """
        if self.ann_file is None:
            return list(pictures)
        kept = [p for p in pictures if self._find(p.name) is not None]
        if not kept:
            raise ValueError(
                f'{self.ann_file} lists none of the {len(pictures):,} pictures, such '
                f'as {pictures[0].name}, but {next(iter(self._by_name))}'
            )
        return kept

    def of(self, name: str, place: int) -> int:
        """The number of a picture.

        Args:
            name (str): of the picture: its ``file_name`` in the file, or a path that
                ends in one that only one picture has.
            place (int): how many came before it.

        Returns:
            int: its id.

        Raises:
            ValueError: if the file lists it not, or twice.
        """
        if self.ann_file is None:
            return place + 1
        found = self._find(name)
        if found is None:
            raise ValueError(f'{self.ann_file} does not list {name}')
        return found

    def _find(self, name: str) -> int | None:
        if name in self._by_name:
            return self._by_name[name]
        found = self._by_last.get(PurePosixPath(name).name, [])
        if len(found) > 1:
            raise ValueError(
                f'{self.ann_file} lists {len(found)} pictures that may be {name}: give '
                'the folder that its file_names start from, and nothing else'
            )
        return found[0] if found else None

    def _read(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(f'there is no file {path} to take --image-ids from')
        try:
            for key, image in read_entries(path):
                if key == 'images':
                    name = str(image['file_name'])
                    self._by_name[name] = int(image['id'])
                    last = PurePosixPath(name).name
                    self._by_last[last].append(int(image['id']))
        except (BrokenJSON, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f'{path} is no COCO file whose images have id and file_name ({error})'
            ) from error
        if not self._by_name:
            raise ValueError(f'{path} has no images: it should be a COCO file')
