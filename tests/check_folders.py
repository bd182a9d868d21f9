"""Makes small clean copies of the data, to break one thing of each, for tests."""

import io
import json
from pathlib import Path

import cv2
import numpy as np
from kaggle_files import row, write_csv
from PIL import Image

from projects.fashion_attr.datasets.taxonomy import label_descriptions

HEIGHT, WIDTH = 48, 40
TRAIN, VAL = ('0000', '0001', '0002'), ('0003',)


def draw(seed: int) -> Image.Image:
    """A picture that looks like no other seed's."""
    spots = np.random.default_rng(seed).integers(0, 255, (24, 20, 3), np.uint8)
    size = WIDTH, HEIGHT
    return Image.fromarray(cv2.resize(spots, size, interpolation=cv2.INTER_CUBIC))


def encode(picture: Image.Image, kind='JPEG', **settings) -> bytes:
    """The bytes of a picture's file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **settings)
    return buffer.getvalue()


def clean_rows() -> list[list[str]]:
    """Lines 2 to 9 of a train.csv: two objects of each picture."""
    return [
        row(name, pixels, HEIGHT, WIDTH, category, attributes)
        for name in TRAIN + VAL
        for pixels, category, attributes in (
            ('2 3 7 4', 0, '115,136'),
            ('50 24', 31, ''),
        )
    ]


class KaggleFolder:
    """Kaggle's folder after `prepare`: four pictures, the last for validation."""

    def __init__(self, root: Path):
        self.root = root
        (root / 'train').mkdir(parents=True)
        (root / 'annotations').mkdir()
        self.rows = clean_rows()
        self.write_rows()
        labels = json.dumps(label_descriptions())
        (root / 'label_descriptions.json').write_text(labels)
        for i, name in enumerate(TRAIN + VAL):
            self.picture(name).write_bytes(encode(draw(i)))
        self.write_side('train', *TRAIN)
        self.write_side('val', *VAL)

    def picture(self, name: str) -> Path:
        """The file of a picture."""
        return self.root / 'train' / f'{name}.jpg'

    def write_side(self, side: str, *names: str) -> Path:
        """Write the part of the annotations that tells the sides."""
        images = [dict(id=i, file_name=f'{n}.jpg') for i, n in enumerate(names, 1)]
        path = self.root / f'annotations/{side}.json'
        path.write_text(json.dumps(dict(images=images, annotations=[])))
        return path

    def write_rows(self) -> None:
        """Write train.csv."""
        write_csv(self.root / 'train.csv', self.rows)

    def set_cell(self, line: int, column: int, value: str) -> None:
        """Change a cell of train.csv; the header is line 1."""
        self.rows[line - 2][column] = value
        self.write_rows()

    def add_row(self, *cells: str) -> None:
        """Put a row behind the last, line 9."""
        self.rows.append(list(cells))
        self.write_rows()


class CocoFiles:
    """train.json and val.json with run-length masks and polygons, and images/."""

    def __init__(self, root: Path):
        self.images = root / 'images'
        self.images.mkdir(parents=True)
        self.paths = [root / 'train.json', root / 'val.json']
        self.sides = [_side(range(1, 4)), _side(range(4, 5))]
        for i in range(1, 5):
            self.picture(i).write_bytes(encode(draw(i), 'PNG'))
        self.write()

    def picture(self, image_id: int) -> Path:
        """The file of a picture."""
        return self.images / f'{image_id}.png'

    def write(self) -> None:
        """Write both files."""
        for path, side in zip(self.paths, self.sides, strict=True):
            path.write_text(json.dumps(side))

    def set(self, key: str, value, annotation: int = 4) -> None:
        """Change or, with None, remove a key of an annotation of train.json."""
        entry = self.sides[0]['annotations'][annotation - 1]
        assert entry['id'] == annotation
        entry[key] = value
        if value is None:
            del entry[key]
        self.write()


def _side(ids) -> dict:
    images = [dict(id=i, file_name=f'{i}.png', height=HEIGHT, width=WIDTH) for i in ids]
    annotations = []
    for i in ids:
        for segmentation, bbox in (
            ([[2.0, 3.0, 12.0, 3.0, 12.0, 9.0, 2.0, 9.0]], [2.0, 3.0, 10.0, 6.0]),
            (dict(size=[HEIGHT, WIDTH], counts=[49, 24, 1847]), [1, 1, 1, 24]),
        ):
            annotations.append(
                dict(
                    id=len(annotations) + 1,
                    image_id=i,
                    category_id=0,
                    attribute_ids=[115, 136],
                    segmentation=segmentation,
                    bbox=bbox,
                    area=24,
                    iscrowd=0,
                )
            )
    return dict(images=images, annotations=annotations, **label_descriptions())
