"""What can be wrong with a submission."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

SHOWN = 100  # faults that are printed
FAULTS = {
    'csv-broken': 'the file is no CSV, or not to its end',
    'columns': 'the columns are not those of a submission, in their order',
    'cells': 'a row has too few or too many cells',
    'picture-unknown': 'an ImageId that is none of the pictures',
    'picture-ending': 'an ImageId with .jpg behind it',
    'picture-missing': 'a picture without a row',
    'picture-again': 'rows of a picture that do not follow its others',
    'class': 'a ClassId that is none of the 46',
    'attributes': 'attribute ids unknown, unsorted, repeated, or no numbers',
    'row-twice': 'a row that says what another one says',
    'overlap': 'two segments share pixels',
    'size': 'masks of another size than the submission has',
    'rle-empty': 'a row without pixels',
    'rle-number': 'a value of the RLE is no integer',
    'rle-odd': 'an odd number of values in the RLE',
    'rle-start': 'a run starts before pixel 1',
    'rle-length': 'a run shorter than 1 pixel',
    'rle-order': 'a run starts before the run before it',
    'rle-overlap': 'a run overlaps the run before it',
    'rle-beyond': "a run ends beyond the mask's last pixel",
}


class Fault(NamedTuple):
    """One thing that is wrong, and where."""

    code: str  # of FAULTS
    image_id: str | None
    row: int | None  # the header is row 1; None as ImageId too: of the whole file
    message: str

    def text(self, file: str) -> str:
        """The fault as a line that begins with file, ImageId and row.

        Args:
            file (str): name of the file; a fault without either names it itself.

        Returns:
            str: without a newline.
        """
        if self.image_id is None and self.row is None:
            return self.message
        image = '' if self.image_id is None else f', ImageId {self.image_id}'
        row = '' if self.row is None else f', row {self.row}'
        return f'{file}{image}{row}: {self.message}'


class Checked(NamedTuple):
    """What a submission holds."""

    rows: int
    pictures: int
    faults: list[Fault]  # in the order of the file


def format_checked(path: str | Path, checked: Checked, shown: int = SHOWN) -> str:
    """What was found, fault by fault, and how often each kind.

    Args:
        path (str | Path): of the submission.
        checked (Checked): what was found.
        shown (int): faults to show at most.

    Returns:
        str: lines without a newline at the end.
    """
    faults = checked.faults
    lines = [fault.text(Path(path).name) for fault in faults[:shown]]
    if len(faults) > shown:
        lines.append(f'... and {len(faults) - shown:,} more')
    counts = Counter(fault.code for fault in faults)
    lines += [f'{code:<16} {counts[code]:6,}  {FAULTS[code]}' for code in counts]
    found = (
        (f'{len(faults):,}' if faults else 'no') + ' fault' + 's' * (len(faults) > 1)
    )
    lines.append(
        f'{path}: {checked.rows:,} rows of {checked.pictures:,} pictures: {found}'
    )
    return '\n'.join(lines)
