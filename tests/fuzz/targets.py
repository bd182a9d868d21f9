"""What is fuzzed: each reader gets bytes, and only its documented errors may come out.

Where a reader has a slower twin, or can be undone, the two have to agree on whatever
they accept.
"""

import contextlib
import csv
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as mask_utils

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.annotations import add_mask, write_annotations
from projects.fashion_attr.datasets.csv_chunks import cut_spans
from projects.fashion_attr.datasets.csv_rows import read_header, read_span
from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset
from projects.fashion_attr.datasets.kaggle_csv import (
    BROKEN_WAY_OUT,
    COLUMNS,
    parse_row,
    read_train_csv,
)
from projects.fashion_attr.datasets.taxonomy import label_descriptions
from projects.fashion_attr.datasets.transforms import DecodeResize, LoadEncodedImage
from projects.fashion_attr.evaluation.functional.predictions import Predictions
from projects.fashion_attr.evaluation.functional.reading import (
    read_ground_truth,
    read_predictions,
)
from projects.fashion_attr.evaluation.submission.check import check_submission
from projects.fashion_attr.structures.kaggle_rle import coco_to_kaggle, kaggle_to_coco
from projects.fashion_attr.structures.rle import compress_counts, decompress_counts

_SIDE = 64  # pixels that a mask may have either way: decoding is not what is fuzzed
_PIXELS = 1 << 22

_folder = Path(tempfile.mkdtemp(dir='/dev/shm' if os.access('/dev/shm', 2) else None))


def _file(data: bytes, name: str) -> Path:
    path = _folder / name
    path.write_bytes(data)
    return path


def _size(data: bytes) -> tuple[int, int]:
    return data[0] % _SIDE, data[1] % _SIDE


def kaggle_rle(data: bytes) -> None:
    """Two bytes of size, then the text of ``EncodedPixels``."""
    if len(data) < 2:
        return
    size, text = _size(data), data[2:].decode('utf-8', 'replace')
    try:
        rle = kaggle_to_coco(text, size)
    except ValueError:
        return
    mask = mask_utils.decode(rle)
    assert mask.shape == size
    again = kaggle_to_coco(coco_to_kaggle(rle), size)
    assert again == rle


def coco_rle(data: bytes) -> None:
    """Two bytes of size, then compressed counts."""
    if len(data) < 2:
        return
    size = _size(data)
    try:
        counts = decompress_counts(dict(size=list(size), counts=data[2:]))
    except ValueError:
        return
    assert counts.min(initial=0) >= 0 and counts.sum() == size[0] * size[1]
    again = decompress_counts(compress_counts(counts, size))
    assert np.array_equal(again, counts)


def train_csv(data: bytes) -> None:
    """A file ``train.csv``, read whole and in spans of 200 bytes."""
    path = _file(data, 'train.csv')
    try:
        rows = list(read_train_csv(path))
    except ValueError:
        return
    header = read_header(path, COLUMNS, BROKEN_WAY_OUT)
    spans = []
    for span in cut_spans(path, 200):
        spans += read_span(path, span, header, BROKEN_WAY_OUT)
    assert [row[1:] for row in spans] == [row[1:] for row in rows]
    for row in rows:
        try:
            parsed = parse_row(row)
        except ValueError:
            continue
        try:
            kaggle_to_coco(
                parsed.encoded_pixels,
                (min(parsed.height, _SIDE), min(parsed.width, _SIDE)),
            )
        except ValueError:
            continue


def annotations(data: bytes) -> None:
    """A COCO file, by the metric's reader and by the dataset's."""
    path = _file(data, 'annotations.json')
    with contextlib.suppress(ValueError):
        read_ground_truth(path)
    dataset = dict(ann_file=str(path), data_prefix=dict(img=str(_folder)))
    with contextlib.suppress(ValueError):
        len(IMaterialistDataset(**dataset, pipeline=[]))


def results(data: bytes) -> None:
    """COCO results, against two pictures of which one is empty."""
    path = _file(data, 'results.json')
    try:
        found = read_predictions(path, _truth())
    except ValueError:
        return
    assert isinstance(found, Predictions)


