"""The files that predictions can be written to, by name."""

from .parquet_parts import ParquetParts
from .text_files import CocoResults, CsvTable, JsonLines, TextFile

FORMATS: dict[str, type[TextFile]] = {
    'json': JsonLines,
    'coco': CocoResults,
    'csv': CsvTable,
    'parquet': ParquetParts,
}
