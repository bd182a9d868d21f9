"""What is found in a picture, for people and for other programs."""

from dataclasses import asdict, dataclass
from typing import Any

from .wording import describe, group_attributes


@dataclass(frozen=True)
class Attribute:
    """A property that a garment has.

    Attributes:
        id: of the taxonomy.
        name: as the taxonomy has it, such as 'wrist-length'.
        supercategory: what it says something about, such as 'length'.
        score: 0..1.
    """

    id: int
    name: str
    supercategory: str
    score: float


@dataclass(frozen=True)
class Garment:
    """A garment, accessory or part of one.

    Attributes:
        category: its name, such as 'sleeve'.
        category_id: of the taxonomy.
        supercategory: such as 'garment parts'.
        score: of the category, 0..1.
        box: x1, y1, x2, y2 in pixels.
        mask: COCO RLE, ``size`` [h, w] of the picture and ``counts`` as str; None
            where the network gives boxes alone.
        attributes: in the order of the taxonomy.
    """

    category: str
    category_id: int
    supercategory: str
    score: float
    box: tuple[float, float, float, float]
    mask: dict[str, Any] | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def groups(self) -> dict[str, list[str]]:
        """Names of attributes by supercategory, as the taxonomy has them."""
        return group_attributes(self.attributes)

    @property
    def description(self) -> str:
        """The garment in words: 'sleeve: wrist-length, set-in'."""
        return describe(self.category, self.attributes)

    def to_dict(self) -> dict[str, Any]:
        """The garment as JSON holds it.

        Returns:
            dict: all attributes of this class, with ``groups`` and ``description``.
        """
        return dict(
            category=self.category,
            category_id=self.category_id,
            supercategory=self.supercategory,
            score=self.score,
            description=self.description,
            box=list(self.box),
            attributes=[asdict(a) for a in self.attributes],
            groups=self.groups,
            mask=self.mask,
        )

    def __str__(self) -> str:
        return f'{self.score:.2f} {self.description}'


@dataclass(frozen=True)
class PictureResult:
    """What is in one picture.

    Attributes:
        picture: its name: a path, or 'array 0'.
        width: in pixels.
        height: in pixels.
        garments: best first.
    """

    picture: str
    width: int
    height: int
    garments: tuple[Garment, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON holds it.

        Returns:
            dict: ``picture``, ``width``, ``height`` and ``garments``.
        """
        return dict(
            picture=self.picture,
            width=self.width,
            height=self.height,
            garments=[garment.to_dict() for garment in self.garments],
        )

    def __str__(self) -> str:
        found = '\n'.join(f'  {garment}' for garment in self.garments)
        size = f'{self.width} x {self.height} pixels'
        return f'{self.picture} ({size})\n{found or "  no garment"}'
