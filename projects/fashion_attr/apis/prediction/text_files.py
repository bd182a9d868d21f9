"""Files of predictions that grow by text: JSON lines, COCO results, CSV."""

import csv
import io
import json
import os
from pathlib import Path

import numpy as np

from ...datasets.whole_file import whole_file
from ..inferencer import Garment, Vocabulary
from .found import Found
from .progress import Progress


class TextFile:
    """A file that pictures are appended to, and that is whole after each.

    Args:
        folder (Path): existing folder.
        vocabulary (Vocabulary): of the network.
        progress (Progress): says how much of the file counts.

    Attributes:
        path: of the file.
        leaves: names of all that the format leaves in the folder.

    Raises:
        ValueError: if the file is not what the progress speaks of.
    """

    name = ''
    leaves: tuple[str, ...] = ()
    header = ''
    footer = ''

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, progress: Progress
    ) -> None:
        self.path = folder / self.name
        self.vocabulary = vocabulary
        end = progress.end or 0
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < end or (progress.is_new and size):
            raise ValueError(
                f'{self.path} has {size:,} bytes, {progress.path.name} speaks of '
                f'{end:,}; take another --out, or start anew with --overwrite'
            )
        self._file = open(self.path, 'ab')  # noqa: SIM115, closed by close()
        self._file.truncate(end)
        self._end = end
        if not end:
            self._append(self.header)

    def add(self, found: Found) -> int:
        """Append a picture.

        Args:
            found (Found): its garments.

        Returns:
            int: bytes of the file by now.
        """
        self._append(self.text(found))
        return self._end

    def text(self, found: Found) -> str:
        """What stands in the file for a picture."""
        raise NotImplementedError

    def settle(self, progress: Progress) -> None:
        """Called after each picture is noted; for files that are made of parts."""

    def finish(self, progress: Progress) -> None:
        """Make the file what its format wants; a later run can still go on."""
        self._append(self.footer)

    def close(self) -> None:
        """Let go of the file; it reaches the disk first."""
        os.fsync(self._file.fileno())
        self._file.close()

    def _append(self, text: str) -> None:
        data = text.encode()
        self._file.write(data)
        self._file.flush()
        self._end += len(data)


class JsonLines(TextFile):
    """One JSON object a line, for each picture: see ``PictureResult.to_dict``.

    One file, not one for each picture: a hundred thousand small files are slow to
    copy and hard to search, and pictures of one name in two folders would need a tree
    of them. A line is whole or absent, so it can be read while the run goes on:
    ``pandas.read_json(lines=True)``, ``jq``, ``grep``.
    """

    name = 'garments.jsonl'
    leaves = (name,)

    def text(self, found: Found) -> str:
        """The picture's line."""
        return json.dumps(found.result.to_dict()) + '\n'


class CocoResults(TextFile):
    """COCO results, one a line, with ``attribute_ids`` and all ``attr_scores``.

    What tools/evaluate.py, tools/calibrate_thresholds.py and pycocotools read, as
    F1SegmMetric writes it. ``images.json`` beside it says which picture an
    ``image_id`` is.
    """

    name = 'results.json'
    leaves = (name, 'images.json')
    header = '['
    footer = '\n]\n'

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, progress: Progress
    ) -> None:
        super().__init__(folder, vocabulary, progress)
        self._columns = np.argsort(vocabulary.attribute_ids, kind='stable')

    def text(self, found: Found) -> str:
        """The picture's results."""
        first = self._end == len(self.header)
        lines = [self._line(found, n) for n in range(len(found.result.garments))]
        if not lines:
            return ''
        return ('\n' if first else ',\n') + ',\n'.join(lines)

    def _line(self, found: Found, n: int) -> str:
        garment = found.result.garments[n]
        x1, y1, x2, y2 = garment.box
        result = dict(
            image_id=found.image_id,
            category_id=garment.category_id,
            score=garment.score,
            bbox=[x1, y1, x2 - x1, y2 - y1],
            attribute_ids=sorted(a.id for a in garment.attributes),
        )
        if garment.mask is not None:
            result['segmentation'] = garment.mask
        scores = found.attr_scores(n, self._columns)
        if scores is None:
            return json.dumps(result)
        # Nine digits are a float32 to the bit; json.dumps writes seventeen.
        numbers = ', '.join(['%.9g'] * len(scores)) % tuple(scores.tolist())
        return f'{json.dumps(result)[:-1]}, "attr_scores": [{numbers}]}}'

    def finish(self, progress: Progress) -> None:
        """Close the list, and write ``images.json``."""
        super().finish(progress)
        names = ('categories', 'attributes')
        tables = {
            name: [label._asdict() for label in getattr(self.vocabulary, name)]
            for name in names
        }
        images = [
            dict(
                id=entry['image_id'],
                file_name=entry['picture'],
                width=entry['width'],
                height=entry['height'],
            )
            for entry in progress.entries()
        ]
        path = self.path.with_name('images.json')
        with whole_file(path) as half:
            half.write_text(json.dumps(dict(images=images, annotations=[], **tables)))


class CsvTable(TextFile):
    """A table with a row for each garment, for spreadsheets."""

    name = 'garments.csv'
    leaves = (name,)
    columns = (
        'picture', 'width', 'height', 'category_id', 'category', 'supercategory',
        'score', 'x1', 'y1', 'x2', 'y2', 'description', 'attribute_ids', 'attributes',
        'attribute_scores', 'mask_counts',
    )  # fmt: skip
    header = ','.join(columns) + '\n'

    def text(self, found: Found) -> str:
        """The picture's rows; attributes and their ids are divided by '; '."""
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator='\n')
        result = found.result
        for garment in result.garments:
            picture = result.picture, result.width, result.height
            writer.writerow([*picture, *self._cells(garment)])
        return rows.getvalue()

    def _cells(self, garment: Garment) -> list:
        attributes = garment.attributes
        return [
            garment.category_id,
            garment.category,
            garment.supercategory,
            # float32's own digits, not those of the double that holds it.
            *(f'{value:.9g}' for value in (garment.score, *garment.box)),
            garment.description,
            '; '.join(str(a.id) for a in attributes),
            '; '.join(a.name for a in attributes),
            '; '.join(f'{a.score:.9g}' for a in attributes),
            '' if garment.mask is None else garment.mask['counts'],
        ]
