"""The data-set report: what is in annotation files, on one HTML page.

::

    JSON files -> [Split] -> counts  -> figures, tables -> dataset.html
                  (columns)  (statistics)
               -> pictures of rare and common categories -> drawn, embedded
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ..datasets import statistics
from ..datasets.object_table import joined
from . import dataset_tables, label_figures, label_maps, size_figures, tail_tables
from .dataset_examples import Examples, draw_examples
from .dataset_split import Split, read_splits
from .figures import embed
from .page import render_page, write_page


@dataclass(frozen=True)
class ExampleChoice:
    """Which example pictures a report shows.

    Attributes:
        folder: where the pictures of the first file are; None shows none.
        categories: how many of the rarest, and how many of the commonest.
        pictures: of each of them.
        seed: of the choice.
    """

    folder: Path | None = None
    categories: int = 6
    pictures: int = 2
    seed: int = 0


def write_dataset_report(
    files: Sequence[str | Path], out: str | Path, choice: ExampleChoice
) -> list[str]:
    """Write the report on annotation files.

    Args:
        files (Sequence[str | Path]): COCO / Fashionpedia JSONs with attributes, to be
            set side by side; the first is what rare labels and examples are of.
        out (str | Path): the page.
        choice (ExampleChoice): its pictures.

    Returns:
        list[str]: why pictures were left out, one line each.

    Raises:
        OSError: if a file cannot be read or the page not written.
        ValueError: naming the file and what is not sound in it.
    """
    splits = read_splits(files)
    examples = Examples()
    if choice.folder is not None:
        examples = draw_examples(
            splits[0], choice.folder, choice.categories, choice.pictures, choice.seed
        )
    write_page(out, render_dataset(splits, examples))
    return examples.left_out


def render_dataset(splits: Sequence[Split], examples: Examples) -> str:
    """The report as HTML.

    Args:
        splits (Sequence[Split]): annotation files of one taxonomy.
        examples (Examples): drawn pictures.

    Returns:
        str: one page that needs no other file.
    """
    tables = {split.name: split.table for split in splits}
    whole = joined(list(tables.values()))
    labels = dict(categories=whole.categories, attributes=whole.attributes)
    counts = dict(
        categories={n: statistics.count_categories(t) for n, t in tables.items()},
        attributes={n: statistics.count_attributes(t) for n, t in tables.items()},
    )
    totals = {name: table.num_objects for name, table in tables.items()}
    return render_page(
        'dataset.html',
        title='Data set: ' + ', '.join(tables),
        figures=_figures(tables, whole, labels, counts, totals),
        attribute_figures=_attribute_figures(whole.attributes, counts['attributes']),
        tables=_tables(splits, tables, whole, labels, counts, totals),
        absent_categories=_absent(whole.categories, counts['categories']),
        least_together=dataset_tables.least_together(whole),
        first=splits[0].name,
        several=len(splits) > 1,
        examples=examples,
    )


def _figures(tables, whole, labels, counts, totals) -> dict[str, Markup]:
    """Figures by the name that the template calls them."""
    figures = dict(
        categories=label_figures.label_bars(labels['categories'], counts['categories']),
        pairs=label_maps.pair_map(whole),
        together=label_maps.together_map(whole),
        ranks=label_figures.rank_curves(labels, counts),
        attributes_per_mask=size_figures.attributes_per_mask(tables),
        objects_per_picture=size_figures.objects_per_picture(tables),
        sizes=size_figures.size_shares(tables),
        areas=size_figures.area_curves(tables),
        boxes=size_figures.area_boxes(whole),
        pictures=size_figures.picture_sizes(whole),
    )
    if len(tables) == 2:
        shares = {
            kind: {name: values / max(totals[name], 1) for name, values in own.items()}
            for kind, own in counts.items()
        }
        figures['shares'] = label_figures.share_scatter(labels, shares)
    return {name: embed(figure, name) for name, figure in figures.items() if figure}


def _attribute_figures(labels, counts: Mapping) -> list[dict]:
    """A figure for each super-category, and its names that never occur."""
    parts = []
    groups = label_figures.by_supercategory(labels)
    for n, (group, members) in enumerate(groups.items()):
        figure = label_figures.label_bars(labels, counts, members)
        figure = embed(figure, f'group-{n}') if figure else ''
        absent = _absent(labels, counts, members)
        parts.append(dict(group=group, figure=figure, absent=absent))
    return parts


def _absent(labels, counts: Mapping, members: Sequence[int] | None = None) -> list[str]:
    """Names of the labels, or of some of them, that no object has in any split."""
    total = sum(counts.values())
    members = range(len(labels)) if members is None else members
    return [labels[n].name for n in members if not total[n]]


def _tables(splits, tables, whole, labels, counts, totals) -> dict:
    """Tables by the name that the template calls them."""
    files = {split.name: str(split.file) for split in splits}
    return dict(
        files=dataset_tables.files_table(files, tables),
        sizes=dataset_tables.size_table(tables),
        pairs=dataset_tables.pair_table(whole),
        together=dataset_tables.together_table(whole),
        tail_counts=tail_tables.tail_counts(counts),
        tail=tail_tables.tail_table(labels, counts),
        catch_all=tail_tables.catch_all_table(whole),
        **{
            kind: dataset_tables.label_table(kind, labels[kind], counts[kind], totals)
            for kind in labels
        },
    )
