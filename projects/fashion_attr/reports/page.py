"""Fills a template and writes the page.

Pages of one file: style, scripts (plotly's once), figures and pictures are inside.
Names are escaped by the templates; what is HTML already comes as ``Markup``.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from ..datasets.annotations import atomic_writer
from .tables import format_cell

_ENVIRONMENT = Environment(
    loader=PackageLoader('projects.fashion_attr.reports'),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters['cell'] = format_cell


def render_page(template: str, **content: Any) -> str:
    """Fill a template of ``reports/templates``.

    Args:
        template (str): its file name; it extends ``page.html``, which wants
            ``title``.
        content (Any): what it asks for by name.

    Returns:
        str: HTML.
    """
    # Markup: plotly.js is a script of the page, not text on it.
    script = Markup(get_plotlyjs())
    return _ENVIRONMENT.get_template(template).render(plotly_js=script, **content)


def write_page(path: str | Path, html: str) -> None:
    """Write a page as a whole or not at all.

    Args:
        path (str | Path): file; its folder is made.
        html (str): the page.

    Raises:
        OSError: if it cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_writer(path) as file:
        file.write(html)
