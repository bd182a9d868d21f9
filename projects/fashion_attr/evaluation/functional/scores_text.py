"""Scores of any protocol as Markdown tables."""

from collections.abc import Mapping

from .ground_truth import GroundTruth
from .markdown import markdown_table
from .table import format_scores


def format_result(protocol: str, result: Mapping, gt: GroundTruth) -> str:
    """Lay out what ``protocols.evaluate`` gives.

    Args:
        protocol (str): whose scores they are.
        result (Mapping): scores, nested.
        gt (GroundTruth): names the classes.

    Returns:
        str: Markdown without a newline at the end.
    """
    if protocol == 'coco_f1':
        return format_scores(result)
    return _kaggle(result, gt) if protocol == 'kaggle' else _fashionpedia(result)


def _kaggle(result: Mapping, gt: GroundTruth) -> str:
    """The score, then the classes, highest first."""
    names = dict(zip(gt.category_ids.tolist(), gt.category_names, strict=True))
    classes = sorted(result['per_class'].items(), key=lambda entry: -entry[1])
    rows = [{'class': names[int(i)], 'score': score} for i, score in classes]
    return f'Kaggle score {result["score"]:.3f}\n\n{markdown_table(rows)}'.rstrip()


def _fashionpedia(result: Mapping) -> str:
    """A row a figure, a column for each IoU type and constraint."""
    columns = {
        f'{iou_type} {constraint}': figures
        for iou_type, constraints in result.items()
        for constraint, figures in constraints.items()
    }
    names = dict.fromkeys(name for figures in columns.values() for name in figures)
    rows = [
        {'': name} | {head: figures.get(name) for head, figures in columns.items()}
        for name in names
    ]
    return markdown_table(rows)
