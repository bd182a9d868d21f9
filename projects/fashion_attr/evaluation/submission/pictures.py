"""The pictures that a submission answers for: their ImageIds and sizes."""

import warnings
from pathlib import Path

from PIL import Image

from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries

from ..functional.ground_truth import GroundTruth, stem_of
from ..functional.kaggle_files import images_by_name

SUFFIXES = ('.jpg', '.jpeg', '.png')
Sizes = dict[str, tuple[int, int]]  # (h, w) in pixels by ImageId, in its order


def read_sizes(folder: str | Path, wanted: set[str] | None = None) -> Sizes:
    """Find the pictures of a folder and read their headers.

    Sizes are those of the stored pixels: an EXIF rotation is not applied, as the
    configs' loader does not apply it either.

    Args:
        folder (str | Path): Kaggle's ``test/``, or another one of pictures.
        wanted (set[str] | None): ImageIds to keep; None: all.

    Returns:
        Sizes: of those pictures, by ascending ImageId.

    Raises:
        OSError: if there is no such folder.
        ValueError: if it has no picture, lacks one that is wanted, has two of one
            name, or one that cannot be read, naming it.
    """
    paths = find_pictures(folder)
    absent = sorted((paths.keys() if wanted is None else wanted) - paths.keys())
    if absent:
        raise ValueError(
            f'{folder} lacks {len(absent):,} of {len(wanted):,} pictures, as '
            f'{absent[0]}; --images is the folder of the pictures predicted on'
        )
    names = sorted(paths.keys() if wanted is None else wanted)
    return {name: _size(paths[name]) for name in names}


def find_pictures(folder: str | Path) -> dict[str, Path]:
    """The files of a folder that are pictures by their ending.

    Args:
        folder (str | Path): Kaggle's ``test/``, or another one; not what lies deeper.

    Returns:
        dict[str, Path]: by ImageId, the name without ending.

    Raises:
        OSError: if there is no such folder.
        ValueError: if it has no picture, or two of one name.
    """
    paths: dict[str, Path] = {}
    for path in Path(folder).iterdir():
        if path.suffix.lower() not in SUFFIXES or path.name.startswith('.'):
            continue
        other = paths.setdefault(path.stem, path)
        if other != path:
            raise ValueError(
                f'{folder} has {other.name} and {path.name}: one ImageId for two '
                'pictures; remove one'
            )
    if not paths:
        raise ValueError(f'{folder} has no picture ({", ".join(SUFFIXES)})')
    return paths


def read_image_names(path: str | Path) -> dict[int, str]:
    """The ImageIds of an annotation file's pictures.

    Args:
        path (str | Path): COCO JSON; its ``annotations`` may be absent.

    Returns:
        dict[int, str]: ImageId by the image's id; one may come up twice.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file, if it is no JSON, has no images, or an image
            lacks its id or name, or two have one id.
    """
    names: dict[int, str] = {}
    try:
        for key, entry in read_entries(path):
            if key == 'images':
                add_name(names, entry)
    except BrokenJSON as error:
        raise ValueError(f'{path} is no COCO JSON: {error}') from error
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    if not names:
        raise ValueError(f'{path} has no images; it should be a COCO annotation file')
    return names


def sizes_of(gt: GroundTruth) -> Sizes:
    """The pictures of a ground truth.

    Args:
        gt (GroundTruth): its ``image_names`` are the ImageIds.

    Returns:
        Sizes: by ascending ImageId.

    Raises:
        ValueError: if images have no names, or share one.
    """
    images = sorted(images_by_name(gt).items())
    return {name: tuple(gt.image_sizes[n].tolist()) for name, n in images}


def image_name(image: dict) -> str:
    """The ImageId of an entry of ``images``.

    Args:
        image (dict): with ``kaggle_id`` or ``file_name``.

    Returns:
        str: as ``GroundTruth.image_names`` has it.

    Raises:
        ValueError: if it has neither.
    """
    name = image.get('kaggle_id') or image.get('file_name')
    if not isinstance(name, str | int) or not name:
        raise ValueError(
            f'image {image.get("id")} has neither kaggle_id nor file_name, so that no '
            'ImageId can be told'
        )
    return str(image.get('kaggle_id') or stem_of(str(name)))


def add_name(names: dict[int | str, str], image: dict) -> None:
    """Note the ImageId of an entry of ``images``.

    Args:
        names (dict[int | str, str]): ImageId by the image's id; is added to.
        image (dict): the entry.

    Raises:
        ValueError: if it lacks its id or name, or its id is another one's.
    """
    if not isinstance(image, dict) or 'id' not in image:
        raise ValueError(f'an entry of images has no id: {str(image)[:80]}')
    number, name = image['id'], image_name(image)
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise ValueError(f'image {name} has the id {number!r}, no whole number or name')
    if number in names:
        raise ValueError(
            f'images {names[number]} and {name} have the same id, {number!r}; give one '
            'of them another'
        )
    names[number] = name


def _size(path: Path) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            # The set has pictures above PIL's limit, and nothing is decoded here.
            warnings.simplefilter('ignore', Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                return picture.size[::-1]
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(f'{path} cannot be read: {error}') from error
