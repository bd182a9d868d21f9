"""Processes that work through a stream without reading it ahead as a whole."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any


class Workers:
    """A pool of processes, or none.

    Args:
        number (int): processes; 0 to work in this one.

    Raises:
        ValueError: if it is negative.
    """

    def __init__(self, number: int):
        if number < 0:
            raise ValueError(f'workers should be 0 or more, got {number}')
        self.number = number
        # Not by fork: the caller may have threads, whose locks a fork would keep.
        self._pool = (
            ProcessPoolExecutor(number, get_context('spawn')) if number else None
        )

    def __enter__(self) -> 'Workers':
        return self

    def __exit__(self, *error: Any) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def map(self, function: Callable, items: Iterable) -> Iterator:
        """Results in the order of the items.

        Args:
            function (Callable): of one item; to be found by name in its module.
            items (Iterable): at most four per process are taken ahead.

        Yields:
            Any: what the function makes of each item.
        """
        if not self._pool:
            yield from map(function, items)
            return
        waiting: deque = deque()
        for item in items:
            waiting.append(self._pool.submit(function, item))
            if len(waiting) >= 4 * self.number:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def chunks(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items, the last one shorter."""
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk
