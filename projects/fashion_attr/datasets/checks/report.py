"""Findings as a table for reading and as a JSON file for programs."""

import json
from collections import Counter
from pathlib import Path

from ..annotations import atomic_writer
from .check import CheckReport
from .codes import CHECKS, SEVERITIES
from .findings import Finding


def table_lines(report: CheckReport, max_examples: int = 3) -> list[str]:
    """The report as text.

    Args:
        report (CheckReport): what was found.
        max_examples (int): findings shown of each code.

    Returns:
        list[str]: a line for each code with its severity, count and first finding,
        those that follow it below, errors first; and a summary.
    """
    by_code: dict[str, list[Finding]] = {}
    for finding in report.findings.sorted():
        by_code.setdefault(finding.code, []).append(finding)
    codes = sorted(by_code, key=lambda code: SEVERITIES.index(CHECKS[code].severity))
    width = max([len(code) for code in codes] or [0])
    lines = []
    for code in codes:
        found = by_code[code]
        head = f'{CHECKS[code].severity:<8} {code:<{width}} {len(found):>9,}  '
        lines.append(head + f'{CHECKS[code].what}; way out: {CHECKS[code].way_out}')
        indent = ' ' * 9
        lines += [f'{indent}{f.place}: {f.message}' for f in found[:max_examples]]
        if 0 < max_examples < len(found):
            lines.append(f'{indent}...')
    return [*lines, _summary(report)]


def _summary(report: CheckReport) -> str:
    counts = Counter(f.severity for f in report.findings.list)
    found = ', '.join(
        f'{counts[s]:,} {s}{"" if counts[s] == 1 else "s"}' for s in SEVERITIES
    )
    return (
        f'{report.rows:,} rows, {report.pictures:,} pictures '
        f'({report.opened:,} opened): {found}'
    )


def write_json(report: CheckReport, path: str | Path) -> None:
    """Write every finding.

    Args:
        report (CheckReport): what was found.
        path (str | Path): the file; it appears once it is whole.
    """
    found = report.findings.sorted()
    head = dict(
        rows=report.rows,
        pictures=report.pictures,
        opened=report.opened,
        counts=dict(Counter(f.code for f in found)),
    )
    with atomic_writer(path) as file:
        file.write(json.dumps(head)[:-1] + ',\n"findings": [\n')
        for i, finding in enumerate(found):
            entry = dict(finding._asdict(), severity=finding.severity)
            file.write((',\n' if i else '') + json.dumps(entry))
        file.write(']}\n')
