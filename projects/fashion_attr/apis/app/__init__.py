"""A page in the browser: a picture in, its garments with attributes out.

::

    serve.py -> page.py (Gradio) -> desk.py -> limits.py      is the file fit to be read
             -> guard.py                       session.py     the network, once
                                               view.py        thresholds and filters
                                               outbox.py      files to download
                                               cards.py       HTML
"""

from .desk import Desk
from .limits import UploadError, UploadLimits, read_upload
from .serve import AppRequest, demo_checkpoint, run_app, serving
from .view import Choice

__all__ = [
    'AppRequest',
    'Choice',
    'Desk',
    'UploadError',
    'UploadLimits',
    'demo_checkpoint',
    'read_upload',
    'run_app',
    'serving',
]
