"""How fast each worker was, and all of them together."""

from dataclasses import dataclass, field

from .worker import Worked


@dataclass
class Throughput:
    """Figures of a run, by worker in the order in which they were first done.

    Attributes:
        chunks: what became of each.
    """

    chunks: list[Worked] = field(default_factory=list)

    def add(self, worked: Worked) -> None:
        """Note a chunk."""
        self.chunks.append(worked)

    @property
    def pictures(self) -> int:
        """How many were looked at."""
        return sum(worked.pictures for worked in self.chunks)

    @property
    def failed(self) -> int:
        """How many of these could not be read."""
        return sum(worked.failed for worked in self.chunks)

    @property
    def garments(self) -> int:
        """How many were found."""
        return sum(worked.garments for worked in self.chunks)

    @property
    def seconds(self) -> float:
        """From the first chunk's start to the last one's end: no start-up."""
        return _span(self.chunks)

    @property
    def per_second(self) -> float:
        """Pictures a second of all workers together."""
        return self.pictures / self.seconds if self.chunks else 0.0

    def workers(self) -> dict[tuple[str, str], list[Worked]]:
        """Chunks by host and worker."""
        by_worker: dict[tuple[str, str], list[Worked]] = {}
        for worked in self.chunks:
            by_worker.setdefault((worked.host, worked.worker), []).append(worked)
        return by_worker

    @property
    def speeds(self) -> list[float]:
        """Pictures a second of each worker, while it was at work."""
        done = map(_pictures_and_seconds, self.workers().values())
        return [pictures / seconds for pictures, seconds in done]

    def lines(self) -> list[str]:
        """A line for each worker, one for all."""
        lines = []
        for number, ((host, process), chunks) in enumerate(self.workers().items(), 1):
            pictures, seconds = _pictures_and_seconds(chunks)
            lines.append(
                f'worker {number} ({host}, process {process}): {pictures:,} pictures '
                f'in {seconds:,.1f} s, {pictures / seconds:.2f} pictures/s'
            )
        number = len(lines)
        lines.append(
            f'in all: {self.pictures:,} pictures in {self.seconds:,.1f} s, '
            f'{self.per_second:.2f} pictures/s with {number} '
            f'worker{"s" if number > 1 else ""}'
        )
        return lines


def _pictures_and_seconds(chunks: list[Worked]) -> tuple[int, float]:
    """Of one worker."""
    pictures = sum(worked.pictures for worked in chunks)
    return pictures, sum(worked.ended - worked.began for worked in chunks)


def _span(chunks: list[Worked]) -> float:
    return max(w.ended for w in chunks) - min(w.began for w in chunks)
