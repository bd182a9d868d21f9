"""Garments of millions of pictures as Parquet, on all cores or GPUs of many machines.

::

    folder, list, object store -> pictures           listing.py, places.py
    pictures not planned yet   -> numbered chunks    path_set.py, plan.py: plan/
    chunks without a part      -> workers of Ray     cluster.py
    a chunk                    -> its part           worker.py: pictures.parquet/

A chunk is done when its part is there; a part has its chunk's number for a name, and
appears as a whole. So nothing is done twice or left out, however a run ends: whoever
does a chunk again, even a worker that outlives a run, writes the same file.
"""

from .request import CatalogRequest
from .run import run_catalog

__all__ = ['CatalogRequest', 'run_catalog']
