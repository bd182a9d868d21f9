"""Slow oracles of the F1-masked metric, and random data to try them on."""

import copy
import io
from contextlib import redirect_stdout

import numpy as np
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions

STATS = ('AP', 'AP50', 'AP75', 'APs', 'APm', 'APl') + (
    'AR@1',
    'AR@10',
    'AR@100',
    'ARs',
    'ARm',
    'ARl',
)


def slow_f1(predicted, truth) -> float:
    """Set-F1 by Python's sets."""
    predicted, truth = set(predicted), set(truth)
    if not truth:
        return 1.0
    return 2 * len(predicted & truth) / (len(predicted) + len(truth))


class MaskedCOCOeval(COCOeval):
    """COCOeval on IoU matrices whose entries with F1 < ``f1_thr`` are 0."""

    f1_thr = None

    def computeIoU(self, imgId, catId):
        ious = super().computeIoU(imgId, catId)
        if self.f1_thr is None or not len(ious):
            return ious
        gts, dts = self._gts[imgId, catId], self._dts[imgId, catId]
        order = np.argsort([-d['score'] for d in dts], kind='mergesort')
        for row, n in enumerate(order[: self.params.maxDets[-1]]):
            for column, gt in enumerate(gts):
                f1 = slow_f1(dts[n]['attribute_ids'], gt['attribute_ids'])
                if f1 < self.f1_thr:
                    ious[row, column] = 0
        return ious


def pycocotools_stats(gt, results, iou_type, f1_thr=None, iou_thrs=None) -> dict:
    """COCOeval's twelve figures; annotation ids are renumbered from 1.

    COCOeval takes a match with the annotation of id 0 for none at all.
    """
    gt, results = copy.deepcopy(gt), copy.deepcopy(results)
    for number, annotation in enumerate(gt['annotations'], 1):
        annotation['id'] = number
    with redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = gt
        coco.createIndex()
        evaluator = MaskedCOCOeval(coco, _load(coco, results, iou_type), iou_type)
        evaluator.f1_thr = f1_thr
        if iou_thrs is not None:
            evaluator.params.iouThrs = np.array(iou_thrs)
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return dict(zip(STATS, map(float, evaluator.stats), strict=True))


def oracle(gt, results, iou_types=('segm', 'bbox'), pairs='diagonal') -> dict:
    """The whole table by its definition: one COCOeval for each threshold."""
    table = {}
    for iou_type in iou_types:
        thresholds = COCOeval(iouType=iou_type).params.iouThrs
        row = pycocotools_stats(gt, results, iou_type)
        runs = [
            pycocotools_stats(
                gt, results, iou_type, t, [t] if pairs == 'diagonal' else None
            )
            for t in thresholds
        ]
        for key in ('AP', 'APs', 'APm', 'APl'):
            row[f'f1{key}'] = float(np.mean([run[key] for run in runs]))
        if pairs == 'diagonal':
            row['f1AP50'], row['f1AP75'] = runs[0]['AP'], runs[5]['AP']
        else:
            row['f1AP50'], row['f1AP75'] = runs[0]['AP50'], runs[5]['AP75']
        table[iou_type] = row
    return table


def _load(coco, results, iou_type):
    """loadRes, with the area of the mask for segm as mmdet has it."""
    if not results:
        empty = COCO()
        empty.dataset = dict(coco.dataset, annotations=[])
        empty.createIndex()
        return empty
    if iou_type == 'segm':
        for result in results:
            del result['bbox']
    return coco.loadRes(results)


def ellipse(rng, height, width, centre=None, radii=None) -> np.ndarray:
    """A random mask, (height, width) bool."""
    cy, cx = centre if centre is not None else rng.uniform(0, (height, width))
    ry, rx = radii if radii is not None else rng.uniform(2, (height / 2, width / 2))
    y, x = np.ogrid[:height, :width]
    mask = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1
    if not mask.any():
        mask[int(cy) % height, int(cx) % width] = True
    return mask


def entry(mask: np.ndarray, **fields) -> dict:
    """An annotation or result with the mask's RLE and box (xywh)."""
    rle = mask_utils.encode(np.asfortranarray(mask.astype(np.uint8)))
    box = mask_utils.toBbox(rle).tolist()
    counts = rle['counts'].decode()
    return dict(segmentation=dict(size=rle['size'], counts=counts), bbox=box, **fields)


def box(x, y, width, height, attributes=(), **fields):
    """An annotation or result whose mask is its box, in a 40 x 40 image."""
    mask = np.zeros((40, 40), bool)
    mask[y : y + height, x : x + width] = True
    fields = dict(image_id=0, category_id=0, attribute_ids=list(attributes)) | fields
    return entry(mask, **fields)


def boxes_coco(objects, detections) -> dict:
    """Ground truth of `box` annotations; both lists get what they lack."""
    for number, annotation in enumerate(objects):
        _, _, width, height = annotation['bbox']
        annotation |= dict(id=number, area=width * height)
        annotation.setdefault('iscrowd', 0)
    for rank, detection in enumerate(detections):
        detection.setdefault('score', 0.9 - rank / 10)
    return dict(
        images=[dict(id=0, height=40, width=40)],
        annotations=objects,
        categories=[dict(id=0, name='a'), dict(id=1, name='b')],
        attributes=[dict(id=i, name=str(i)) for i in (0, 3, 6, 9)],
    )


