"""Example pictures of a data-set report, with masks and names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from ..datasets import coco_annotation, statistics
from ..datasets.object_table import ObjectTable
from ..datasets.palette import PALETTE
from ..structures.run_length_masks import RunLengthMasks
from ..visualization import AttrLocalVisualizer
from .dataset_split import Split
from .pictures import jpeg_uri, read_stored_pixels

# Pictures are drawn with this long edge; the labels come beside.
_EDGE = 800


@dataclass(frozen=True)
class Example:
    """A drawn picture.

    Attributes:
        category: what it was chosen for.
        objects: how many that category has.
        rare: whether it is one of the rarest.
        file_name: of the picture.
        uri: the picture as data URI.
    """

    category: str
    objects: int
    rare: bool
    file_name: str
    uri: str


@dataclass
class Examples:
    """All examples.

    Attributes:
        pictures: those of the rarest category first, of the commonest last.
        left_out: why pictures could not be shown, one line each.
    """

    pictures: list[Example] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def choose_examples(
    table: ObjectTable, categories: int, pictures: int, seed: int
) -> dict[int, list[int]]:
    """Pictures for the rarest and for the commonest categories.

    Args:
        table (ObjectTable): G objects.
        categories (int): how many rare ones, and how many common ones.
        pictures (int): of each category.
        seed (int): of the choice.

    Returns:
        dict[int, list[int]]: indices of pictures by index of the category, the
        rarest first, the commonest last; no picture twice.
    """
    rng = np.random.default_rng(seed)
    counts = statistics.count_categories(table)
    order = np.argsort(counts, kind='stable')
    order = order[counts[order] > 0]
    ends = np.concatenate([order[:categories], order[-categories:]])
    chosen: dict[int, list[int]] = {}
    taken: set[int] = set()
    for k in dict.fromkeys(ends.tolist() if categories else []):
        images = rng.permutation(np.unique(table.image[table.category == k])).tolist()
        chosen[k] = [image for image in images if image not in taken][:pictures]
        taken.update(chosen[k])
    return chosen


def draw_examples(
    split: Split, folder: Path, categories: int = 6, pictures: int = 2, seed: int = 0
) -> Examples:
    """Draw pictures of the rarest and of the commonest categories.

    Args:
        split (Split): an annotation file.
        folder (Path): where its pictures are.
        categories (int): how many rare ones, and how many common ones.
        pictures (int): of each category.
        seed (int): of the choice.

    Returns:
        Examples: pictures that cannot be drawn are named with the reason.
    """
    chosen = choose_examples(split.table, categories, pictures, seed)
    entries = split.pictures({n for images in chosen.values() for n in images})
    counts = statistics.count_categories(split.table)
    examples, artist = Examples(), _Artist(split.table)
    for place, (k, images) in enumerate(chosen.items()):
        about = split.table.categories[k].name, int(counts[k]), place < categories
        for n in images:
            image, annotations = entries[n]
            try:
                uri = artist.draw(image, annotations, folder)
            except (KeyError, OSError, ValueError) as error:
                examples.left_out.append(f'image {image.get("id")}: {error}')
            else:
                examples.pictures.append(Example(*about, image['file_name'], uri))
    return examples


class _Artist:
    """Draws annotations of a file on their picture."""

    def __init__(self, table: ObjectTable) -> None:
        self.categories = {label.id: n for n, label in enumerate(table.categories)}
        self.attributes = {label.id: n for n, label in enumerate(table.attributes)}
        self.visualizer = AttrLocalVisualizer(max_size=_EDGE, min_size=_EDGE // 2)
        self.visualizer.dataset_meta = dict(
            classes=[label.name for label in table.categories],
            attributes=[label.name for label in table.attributes],
            palette=PALETTE,
        )

    def draw(self, image: Mapping, annotations: Sequence[Mapping], folder: Path) -> str:
        """The picture with its objects as a data URI."""
        pixels = read_stored_pixels(
            folder / image['file_name'], (image['height'], image['width'])
        )
        scale = min(1, _EDGE / max(pixels.shape[:2]))
        size = tuple(max(1, round(n * scale)) for n in pixels.shape[:2])
        sample = DetDataSample(
            gt_instances=self._instances(image, annotations, size, pixels.shape[:2])
        )
        pixels = cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA)
        return jpeg_uri(self.visualizer.draw_datasample(pixels, sample))

    def _instances(self, image, annotations, size, old_size) -> InstanceData:
        names = [f'annotation {a.get("id")}' for a in annotations]
        pairs = list(zip(annotations, names, strict=True))
        masks = [coco_annotation.segmentation(*pair) for pair in pairs]
        ids = [coco_annotation.attribute_ids(*pair) for pair in pairs]
        attributes = np.full((len(ids), max(map(len, ids), default=0)), -1)
        for row, own in zip(attributes, ids, strict=True):
            row[: len(own)] = [self.attributes[i] for i in own]
        boxes = np.array([coco_annotation.box(*pair) for pair in pairs], np.float64)
        boxes = boxes.reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        labels = [self.categories[a['category_id']] for a in annotations]
        instances = InstanceData(
            labels=np.array(labels, np.int64),
            bboxes=boxes * (size[0] / old_size[0]),
            attr_labels=attributes,
        )
        if all(mask is not None for mask in masks):
            runs = RunLengthMasks(masks, image['height'], image['width'])
            instances.masks = runs.resize(size)
        return instances
