"""Work ahead in threads."""

import threading
import time

import pytest

from projects.fashion_attr.apis.inferencer.ahead import map_ahead
from projects.fashion_attr.datasets.checks.workers import chunks


@pytest.mark.parametrize('threads', [0, 1, 4])
def test_results_come_in_order(threads):
    def work(n):
        time.sleep(0.002 * (5 - n))
        return n * n

    assert list(map_ahead(work, range(6), threads, 3)) == [0, 1, 4, 9, 16, 25]


def test_no_more_than_so_many_wait():
    begun = []
    results = map_ahead(lambda n: begun.append(n) or n, range(100), 2, 4)
    next(results)
    time.sleep(0.05)
    assert len(begun) <= 6
    results.close()


def test_work_goes_on_while_nobody_asks():
    second = threading.Event()
    results = map_ahead(lambda n: second.set() if n == 1 else n, range(3), 1, 2)
    next(results)
    assert second.wait(5)
    results.close()


def test_an_error_comes_at_its_place():
    results = map_ahead(lambda n: 1 // n, [1, 0, 1], 2, 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


@pytest.mark.parametrize('total, sizes', [(0, []), (2, [2]), (5, [2, 2, 1])])
def test_chunks(total, sizes):
    assert [len(chunk) for chunk in chunks(range(total), 2)] == sizes
