"""What a picture is made of: pieces of cloth, skin or leather, back to front."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..taxonomy import ATTRIBUTES, CATEGORIES
from .geometry import Points
from .patterns import Fabric

_ATTRIBUTE_ID = {a.name: a.id for a in ATTRIBUTES}
_CATEGORY_ID = {c.name: c.id for c in CATEGORIES}


@dataclass(frozen=True)
class Tag:
    """An attribute, and what must be visible of its piece to read it.

    Attributes:
        name: The attribute's name.
        seen_at: Point in body units at which the piece must be visible.
        seen_share: Share of the painted piece that must be visible.
    """

    name: str
    seen_at: tuple[float, float] | None = None
    seen_share: float = 0.0

    @property
    def id(self) -> int:
        """The attribute's real id."""
        return _ATTRIBUTE_ID[self.name]


@dataclass(frozen=True)
class Stroke:
    """A line (``width`` in body units) or, with ``filled``, a small area."""

    points: Points
    colour: tuple[float, float, float]
    width: float = 0.03
    filled: bool = False


@dataclass(frozen=True)
class Piece:
    """One thing to paint, in body units.

    Attributes:
        outlines: Polygons (P, 2) whose union is the piece.
        fabric: Colours and pattern.
        category: Category name; '' for what is not annotated (skin, hair).
        tags: Attributes that are drawn.
        strokes: Lines drawn on the piece and clipped to it.
        family: Pieces with the same non-zero number belong to one garment: they
            do not occlude its host, the first of them.
        extends: The host's mask includes this part (a sleeve).
        covers_siblings: Hides other parts of the same garment (a sleeve that
            hangs over a pocket).
    """

    outlines: tuple[Points, ...]
    fabric: Fabric
    category: str = ''
    tags: tuple[Tag, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    family: int = 0
    extends: bool = False
    covers_siblings: bool = False

    @property
    def category_id(self) -> int:
        """The category's id, -1 for what is not annotated."""
        return _CATEGORY_ID[self.category] if self.category else -1


@dataclass(frozen=True)
class Garment:
    """A host piece and its parts; sleeves apart, since arms come between."""

    host: Piece
    parts: tuple[Piece, ...] = ()
    sleeves: tuple[Piece, ...] = ()

    def in_family(self, family: int) -> 'Garment':
        """The same garment with its pieces bound together."""

        def bind(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
            return tuple(replace(piece, family=family) for piece in pieces)

        host = replace(self.host, family=family)
        return Garment(host, bind(self.parts), bind(self.sleeves))


@dataclass
class Outfit:
    """Pieces of one figure, painted in the order of the list."""

    pieces: list[Piece] = field(default_factory=list)
    families: int = 0

    def add(self, *pieces: Piece) -> None:
        """Put pieces on top."""
        self.pieces.extend(pieces)

    def bound(self, garment: Garment) -> Garment:
        """Give a garment a family number of its own."""
        self.families += 1
        return garment.in_family(self.families)


def tags(*names: str, seen_share: float = 0.4) -> tuple[Tag, ...]:
    """Attributes of the shape, to be read once enough of the piece is seen."""
    return tuple(Tag(name, seen_share=seen_share) for name in names if name)


def pick(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    """Draw one key with probability proportional to its weight."""
    reached = np.cumsum(list(weights.values()))
    index = np.searchsorted(reached, rng.random() * reached[-1], side='right')
    return list(weights)[min(int(index), len(reached) - 1)]
