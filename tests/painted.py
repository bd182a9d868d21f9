"""A data set whose objects can be told by their colour, and who is who in a sample.

Object k of the set, 0 to 45, has category k, attributes that no other has (or none),
and its own colour in the picture. So label, attributes, ignore flag, mask and box of
a packed sample can be held against its pixels.
"""

import json
from pathlib import Path

import cv2
import numpy as np
from mmdet.structures import DetDataSample
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS, CATEGORY_IDS

PADDING = 294
NUM_OBJECTS = len(CATEGORY_IDS)
# Of JPEG: every pixel has a colour of its own.
_FINEST = [
    *(cv2.IMWRITE_JPEG_QUALITY, 100),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
]


def attrs_of(k: int) -> list[int]:
    """Attribute indices of object k, in order; every fifth has none."""
    return [] if k % 5 == 4 else sorted({k, 50 + k, 100 + (7 * k) % 190})


def is_ignored(k: int) -> bool:
    """Whether object k is a crowd."""
    return k % 7 == 3


def color_of(k) -> np.ndarray:
    """(3,) uint8 BGR of object k; differs from the ground, 0, and from padding."""
    k = np.asarray(k)
    return np.stack([40 + 4 * k, 250 - 4 * k, 37 * k % 256], axis=-1).astype(np.uint8)


def draw(shape, size) -> np.ndarray:
    """(h, w) mask: rectangle, ellipse, or a cross of two lines one pixel thin."""
    y, x, height, width, kind = shape
    h, w = size
    top, left = int(y * h), int(x * w)
    bottom, right = (
        min(int(a + max(b, 1)), n)
        for a, b, n in ((top, height * h, h), (left, width * w, w))
    )
    rows, columns = np.mgrid[:h, :w]
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    down = (2 * rows + 1 - top - bottom) / (bottom - top)
    along = (2 * columns + 1 - left - right) / (right - left)
    if kind == 'e':
        inside &= down**2 + along**2 <= 1
    if kind == 'c':
        inside &= (rows == (top + bottom) // 2) | (columns == (left + right) // 2)
    return inside.astype(np.uint8)


class Painted:
    """Pictures of painted objects, the later ones on top of the earlier.

    Args:
        pictures (list): of (h, w), in pixels, and the (n, h, w) masks of the objects.
    """

    def __init__(self, pictures: list[tuple[tuple[int, int], list[np.ndarray]]]):
        self.images, self.masks, self.picture_of, self.above = [], {}, {}, {}
        for number, (size, masks) in enumerate(pictures):
            image = np.zeros((*size, 3), np.uint8)
            members = range(len(self.masks), len(self.masks) + len(masks))
            for k, mask in zip(members, masks, strict=True):
                image[mask > 0] = color_of(k)
                self.masks[k], self.picture_of[k] = mask, number
                self.above[k] = set(members[members.index(k) :])
            self.images.append(image)

    def write(self, folder: Path, kind: str = 'png') -> None:
        """Write pictures and annotations where the configs look for them.

        Args:
            folder (Path): a new one.
            kind (str): 'png', or 'jpg' for colours that are up to 3 off.
        """
        for name in ('annotations', 'train'):
            (folder / name).mkdir()
        for number, image in enumerate(self.images):
            cv2.imwrite(str(folder / f'train/{number}.{kind}'), image, _FINEST)
        text = json.dumps(self._coco(kind))
        for part in ('train', 'val'):
            (folder / f'annotations/{part}.json').write_text(text)

    def _coco(self, kind: str) -> dict:
        images = [
            dict(id=i, file_name=f'{i}.{kind}', height=len(image), width=image.shape[1])
            for i, image in enumerate(self.images)
        ]
        annotations = []
        for k, mask in self.masks.items():
            rle = mask_utils.encode(np.asfortranarray(mask))
            annotations.append(
                dict(
                    id=k + 1,
                    image_id=self.picture_of[k],
                    category_id=CATEGORY_IDS[k],
                    attribute_ids=[ATTRIBUTE_IDS[i] for i in attrs_of(k)],
                    segmentation=dict(rle, counts=rle['counts'].decode()),
                    bbox=mask_utils.toBbox(rle).tolist(),
                    area=int(mask.sum()),
                    iscrowd=int(is_ignored(k)),
                )
            )
        return dict(images=images, annotations=annotations)

    def check(
        self,
        image: np.ndarray,
        sample: DetDataSample,
        mixed: bool = False,
    ) -> int:
        """Assert that all that is said of each object is said of the same one.

        Args:
            image (np.ndarray): (h, w, 3) picture that the annotations belong to.
            sample (DetDataSample): packed annotations.
            mixed (bool): whether objects of several pictures may be in it.

        Returns:
            int: number of objects whose own colour was seen under their mask.
        """
        owner = np.full(image.shape[:2], -1)
        for k in self.masks:
            owner[(image == color_of(k)).all(axis=2)] = k
        found, seen = [], 0
        for part, ignored in (('gt_instances', False), ('ignored_instances', True)):
            for k, attrs, mask, box in _objects(sample, part):
                assert is_ignored(k) == ignored
                assert attrs == attrs_of(k) + [PADDING] * (14 - len(attrs_of(k)))
                thin = self._is_thin(k)
                assert mask.any(), f'empty mask of {k}'
                _check_box(box, mask, thin)
                under = set(owner[mask > 0].tolist())
                assert under <= self.above[k], f'{under} under the mask of {k}'
                if not mixed:
                    assert (mask > 0)[owner == k].all(), f'{k} beside its mask'
                found.append(k)
                seen += k in under
        if not mixed:
            assert len(found) == len(set(found))
            for k in set(np.unique(owner).tolist()) - {-1, *found}:
                rows, columns = np.nonzero(owner == k)
                assert min(np.ptp(rows), np.ptp(columns)) < 2, f'{k} is lost'
        return seen

    def _is_thin(self, k: int) -> bool:
        """Whether a part of object k is one pixel wide."""
        square = np.ones((2, 2), np.uint8)
        mask = self.masks[k]
        return not np.array_equal(cv2.morphologyEx(mask, cv2.MORPH_OPEN, square), mask)


def _objects(sample: DetDataSample, part: str):
    objects = sample.get(part)
    boxes = objects.bboxes
    return zip(
        objects.labels.tolist(),
        objects.attr_labels.tolist(),
        objects.masks.masks,
        getattr(boxes, 'tensor', boxes).tolist(),
        strict=True,
    )


def _check_box(box: list[float], mask: np.ndarray, thin: bool) -> None:
    """The box xyxy is that of the mask, up to the rounding of a resize.

    Of thin lines a resize may leave less than the box has.
    """
    if not mask.any():
        return
    rows, columns = np.nonzero(mask)
    tight = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    beyond = np.subtract(box, tight) * (1, 1, -1, -1)
    assert beyond.max() <= 1, f'box {box}, mask {tight}'
    assert thin or beyond.min() >= -2, f'box {box}, mask {tight}'
