"""A detector with attributes as one ONNX program that needs no mmdet.

::

    config, checkpoint -> detector                   MMDetBackend
        -> what cannot be exported is refused        supported.py
        -> one picture's way through it              program.py, on parts of
               proposals.py, detections.py, boxes.py, traceable.py, graph_ops.py
        -> graph -> file, with metadata              onnx_file.py, description.py
        -> at other sizes it does the same           check_written.py

``apis.exported`` runs the file.
"""

from .run import ExportRequest, run_export

__all__ = ['ExportRequest', 'run_export']
