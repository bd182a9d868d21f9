"""Work done ahead in threads while something else waits for its results."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar('Item')
Done = TypeVar('Done')


def map_ahead(
    work: Callable[[Item], Done], items: Iterable[Item], threads: int, ahead: int
) -> Iterator[Done]:
    """``map`` in order, so many items ahead: threads, as decoding leaves Python free.

    Unlike processes they send nothing back through shared memory, which containers
    have little of.

    Args:
        work (Callable): what to do with an item.
        items (Iterable): taken as they are needed.
        threads (int): how many; 0 works when a result is asked for.
        ahead (int): results that may wait, so that memory stays bounded.

    Yields:
        Done: of each item, in order.
    """
    if not threads:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads)
    waiting = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
