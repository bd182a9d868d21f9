"""Whether names of categories and attributes are those of the taxonomy."""

from pathlib import Path

from ..coco_tables import check_labels
from ..kaggle_csv import check_label_descriptions, check_label_names
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .findings import Findings


def check_label_file(
    path: Path, findings: Findings, taxonomy: Taxonomy = FASHIONPEDIA
) -> None:
    """Look at Kaggle's ``label_descriptions.json``.

    Args:
        path (Path): the file; it need not be there.
        findings (Findings): is told.
        taxonomy (Taxonomy): the one that it should be of.
    """
    if not path.exists():
        findings.add('labels-missing', path.name, message='the file is absent')
        return
    try:
        check_label_descriptions(path, taxonomy)
    except (OSError, ValueError) as error:
        findings.add(
            'labels-other', path.name, message=str(error).removeprefix(f'{path.name} ')
        )


def check_label_entries(
    file: str,
    entries: dict[str, list],
    findings: Findings,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> None:
    """Look at ``categories`` and ``attributes`` of a Fashionpedia / COCO file.

    Args:
        file (str): its name.
        entries (dict[str, list]): both lists as read; a key may be absent.
        findings (Findings): is told.
        taxonomy (Taxonomy): the one that they should be of.
    """
    try:
        check_labels(file, entries)
        names = [
            {entry['id']: entry['name'] for entry in entries.get(key, [])}
            for key in ('categories', 'attributes')
        ]
        check_label_names(file, *names, complete=False, taxonomy=taxonomy)
    except (KeyError, TypeError):
        text = 'an entry of categories or attributes lacks id or name'
        findings.add('labels-other', file, message=text)
    except ValueError as error:
        text = str(error).removeprefix(file).lstrip(': ')
        findings.add('labels-other', file, message=text)
    else:
        absent = [key for key in ('categories', 'attributes') if not entries.get(key)]
        if absent:
            text = f'the file has no {" and no ".join(absent)}'
            findings.add('labels-missing', file, message=text)
