"""The competition's metric by its definition: loops, decoded masks, fractions."""

from fractions import Fraction
from itertools import product

from pycocotools import mask as mask_utils

THRESHOLDS = [Fraction(n, 20) for n in range(10, 20)]


def oracle(gt: dict, results: list[dict], pairs='grid', mean='image') -> dict:
    """Score and scores by class, of COCO dicts whose attributes are listed."""
    settings = [(t, t) for t in THRESHOLDS]
    if pairs == 'grid':
        settings = list(product(THRESHOLDS, THRESHOLDS))
    images = [_image_precision(gt, results, i['id'], settings) for i in gt['images']]
    by_class = {}
    for image, category in product(gt['images'], gt['categories']):
        mine = dict(image_id=image['id'], category_id=category['id'])
        dets, objects = _of(results, mine), _of(gt['annotations'], mine)
        if dets or objects:
            precision = _precision(dets, objects, settings)
            by_class.setdefault(category['id'], []).append(precision)
    per_class = {k: float(_mean(values)) for k, values in by_class.items()}
    classes = [_mean(values) for values in by_class.values()]
    score = _mean(images if mean == 'image' else classes)
    return dict(score=float(score), per_class=per_class)


def _image_precision(gt, results, image_id, settings) -> Fraction:
    mine = dict(image_id=image_id)
    return _precision(_of(results, mine), _of(gt['annotations'], mine), settings)


def _precision(dets, objects, settings) -> Fraction:
    if not dets:
        return Fraction(0)
    ious = [[_iou(d, o) for o in objects] for d in dets]
    f1s = [[_f1(d, o) for o in objects] for d in dets]
    hits = [_hits(dets, objects, ious, f1s, *setting) for setting in settings]
    return Fraction(sum(hits), len(hits) * len(dets))


def _hits(dets, objects, ious, f1s, iou_thr, f1_thr) -> int:
    free, hits = set(range(len(objects))), 0
    order = sorted(
        range(len(dets)), key=lambda n: (-max(ious[n] or [0]), *_rest(dets[n]))
    )
    for n in order:
        able = [
            (-ious[n][m], -f1s[n][m], *_rest(objects[m]), m)
            for m in free
            if ious[n][m] > iou_thr and f1s[n][m] > f1_thr
        ]
        if able:
            free.remove(min(able)[-1])
            hits += 1
    return hits


def _rest(entry) -> tuple:
    """What decides between entries that are otherwise equal."""
    ids = set(entry['attribute_ids'])
    bits = tuple(i not in ids for i in range(30))
    # More attributes first; of as many, the order of their zeros and ones.
    return -len(ids), tuple(not bit for bit in bits), entry['segmentation']['counts']


def _iou(det, truth) -> Fraction:
    """0 where the classes differ: such an object cannot be hit."""
    if det['category_id'] != truth['category_id']:
        return Fraction(0)
    first = mask_utils.decode(det['segmentation']).ravel().tolist()
    second = mask_utils.decode(truth['segmentation']).ravel().tolist()
    common = union = 0
    for a, b in zip(first, second, strict=True):
        common += a and b
        union += a or b
    return Fraction(common, union)


def _f1(det, truth) -> Fraction:
    predicted, true = set(det['attribute_ids']), set(truth['attribute_ids'])
    if not true:
        return Fraction(1)
    return Fraction(2 * len(predicted & true), len(predicted) + len(true))


def _of(entries, fields) -> list[dict]:
    return [e for e in entries if all(e[k] == v for k, v in fields.items())]


def _mean(values) -> Fraction:
    return sum(values, Fraction(0)) / max(len(values), 1)
