"""What a page takes from strangers: small files that are pictures."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from projects.fashion_attr.datasets.jpeg import number_of_scans
from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage

# By PIL's names; no other of its readers sees an upload.
FORMATS = ('JPEG', 'PNG', 'WEBP', 'BMP')
FORMATS_IN_WORDS = 'JPEG, PNG, WebP or BMP'
_MOST_SCANS = 100  # programs that write JPEGs make up to about 12
MEGABYTE = 1 << 20  # bytes, as browsers and Gradio count


class UploadError(ValueError):
    """A file is refused; the text is for who uploaded it."""


@dataclass(frozen=True)
class UploadLimits:
    """What may be uploaded.

    Attributes:
        megabytes: size of a file, in `MEGABYTE`.
        megapixels: width x height once decoded; a file of a few kB may hold billions.
        least_edge: shortest edge, in pixels.
        aspect: longest edge as a multiple of the shortest.

    Raises:
        ValueError: if a limit is not above 0.
    """

    megabytes: float = 20
    megapixels: float = 50
    least_edge: int = 16
    aspect: float = 10

    def __post_init__(self) -> None:
        for name in ('megabytes', 'megapixels'):
            if not getattr(self, name) > 0:
                raise ValueError(
                    f'the limit of {name} must be above 0, got {getattr(self, name)}'
                )

    def __str__(self) -> str:
        return (
            f'{FORMATS_IN_WORDS}, up to {self.megabytes:g} MB and '
            f'{self.megapixels:g} megapixels'
        )


def read_upload(path: str | Path, limits: UploadLimits) -> np.ndarray:
    """Read an uploaded picture; nothing is decoded before its header is found sound.

    Args:
        path (str | Path): of the file.
        limits (UploadLimits): what is taken.

    Returns:
        np.ndarray: (H, W, 3) uint8 BGR, turned as EXIF says, as people see it.

    Raises:
        UploadError: if the file is too large, of another type, or damaged.
    """
    path = Path(path)
    megabytes = path.stat().st_size / MEGABYTE
    if megabytes > limits.megabytes:
        raise UploadError(
            f'{path.name} has {megabytes:,.1f} MB; up to {limits.megabytes:g} MB are '
            'taken: save it smaller or as JPEG'
        )
    data = path.read_bytes()
    _check_header(path.name, data, limits)
    try:
        return EncodedImage(path.name, data, turn=True).decode()
    except ValueError as error:
        raise UploadError(f'damaged picture: {error}') from error


def _check_header(name: str, data: bytes, limits: UploadLimits) -> None:
    """Refuse what is no picture within the limits."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            _check_size(name, picture.size, limits)
            if picture.format in ('JPEG', 'MPO'):
                _check_scans(name, data)
    except Image.DecompressionBombError as error:
        raise UploadError(
            f'{name} has far too many pixels; up to {limits.megapixels:g} megapixels '
            'are taken: make it smaller'
        ) from error
    except UploadError:
        raise
    except UnidentifiedImageError as error:
        raise UploadError(
            f'{name} is no picture that can be read here: {FORMATS_IN_WORDS}'
        ) from error
    # PIL answers what is broken, or unfolds to gigabytes, with whatever it trips over.
    except Exception as error:
        raise UploadError(f'damaged picture: {name}: {error}') from error


def _check_scans(name: str, data: bytes) -> None:
    """Each scan is worked through all pixels, and may take 10 bytes."""
    scans = number_of_scans(data)
    if scans > _MOST_SCANS:
        raise UploadError(
            f'{name} is a JPEG of {scans:,} scans; up to {_MOST_SCANS} are taken: save '
            'it anew'
        )


def _check_size(name: str, size: tuple[int, int], limits: UploadLimits) -> None:
    width, height = size
    megapixels = width * height / 1e6
    told = f'{name} has {width:,} x {height:,} pixels'
    if megapixels > limits.megapixels:
        raise UploadError(
            f'{told}, {megapixels:,.1f} megapixels; up to {limits.megapixels:g} are '
            'taken: make it smaller'
        )
    if min(size) < limits.least_edge:
        raise UploadError(
            f'{told}; each edge needs {limits.least_edge} at the least: take a larger '
            'picture'
        )
    if max(size) > limits.aspect * min(size):
        raise UploadError(
            f'{told}; an edge may be {limits.aspect:g} times as long as the other: cut '
            'out the part with the garments'
        )
