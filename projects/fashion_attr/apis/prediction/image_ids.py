"""The number of each picture in COCO results."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries

from ..inferencer import Picture


class ImageIds:
    """Numbers of an annotation file, or 1, 2, 3 in the order that pictures come.

    A picture is the one whose ``file_name`` it has; where there is none, the only one
    whose ``file_name`` ends as its name does.

    Args:
        ann_file (str | Path | None): COCO JSON whose ``images`` have the ids.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no COCO file with images, each with an id and a file_name
            of its own.
    """

    def __init__(self, ann_file: str | Path | None = None) -> None:
        self.ann_file = ann_file
        self._listed: dict[str, int] = {}  # by file_name
        self._taken: set[int] = set()
        self._ids: dict[str, int] = {}  # by name of a picture
        if ann_file is not None:
            self._read(Path(ann_file))

    def choose(self, pictures: Sequence[Picture]) -> list[Picture]:
        """Number pictures.

        Args:
            pictures (Sequence[Picture]): all that there are.

        Returns:
            list[Picture]: those that the annotation file lists.

        Raises:
            ValueError: if it lists none of them, or if it cannot be told which
                picture is which.
        """
        if self.ann_file is None:
            return list(pictures)
        names = [picture.name for picture in pictures]
        self._ids = {name: self._listed[name] for name in names if name in self._listed}
        self._add_by_end([name for name in names if name not in self._ids])
        if not self._ids:
            raise ValueError(
                f'{self.ann_file} lists none of the {len(names):,} pictures, such as '
                f'{names[0]}, but {next(iter(self._listed))}'
            )
        return [picture for picture in pictures if picture.name in self._ids]

    def of(self, name: str, place: int) -> int:
        """The number of a picture that was chosen.

        Args:
            name (str): of the picture.
            place (int): how many came before it.

        Returns:
            int: its id.
        """
        return place + 1 if self.ann_file is None else self._ids[name]

    def _add_by_end(self, names: list[str]) -> None:
        """Number those whose last part only one picture has, here and in the file."""
        taken = set(self._ids.values())
        ends: dict[str, list[str]] = defaultdict(list)
        for listed, number in self._listed.items():
            if number not in taken:
                ends[PurePosixPath(listed).name].append(listed)
        given: dict[str, list[str]] = defaultdict(list)
        for name in names:
            given[PurePosixPath(name).name].append(name)
        for end in given.keys() & ends.keys():
            if len(given[end]) > 1 or len(ends[end]) > 1:
                raise ValueError(
                    f'{self.ann_file} lists {", ".join(ends[end][:2])}, the pictures '
                    f'are {", ".join(given[end][:2])}: give the folder that the '
                    'file_names start from, and nothing else'
                )
            self._ids[given[end][0]] = self._listed[ends[end][0]]

    def _add(self, file_name: str, number: int) -> None:
        if type(number) is not int or not isinstance(file_name, str):
            raise ValueError(f'id {number!r}, file_name {file_name!r}')
        if file_name in self._listed or number in self._taken:
            raise ValueError(f'id {number} or file_name {file_name} stands twice')
        self._listed[file_name] = number
        self._taken.add(number)

    def _read(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(f'there is no file {path} to take --image-ids from')
        try:
            for key, image in read_entries(path):
                if key == 'images':
                    self._add(image['file_name'], image['id'])
        except (BrokenJSON, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f'{path} is no COCO file whose images have id and file_name ({error})'
            ) from error
        if not self._listed:
            raise ValueError(f'{path} has no images: it should be a COCO file')
