"""The report of a run: what a work dir holds, on one HTML page.

::

    work dir -> WorkDir -> configuration, curves, table  -> page
                   |                                         ^
                   `-> predictions, annotations -> Analysis -'
"""

from .page import write_run_report

__all__ = ['write_run_report']
