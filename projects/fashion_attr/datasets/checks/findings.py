"""One finding, and the collection of all."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .codes import CHECKS, ERROR


class Finding(NamedTuple):
    """One thing that is wrong, and where."""

    code: str  # of CHECKS
    file: str  # relative to the folder checked
    image_id: str | None  # ImageId of train.csv, or the image's id of a JSON file
    row: int | None  # line of train.csv, or the annotation's id of a JSON file
    message: str

    @property
    def severity(self) -> str:
        """'error', 'warning' or 'note'."""
        return CHECKS[self.code].severity

    @property
    def place(self) -> str:
        """File, ImageId and row, as far as there are any."""
        image = '' if self.image_id is None else f', ImageId {self.image_id}'
        return self.file + image + ('' if self.row is None else f', row {self.row}')


class Findings:
    """Collects the findings whose codes are wanted.

    Args:
        codes (Collection[str] | None): the codes wanted; all where None.
    """

    def __init__(self, codes: Collection[str] | None = None):
        self.codes = set(CHECKS if codes is None else codes)
        self.list: list[Finding] = []

    def add(
        self,
        code: str,
        file: str,
        image_id: str | None = None,
        row: int | None = None,
        message: str = '',
    ) -> None:
        """Take note of one finding; see `Finding`."""
        self.extend([Finding(code, file, image_id, row, message)])

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take note of several."""
        self.list.extend(f for f in findings if f.code in self.codes)

    def wants(self, *codes: str) -> bool:
        """Whether any of these codes is wanted."""
        return not self.codes.isdisjoint(codes)

    def sorted(self) -> list[Finding]:
        """All, in the order of `CHECKS`, then by file and row."""
        order = {code: i for i, code in enumerate(CHECKS)}
        return sorted(
            self.list,
            key=lambda f: (order[f.code], f.file, f.row or 0, f.image_id or ''),
        )

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(f.severity == ERROR for f in self.list)
