"""The pickle that tools/test.py --out writes, mmdet's DumpDetResults."""

import pickle
from pathlib import Path

import numpy as np

from projects.fashion_attr.datasets.taxonomy import CATEGORY_IDS

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
        labels = np.asarray(instances['labels'], np.int64)
        unknown = labels[(labels < 0) | (labels >= len(CATEGORY_IDS))]
        if len(unknown):
            raise ValueError(
                f'ImageId {image_id}: label {unknown[0]} is none of the '
                f"competition's {len(CATEGORY_IDS)} classes"
            )
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


def read_pickle(path: Path) -> Dump:
    """Load a dump as a whole, as pickles have it.

    Args:
        path (Path): file that you trust: a pickle can run anything.

    Returns:
        Dump: by ImageId, the name of the picture's file without ending.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file, if it is no such pickle.
    """
    try:
        with open(path, 'rb') as file:
            samples = pickle.load(file)
    except OSError:
        raise
    # Unpickling answers a broken file with whatever it trips over.
    except Exception as error:
        raise ValueError(f'{path} is no sound pickle: {error}') from error
    dump = Dump()
    for n, sample in enumerate(samples if isinstance(samples, list) else [samples]):
        if not isinstance(sample, dict) or not _is_prediction(sample):
            raise ValueError(
                f'{path}, entry {n}: no prediction of tools/test.py --out, which has '
                'img_path and pred_instances'
            )
        # Several workers pad their last batch: the first entry of a picture counts.
        dump.setdefault(Path(sample['img_path']).stem, sample['pred_instances'])
    return dump


def _is_prediction(sample: dict) -> bool:
    return {'img_path', 'pred_instances'} <= set(sample)
