"""The garments of a picture as HTML."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from ..inferencer import Garment
from ..inferencer.wording import group_words

Color = tuple[int, int, int]


def card_list(garments: Sequence[Garment], colors: Mapping[str, Color]) -> str:
    """A list of garments with their attributes.

    Args:
        garments (Sequence[Garment]): in the order wanted.
        colors (Mapping[str, Color]): RGB by category, as the picture has them.

    Returns:
        str: HTML; '' where there is no garment.
    """
    if not garments:
        return ''
    grouped = [(g, group_words(g.category, g.attributes)) for g in garments]
    return _template('garments.html').render(garments=grouped, colors=colors)


def message(text: str, failed: bool = False) -> str:
    """A line that says how it went.

    Args:
        text (str): plain.
        failed (bool): whether it is an error.

    Returns:
        str: HTML.
    """
    return _template('message.html').render(text=text, failed=failed)


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(Path(__file__).parent / 'templates')
    # Names of files and of labels come from elsewhere: they are text, never HTML.
    return Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)