def boxes_case(objects, detections) -> tuple[GroundTruth, Predictions]:
    """The same as the containers that evaluation works on."""
    gt = GroundTruth.from_coco(boxes_coco(objects, detections))
    return gt, Predictions.from_coco(detections, gt)


def random_case(seed: int, num_images=6, num_attributes=6) -> tuple:
    """Ground truth and results with all that can go wrong in a match.

    Crowds, ties in score, images without objects or detections, categories that
    never occur, objects of all sizes, ids from 0.
    """
    rng = np.random.default_rng(seed)
    size = (160, 200)
    annotations, results = [], []
    for image in range(1, num_images):
        for _ in range(rng.integers(0, 7)):
            mask = ellipse(rng, *size)
            attributes = _attributes(rng, num_attributes)
            fields = dict(image_id=image, category_id=int(rng.integers(0, 3)))
            annotations.append(
                entry(
                    mask,
                    id=len(annotations),
                    area=float(mask.sum()),
                    iscrowd=int(rng.random() < 0.15),
                    attribute_ids=attributes,
                    **fields,
                )
            )
            for _ in range(rng.integers(0, 4)):
                results.append(
                    _detection(rng, mask, attributes, num_attributes, fields)
                )
    gt = dict(
        images=[dict(id=i, height=size[0], width=size[1]) for i in range(num_images)],
        annotations=annotations,
        categories=[dict(id=i, name=f'category {i}') for i in range(5)],
        attributes=[
            dict(id=3 * i, name=f'attribute {i}') for i in range(num_attributes)
        ],
    )
    return gt, results


def add_twins(gt: dict, results: list[dict], seed: int) -> None:
    """Repeat objects in place with other attributes, and mix the order of all.

    Objects of one mask tie in IoU, so that their order in the file decides.
    """
    rng = np.random.default_rng(seed)
    for annotation in rng.permutation(gt['annotations'])[::2]:
        attributes = _attributes(rng, len(gt['attributes']))
        number = len(gt['annotations'])
        twin = dict(annotation, id=number, attribute_ids=attributes)
        gt['annotations'].append(twin)
    rng.shuffle(gt['annotations'])
    rng.shuffle(results)


def _detection(rng, mask, attributes, num_attributes, fields) -> dict:
    shift = rng.integers(-6, 7, 2)
    mask = (
        np.roll(mask, shift, (0, 1))
        if rng.random() < 0.9
        else ellipse(rng, *mask.shape)
    )
    flips = {3 * int(i) for i in rng.integers(0, num_attributes, rng.integers(0, 3))}
    return entry(
        mask,
        score=float(rng.integers(0, 10) / 10),
        attribute_ids=sorted(set(attributes) ^ flips),
        **fields,
    )


def _attributes(rng, num_attributes) -> list[int]:
    if rng.random() < 0.3:
        return []
    return sorted({3 * int(i) for i in rng.integers(0, num_attributes, 4)})


def brute_force_ap(gt, results, iou_type, threshold) -> float:
    """AP at one threshold on IoU and F1, all areas, from decoded masks by loops.

    Written from the definition, apart from COCOeval; crowds are not covered.
    """
    values = []
    for category in {c['id'] for c in gt['categories']}:
        objects = [a for a in gt['annotations'] if a['category_id'] == category]
        found = [r for r in results if r['category_id'] == category]
        if objects:
            hits = _brute_force_hits(objects, found, iou_type, threshold)
            values.append(_brute_force_precision(hits, len(objects)))
    return sum(values) / len(values) if values else -1.0


def _brute_force_hits(objects, found, iou_type, threshold) -> list[bool]:
    free, hits = list(range(len(objects))), []
    found = sorted(found, key=lambda r: r['image_id'])
    for result in sorted(found, key=lambda r: -r['score']):
        best, best_iou = None, 0
        for n in free:
            if objects[n]['image_id'] != result['image_id']:
                continue
            f1 = slow_f1(result['attribute_ids'], objects[n]['attribute_ids'])
            iou = _brute_force_iou(result, objects[n], iou_type)
            if iou >= threshold and f1 >= threshold and iou >= best_iou:
                best, best_iou = n, iou
        hits.append(best is not None)
        if best is not None:
            free.remove(best)
    return hits


def _brute_force_precision(hits, total) -> float:
    curve, true_positives = [], 0
    for seen, hit in enumerate(hits, 1):
        true_positives += hit
        curve.append((true_positives / total, true_positives / seen))
    points = np.linspace(0, 1, 101)
    best = [max((p for r, p in curve if r >= point), default=0) for point in points]
    return sum(best) / len(points)


def _brute_force_iou(first, second, iou_type) -> float:
    if iou_type == 'segm':
        a, b = (mask_utils.decode(e['segmentation']) for e in (first, second))
        return (a & b).sum() / (a | b).sum()
    (ax, ay, aw, ah), (bx, by, bw, bh) = first['bbox'], second['bbox']
    width = max(min(ax + aw, bx + bw) - max(ax, bx), 0)
    height = max(min(ay + ah, by + bh) - max(ay, by), 0)
    return width * height / (aw * ah + bw * bh - width * height)
