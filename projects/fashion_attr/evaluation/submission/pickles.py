"""The pickle that tools/test.py --out writes, mmdet's DumpDetResults."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from projects.fashion_attr.datasets.taxonomy import CATEGORY_IDS

from ..functional.ground_truth import stem_of

_NEEDED = {'labels', 'scores', 'masks', 'attr_scores'}


class Dump(dict):
    """``pred_instances`` by ImageId."""

    def results(self, image_id: str) -> list[dict]:
        """COCO results of what a model has predicted for a picture.

        Args:
            image_id (str): ImageId.

        Returns:
            list[dict]: category_id, score, attr_scores (294,) float32 and
            segmentation.

        Raises:
            ValueError: if the prediction lacks one of these, or has a label that is
                none of the competition's classes.
        """
        instances = self[image_id]
        missing = sorted(_NEEDED - set(instances))
        if missing:
            raise ValueError(
                f'ImageId {image_id}: the predictions have no {", ".join(missing)}; a '
                "submission needs masks and attributes of this project's models"
            )
        labels = np.asarray(instances['labels'])
        if len(labels) and labels.dtype.kind not in 'iu':
            raise ValueError(
                f'ImageId {image_id}: labels are {labels.dtype}, no whole numbers'
            )
        labels = labels.astype(np.int64)
        unknown = labels[(labels < 0) | (labels >= len(CATEGORY_IDS))]
        if len(unknown):
            raise ValueError(
                f'ImageId {image_id}: label {unknown[0]} is none of the '
                f"competition's {len(CATEGORY_IDS)} classes"
            )
        _check_rows(instances, image_id)
        scores = np.asarray(instances['scores'], np.float64)
        attr_scores = np.asarray(instances['attr_scores'], np.float32)
        columns = zip(labels, scores, attr_scores, instances['masks'], strict=True)
        return [
            dict(
                category_id=CATEGORY_IDS[label],
                score=float(score),
                attr_scores=row,
                segmentation=mask,
            )
            for label, score, row, mask in columns
        ]


def _check_rows(instances: Mapping, image_id: str) -> None:
    """As many of each as of the others, and masks as run-length code."""
    lengths = {name: len(instances[name]) for name in sorted(_NEEDED)}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f'ImageId {image_id}: the predictions have unequal numbers of '
            + ', '.join(f'{name} ({n})' for name, n in lengths.items())
        )
    if not all(isinstance(mask, Mapping) for mask in instances['masks']):
        raise ValueError(
            f'ImageId {image_id}: the masks are no run-length code, as '
            'tools/test.py --out writes them'
        )


def read_pickle(path: Path) -> Dump:
    """Load a dump as a whole, as pickles have it.

    Args:
        path (Path): file that you trust: a pickle can run anything.

    Returns:
        Dump: by ImageId, the name of the picture's file without ending.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file, if it is no such pickle, or has two pictures of
            one name.
    """
    try:
        with open(path, 'rb') as file:
            samples = pickle.load(file)
    except OSError:
        raise
    # Unpickling answers a broken file with whatever it trips over.
    except Exception as error:
        raise ValueError(f'{path} is no sound pickle: {error}') from error
    dump, pictures = Dump(), {}
    for n, sample in enumerate(samples if isinstance(samples, list) else [samples]):
        if not isinstance(sample, dict) or not _is_prediction(sample):
            raise ValueError(
                f'{path}, entry {n}: no prediction of tools/test.py --out, which has '
                'img_path and pred_instances'
            )
        name = stem_of(str(sample['img_path']))
        other = pictures.setdefault(name, sample['img_path'])
        if other != sample['img_path']:
            raise ValueError(
                f'{path}: {other} and {sample["img_path"]} are both ImageId {name}; '
                'predict one folder at a time'
            )
        # Several workers pad their last batch: the first entry of a picture counts.
        dump.setdefault(name, sample['pred_instances'])
    return dump


def _is_prediction(sample: dict) -> bool:
    return isinstance(sample.get('img_path'), str | Path) and isinstance(
        sample.get('pred_instances'), Mapping
    )
