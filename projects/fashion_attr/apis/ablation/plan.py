"""A plan of runs: what is run, in the order of the table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class PlannedRun:
    """One row of the table, run once with each seed.

    Attributes:
        name: of the row and its folder.
        config: path; a sweep has that of the run it sweeps.
        kind: 'train' or 'sweep'.
        group: such as 'Fig. 5'.
        options: overrides of the config by dotted key.
        note: what there is to say.
        baseline: the run that its gain is counted from.
        needs: the run whose last checkpoint it starts from, or sweeps.
        seeds: of its runs.
    """

    name: str
    config: str
    kind: str = 'train'
    group: str = ''
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ''
    baseline: str | None = None
    needs: str | None = None
    seeds: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Plan:
    """Runs in the order of the table.

    Attributes:
        file: where it was read from.
        title: of the report.
        runs: at least one.
        command: what trains, in place of ``python tools/train.py``; empty for that.
    """

    file: Path
    title: str
    runs: tuple[PlannedRun, ...]
    command: tuple[str, ...] = ()

    def run(self, name: str) -> PlannedRun:
        """The run of a name."""
        return next(run for run in self.runs if run.name == name)

    def only(self, wanted: Sequence[str]) -> 'Plan':
        """The runs of some names or groups, with those that they need.

        Args:
            wanted (Sequence[str]): names and groups; none for all.

        Returns:
            Plan: in the same order.

        Raises:
            ValueError: if there is no such run or group.
        """
        known = {run.name for run in self.runs} | {run.group for run in self.runs}
        for each in wanted:
            if each not in known:
                raise ValueError(
                    f'{self.file}: no run or group {each!r}{hint(each, known)}'
                )
        kept = {r.name for r in self.runs if {r.name, r.group} & set(wanted)}
        for run in reversed(self.runs):  # what is needed comes before
            if run.name in kept and run.needs:
                kept.add(run.needs)
        runs = tuple(run for run in self.runs if run.name in kept or not wanted)
        return Plan(self.file, self.title, runs, self.command)


def hint(word: str, known: Iterable[str]) -> str:
    """What to say of an unknown word: the one that was meant, else all there are."""
    close = get_close_matches(word, list(known), n=1)
    return f'; did you mean {close[0]!r}?' if close else f'; there is {sorted(known)}'
