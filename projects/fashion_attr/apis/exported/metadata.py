"""What the numbers of an exported network mean, kept in its own file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .picture import PicturePlan

FORMAT = 'fashion_attr 1'
_HOW = 'write it with tools/export.py'


@dataclass(frozen=True)
class Metadata:
    """Everything that a program needs beside the network.

    Attributes:
        categories: ``id``, ``name`` and ``supercategory`` of each label.
        attributes: the same of each column of the attribute scores; none where the
            network has no attribute head.
        palette: RGB of each label, to draw with; None where the checkpoint has none.
        picture: how pictures are resized and normalised.
        score_thr: class scores that the network leaves out.
        mask_thr: pixels of a mask reach this probability.
        attr_score_thr: attributes reach this score: one for all, or (K, L) lists of
            categories and attributes.
        identity: tells this network from any other.
        made_from: names of config and checkpoint, and versions, for people.
    """

    categories: list[dict[str, Any]]
    attributes: list[dict[str, Any]]
    palette: list[list[int]] | None
    picture: PicturePlan
    score_thr: float
    mask_thr: float
    attr_score_thr: float | list[list[float]]
    identity: str
    made_from: dict[str, str]

    def to_strings(self) -> dict[str, str]:
        """The metadata as an ONNX file keeps it.

        Returns:
            dict[str, str]: JSON by name, and ``format``.
        """
        entries = {name: json.dumps(value) for name, value in asdict(self).items()}
        return dict(format=FORMAT, **entries)

    @classmethod
    def from_strings(cls, strings: Mapping[str, str]) -> 'Metadata':
        """Read the metadata of an ONNX file.

        Args:
            strings (Mapping[str, str]): see `to_strings`.

        Returns:
            Metadata: of the file.

        Raises:
            ValueError: if it is not a file of tools/export.py, or one of another
                version of it.
        """
        given = strings.get('format')
        if given != FORMAT:
            raise ValueError(
                f'it says format {given!r} where {FORMAT!r} is read: {_HOW}'
            )
        try:
            values = {f.name: json.loads(strings[f.name]) for f in fields(cls)}
            values['picture'] = _plan(values['picture'])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f'its metadata is damaged ({error}): {_HOW}') from error
        return cls(**values)

    @property
    def dataset_meta(self) -> dict[str, list | None]:
        """Names in the order of the outputs, and colours, as checkpoints hold them."""
        return dict(
            classes=[entry['name'] for entry in self.categories],
            attributes=[entry['name'] for entry in self.attributes],
            palette=self.palette,
        )


def _plan(values: dict[str, Any]) -> PicturePlan:
    lists = {k: tuple(v) for k, v in values.items() if isinstance(v, list)}
    return PicturePlan(**values | lists)