def submission(data: bytes) -> None:
    """A submission for two pictures: faults are listed, never raised."""
    path = _file(data, 'submission.csv')
    checked = check_submission(path, dict(a=(20, 10), b=(8, 9)), longest_edge=20)
    for fault in checked.faults:
        assert str(fault.code)


def picture(data: bytes) -> None:
    """A picture, decoded exactly and scaled."""
    path = _file(data, 'picture')
    for decode in ('exact', 'scaled'):
        try:
            loaded = LoadEncodedImage().transform(dict(img_path=str(path)))
            height, width = loaded['ori_shape']
            if height * width > _PIXELS:
                return
            resize = DecodeResize(scale=(32, 32), keep_ratio=True, decode=decode)
            found = resize.transform(loaded)
        except ValueError:
            continue
        assert found['img'].shape[2] == 3
        assert found['img'].dtype == np.uint8


def _truth():
    path = _folder / 'truth.json'
    if not path.exists():
        path.write_text(json.dumps(_coco()))
    return read_ground_truth(path)


def _coco() -> dict:
    """Two pictures, one of them with an object as polygon and one as RLE."""
    common = dict(image_id=1, category_id=3, iscrowd=0, bbox=[1, 1, 4, 3], area=12)
    return dict(
        images=[
            dict(id=1, file_name='a.jpg', height=10, width=8),
            dict(id=2, file_name='b.jpg', height=5, width=6),
        ],
        annotations=[
            dict(common, id=1, attribute_ids=[0, 5], segmentation=[[1, 1, 5, 1, 5, 4]]),
            dict(
                common,
                id=2,
                attribute_ids=[],
                segmentation=dict(size=[10, 8], counts=[11, 4, 6, 4, 55]),
            ),
        ],
        **{k: label_descriptions()[k] for k in ('categories', 'attributes')},
    )


def _train_csv() -> bytes:
    return _table(
        [
            COLUMNS,
            ['a', '1 3 15 2', 10, 8, 3, '0,5'],
            ['a', '4 2', 10, 8, '31', ''],
            ['b', '1 1', 5, 6, 45, '100'],
        ]
    )


def _prepared() -> bytes:
    """The same file as this project writes it, which is read in a stream."""
    rows = _folder / 'train.csv'
    rows.write_bytes(_train_csv())
    images = {}
    for row in read_train_csv(rows):
        add_mask(images, row)
    path = _folder / 'prepared.json'
    write_annotations(path, images.values(), {})
    return path.read_bytes()


def _table(rows: list[list]) -> bytes:
    path = _folder / 'seed.csv'
    with path.open('w', newline='') as file:
        csv.writer(file).writerows(rows)
    return path.read_bytes()


def seeds(name: str) -> list[bytes]:
    """Sound inputs that a fuzzer starts from.

    Args:
        name (str): of a target.

    Returns:
        list[bytes]: a few.
    """
    rle = compress_counts(np.array([11, 4, 6, 4, 55]), (10, 8))['counts']
    result = dict(image_id=1, category_id=3, score=0.5, bbox=[1, 1, 4, 3])
    result |= dict(segmentation=dict(size=[10, 8], counts=rle), attribute_ids=[0, 5])
    noise = np.random.default_rng(0).integers(0, 255, (40, 50, 3), np.uint8)
    made = dict(
        kaggle_rle=[b'\x0a\x081 3 15 2 30 50', b'\x0a\x08'],
        coco_rle=[b'\x0a\x08' + rle.encode()],
        train_csv=[_train_csv()],
        annotations=[json.dumps(_coco()).encode(), _prepared()],
        results=[json.dumps([result, dict(result, attr_scores=[0.5] * 294)]).encode()],
        submission=[
            _table(
                [
                    ['ImageId', 'EncodedPixels', 'ClassId', 'AttributesIds'],
                    ['a', '1 3 25 2', 3, '0,5'],
                    ['b', '', '', ''],
                ]
            )
        ],
        picture=[
            cv2.imencode(suffix, image)[1].tobytes()
            for suffix in ('.jpg', '.png', '.bmp', '.webp', '.tiff')
            for image in (noise, noise[..., 0])
        ],
    )
    return made[name]


TARGETS: dict[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        kaggle_rle,
        coco_rle,
        train_csv,
        annotations,
        results,
        submission,
        picture,
    )
}
