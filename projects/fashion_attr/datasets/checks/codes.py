"""The one table of what is looked for: code, severity, what it means, the way out."""

from fnmatch import fnmatchcase
from typing import NamedTuple

ERROR, WARNING, NOTE = SEVERITIES = ('error', 'warning', 'note')


class Check(NamedTuple):
    """One thing that can be wrong with a copy of the data."""

    severity: str  # error: training stops or learns wrong; note: good to know
    what: str
    way_out: str


_SKIP = 'mend the row, or prepare with --on-error skip'
_AGAIN = 'download the file again'
_JSON = 'mend the JSON file'
_MASK = f'{_SKIP}; for JSON: mend the mask'

CHECKS = {
    # Files
    'csv-unreadable': Check(
        ERROR, 'train.csv cannot be told apart into rows from here on', _AGAIN
    ),
    'json-unreadable': Check(
        ERROR, 'a JSON file is cut off, no JSON, or lacks images', _AGAIN
    ),
    'no-rows': Check(
        ERROR, 'train.csv has no row, or a JSON file no annotation', _AGAIN
    ),
    'labels-missing': Check(
        NOTE, 'no names of categories and attributes to compare with', 'none needed'
    ),
    'labels-other': Check(
        ERROR, 'names of another taxonomy or year', 'take the file of 2020 (46 / 294)'
    ),
    # Rows of train.csv, entries of a JSON file
    'row-cells': Check(ERROR, 'too few or too many cells in the row', _SKIP),
    'row-image': Check(
        ERROR, 'ImageId is no file name, or image_id names no image', _SKIP
    ),
    'row-size': Check(ERROR, 'Height or Width is no size in pixels', _SKIP),
    'row-category': Check(ERROR, 'category id is none of the 46', _SKIP),
    'row-attribute': Check(
        ERROR, 'attribute ids missing, no number, or none of the 294', _SKIP
    ),
    'row-many-attributes': Check(ERROR, 'more than 14 attributes', _SKIP),
    'row-repeated-attribute': Check(
        NOTE, 'an attribute named twice in one row', 'none needed: it counts once'
    ),
    'row-id': Check(
        ERROR,
        "a JSON file's annotation id is missing, below 1 or used twice",
        'number the annotations from 1: COCO takes id 0 for "no match"',
    ),
    'row-value': Check(
        ERROR, 'area is no finite number, or iscrowd or ignore neither 0 nor 1', _JSON
    ),
    'row-duplicate': Check(
        WARNING, 'the same object twice: mask, category, attributes', 'remove one row'
    ),
    'mask-twice': Check(
        WARNING, 'two objects of a picture have the same mask', 'look which one is true'
    ),
    'image-entry': Check(
        ERROR,
        'an entry of images lacks id, file_name, height or width, or they cannot be '
        'those of a picture',
        _JSON,
    ),
    'image-twice': Check(ERROR, 'an image id or file_name used twice', _JSON),
    'size-conflict': Check(ERROR, 'rows of one picture give it two sizes', _SKIP),
    # Masks
    'rle-empty': Check(ERROR, 'a mask without a pixel', _MASK),
    'rle-number': Check(ERROR, 'a value of the RLE is no integer', _MASK),
    'rle-odd': Check(ERROR, 'an odd number of values in the RLE', _MASK),
    'rle-start': Check(ERROR, 'a run starts before pixel 1', _MASK),
    'rle-length': Check(ERROR, 'a run shorter than 1 pixel', _MASK),
    'rle-order': Check(ERROR, 'a run starts before the run before it', _MASK),
    'rle-overlap': Check(ERROR, 'a run overlaps the run before it', _MASK),
    'rle-beyond': Check(ERROR, "a run ends beyond the picture's last pixel", _MASK),
    'rle-touch': Check(
        NOTE, 'runs that touch and could be one', 'none needed: they are merged'
    ),
    'mask-missing': Check(ERROR, 'an annotation without segmentation', _JSON),
    'mask-bad': Check(ERROR, 'a mask that is no sound RLE and no polygons', _JSON),
    'mask-size': Check(ERROR, 'an RLE of another size than its image', _JSON),
    'mask-outside': Check(
        WARNING, 'polygon points more than a pixel outside the picture', 'look at it'
    ),
    'box-bad': Check(ERROR, 'bbox is no x, y, width > 0, height > 0', _JSON),
    'box-outside': Check(
        WARNING, 'bbox reaches more than a pixel out of the picture', 'look at it'
    ),
    'box-differs': Check(
        WARNING, "bbox is more than 2 pixels from the mask's", 'remove the bbox'
    ),
    # Pictures
    'picture-missing': Check(ERROR, 'rows name a file that is not there', _AGAIN),
    'picture-unreadable': Check(ERROR, 'a file that cannot be decoded', _AGAIN),
    'picture-truncated': Check(
        ERROR, 'a file that is cut off: the loader stops', _AGAIN
    ),
    'picture-size': Check(
        ERROR,
        'stored pixels differ from Height x Width',
        'download file and rows again',
    ),
    'picture-exif': Check(
        NOTE,
        'EXIF says rotated',
        "none needed here: the configs' loader ignores it, sizes and masks are of the "
        'stored pixels; other viewers turn the picture',
    ),
    'picture-format': Check(
        NOTE, 'the format is not what the name says', 'none needed: contents decide'
    ),
    'picture-mode': Check(
        NOTE,
        'grey, CMYK, 16-bit or with alpha',
        'none needed: loaded as 8-bit BGR, on white where transparent',
    ),
    'picture-animated': Check(
        WARNING, 'several frames; the first is used', 'look whether the masks fit it'
    ),
    'picture-without-rows': Check(
        WARNING, 'a picture without a row or annotation', 'remove it, or find its rows'
    ),
    # Duplicates, and leaks between the sides (train, val)
    'picture-duplicate': Check(
        WARNING, 'two files with the same bytes, not on two sides', 'keep one'
    ),
    'picture-near': Check(
        NOTE,
        'two pictures look alike, not on two sides',
        'look at them; keep one if the same',
    ),
    'side-same': Check(
        ERROR, 'the same picture on two sides', 'prepare again, or remove it from one'
    ),
    'side-duplicate': Check(
        ERROR, 'files with the same bytes on two sides', 'remove one and prepare again'
    ),
    'side-near': Check(
        WARNING, 'pictures of two sides look alike', 'look at them; leave one out'
    ),
    'side-stale': Check(
        WARNING, 'annotations/*.json name a picture that has no row', 'prepare again'
    ),
    # Labels that go together
    'pair-once': Check(
        NOTE,
        'an attribute that occurs with its category in one picture alone, where '
        'chance would give 5 objects or more',
        'look at the row: right, or a slip?',
    ),
}


def matching(patterns: list[str]) -> set[str]:
    """The codes that any pattern fits.

    Args:
        patterns (list[str]): codes, or patterns of them such as ``rle-*``.

    Returns:
        set[str]: codes.

    Raises:
        ValueError: if a pattern fits no code.
    """
    found = set()
    for pattern in patterns:
        codes = {code for code in CHECKS if fnmatchcase(code, pattern)}
        if not codes:
            raise ValueError(f'no check is called {pattern!r}; see --list-checks')
        found |= codes
    return found


def checks_table() -> str:
    """All checks as a Markdown table."""
    lines = ['| code | severity | what | way out |', '|---|---|---|---|']
    lines += [f'| {code} | {" | ".join(check)} |' for code, check in CHECKS.items()]
    return '\n'.join(lines)
