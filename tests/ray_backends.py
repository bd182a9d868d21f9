"""Networks for workers of Ray, which are processes of their own.

Here, as those import what they are given by its module's name.
"""

import os
import signal
import sys

from projects.fashion_attr.apis.catalog import CatalogRequest, run_catalog
from tests.fake_backend import FakeBackend


class Deadly(FakeBackend):
    """Ends its process at pictures with 2 garments."""

    def predict(self, loaded, least_score=0.0):
        """See the class."""
        if any(image[0, 0, 0] == 2 for image in loaded):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().predict(loaded, least_score)


class Elsewhere(FakeBackend):
    """Another network in each process."""

    def __init__(self):
        super().__init__()
        self.identity = str(os.getpid())


class Slow(FakeBackend):
    """Takes its time."""

    def __init__(self):
        super().__init__(seconds=0.2)


if __name__ == '__main__':  # the run that is killed
    request = CatalogRequest(*sys.argv[1:], part_size=2, workers=2, device='cpu')
    run_catalog(request, print, Slow)
