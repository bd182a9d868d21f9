"""Predictions picture by picture, from whichever file a run has left.

- ``.pkl`` of ``tools/test.py --out``: held as a whole, as pickles are.
- COCO results, ``.json``: with one result a line, as F1SegmMetric writes them, only
  the places of the lines are held, whatever their order; else the whole file.
- A COCO file with ``images`` and ``annotations``, such as the ground truth itself:
  held as a whole; annotations without ``score`` have 1.
"""

import re
from array import array
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from projects.fashion_attr.datasets.json_file import decode_json, load_json

from ..functional.ground_truth import check_tables
from ..functional.reading import named, read_results
from .pickles import read_pickle
from .pictures import SUFFIXES, add_name, read_image_names

_PICKLES = ('.pkl', '.pickle')
# What F1SegmMetric and most others begin a result with.
_IMAGE_ID = re.compile(rb'\{"image_id": ?(-?\d+|"[^"\\]*")[,}]')
ImageKey = int | str


class PredictionFile:
    """COCO results by ImageId.

    Args:
        path (Path): of the file, for errors.
        keys (dict[str, ImageKey]): what the file calls each picture, by ImageId.
        read (Callable): gives the results of a picture by what the file calls it.
    """

    def __init__(
        self,
        path: Path,
        keys: dict[str, ImageKey],
        read: Callable[[ImageKey], list[dict]],
    ):
        self.path = path
        self._keys = keys
        self._read = read

    @property
    def image_ids(self) -> set[str]:
        """The ImageIds that have predictions."""
        return set(self._keys)

    def results(self, image_id: str) -> list[dict]:
        """The predictions for a picture.

        Args:
            image_id (str): ImageId.

        Returns:
            list[dict]: COCO results with category_id, score, segmentation and
            attr_scores or attribute_ids, as far as the file has them; none where
            the file does not know the picture.

        Raises:
            ValueError: naming the file and what of it cannot be read.
        """
        if image_id not in self._keys:
            return []
        with named(self.path):
            return self._read(self._keys[image_id])


def open_predictions(
    path: str | Path, ann_file: str | Path | None = None
) -> PredictionFile:
    """Find out what a file of predictions has.

    Args:
        path (str | Path): see the head of this module.
        ann_file (str | Path | None): COCO JSON whose ``images`` say which picture an
            ``image_id`` is, for COCO results with numbers.

    Returns:
        PredictionFile: by ImageId.

    Raises:
        OSError: if a file cannot be read.
        ValueError: naming the file and what is wrong with it.
    """
    path = Path(path)
    if path.suffix.lower() in _PICKLES:
        held = read_pickle(path)
        return PredictionFile(path, {name: name for name in held}, held.results)
    if path.suffix.lower() != '.json':
        raise ValueError(
            f'{path} is neither a .pkl of tools/test.py --out nor a .json of COCO '
            'results'
        )
    with open(path, 'rb') as file:
        if file.read(1 << 16).removeprefix(BOM_UTF8).lstrip()[:1] == b'{':
            return _from_coco(path)
    with named(path):
        lines = index_lines(path)
    if lines is None:
        with named(path):
            held = _grouped(read_results(path))
        return _named_keys(path, held, held.__getitem__, ann_file)
    return _named_keys(path, lines, lambda key: _read_lines(path, lines[key]), ann_file)


def index_lines(path: str | Path) -> dict[ImageKey, array] | None:
    """Where the results of each picture stand, without reading them.

    Args:
        path (str | Path): COCO results.

    Returns:
        dict[ImageKey, array] | None: bytes before each line, by ``image_id``; None
        where the file is not '[', one result a line and ']'.
    """
    lines: dict[ImageKey, array] = defaultdict(lambda: array('Q'))
    with open(path, 'rb') as file:
        first = file.readline()
        if first.strip() != b'[':
            return None
        place = len(first)
        for line in file:
            found = _IMAGE_ID.match(line)
            if found:
                lines[decode_json(found[1].decode())].append(place)
            elif line.strip() == b']':
                # What follows would be lost: another list perhaps.
                return None if file.read().strip() else dict(lines)
            else:
                return None
            place += len(line)
    return None


def _read_lines(path: Path, places: array) -> list[dict]:
    results = []
    with open(path, 'rb') as file:
        for place in places:
            file.seek(place)
            line = file.readline().strip().removesuffix(b',')
            try:
                results.append(decode_json(line.decode()))
            except ValueError as error:
                raise ValueError(f'the result at byte {place:,}: {error}') from error
    return results


def _grouped(results: Iterable[dict]) -> dict[ImageKey, list[dict]]:
    groups: dict[ImageKey, list[dict]] = defaultdict(list)
    for result in results:
        groups[result['image_id']].append(result)
    return dict(groups)


def _from_coco(path: Path) -> PredictionFile:
    with named(path):
        coco = load_json(path)
        if not {'images', 'annotations'} <= set(coco):
            raise ValueError(
                'an object without images and annotations; COCO results are a list'
            )
        check_tables(coco)
        names: dict[ImageKey, str] = {}
        for image in coco['images']:
            add_name(names, image)
        held = _grouped(dict(score=1.0) | entry for entry in coco['annotations'])
        return PredictionFile(path, _by_image_id(held, names), held.__getitem__)


def _named_keys(
    path: Path,
    keys: Iterable[ImageKey],
    read: Callable[[ImageKey], list[dict]],
    ann_file: str | Path | None,
) -> PredictionFile:
    """Find the ImageId of every image_id."""
    numbers = [key for key in keys if not isinstance(key, str)]
    names: dict[ImageKey, str] = {key: _stem(key) for key in set(keys) - {*numbers}}
    if numbers and ann_file is None:
        raise ValueError(
            f'{path} calls pictures by number, as {numbers[0]}: give --ann FILE, the '
            'annotation file that was predicted on; its images say which is which'
        )
    if numbers:
        names |= read_image_names(ann_file)
    with named(path):
        return PredictionFile(path, _by_image_id(keys, names, ann_file), read)


def _by_image_id(
    keys: Iterable[ImageKey], names: dict, ann_file: str | Path | None = None
) -> dict[str, ImageKey]:
    found: dict[str, ImageKey] = {}
    for key in keys:
        if isinstance(key, bool) or key not in names:
            raise ValueError(
                f'image_id {key!r} is none of the {len(names):,} images'
                + (f' of {ann_file}' if ann_file else ' of the file')
            )
        other = found.setdefault(names[key], key)
        if other != key:
            raise ValueError(
                f'image_id {other} and {key} are both ImageId {names[key]}'
            )
    return found


def _stem(name: str) -> str:
    path = PurePosixPath(name.replace('\\', '/'))
    return path.stem if path.suffix.lower() in SUFFIXES else path.name
