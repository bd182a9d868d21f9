"""Slow oracles of Fashionpedia's protocol, and random data to try them on."""

import copy
import io
from contextlib import redirect_stdout
from itertools import product
from unittest.mock import patch

import numpy as np
import pytest
from coco_oracles import add_twins, random_case
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import label_descriptions

GRADED = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 28, 29, 31, 32, 33}
GROUPS = {'o': (0, 12), 'a': (13, 26), 'p': (27, 45)}
AREAS = {'': (0, 1e10), 's': (0, 1024), 'm': (1024, 9216), 'l': (9216, 1e10)}
THRESHOLDS = [float(t) for t in np.linspace(0.5, 0.95, 10)] + [-1.0]
LIMITS = (1, 10, 100)
SOURCES = {'iou_f1': (range(10), range(10)), 'iou': (range(10), [10])}
SOURCES['f1'] = ([10], range(10))


def fashionpedia_case(seed: int, num_attributes: int = 6, twins: bool = True) -> tuple:
    """``random_case`` over Fashionpedia's 46 categories, of which three occur.

    Two of these have attributes, one has none.
    """
    gt, results = random_case(seed, num_attributes=num_attributes)
    if twins:
        add_twins(gt, results, seed)
    occurring = np.random.default_rng(seed).permutation([5, 31, 40]).tolist()
    for entries in (gt['annotations'], results):
        for entry in entries:
            entry['category_id'] = occurring[entry['category_id']]
    gt['categories'] = label_descriptions()['categories']
    return gt, results


# The package asks for a name that numpy dropped in 1.24.
@patch.object(np, 'float', float, create=True)
def fpeval(gt: dict, results: list[dict], iou_types=('segm', 'bbox')) -> dict:
    """What the published program says; skips where it is not installed."""
    reason = 'FPEval is absent: pip install fashionpedia==1.1'
    api = pytest.importorskip('fashionpedia.fp', reason=reason)
    evaluation = pytest.importorskip('fashionpedia.fp_eval', reason=reason)
    table = {}
    for iou_type in iou_types:
        with redirect_stdout(io.StringIO()):
            truth = api.Fashionpedia()
            truth.dataset, given = copy.deepcopy((gt, results))
            truth.createIndex()
            evaluator = evaluation.FPEval(truth, truth.loadRes(given), iou_type)
            evaluator.run()
        table[iou_type] = dict(
            iou_f1=evaluator.results, iou=evaluator.resultDet, f1=evaluator.resultF1
        )
    return table


def slow_macro_f1(predicted, truth, attribute_ids) -> float:
    """Mean F1 of the two answers yes and no, over those that occur at all."""
    values = []
    for answer in (True, False):
        said = {i for i in attribute_ids if (i in predicted) is answer}
        true = {i for i in attribute_ids if (i in truth) is answer}
        if said | true:
            values.append(2 * len(said & true) / (len(said) + len(true)))
    return sum(values) / len(values)


def slow_fashionpedia(
    gt: dict, results: list[dict], iou_types=('segm', 'bbox')
) -> dict:
    """All figures by plain loops over images, categories, areas and thresholds."""
    table = {}
    for iou_type in iou_types:
        cells = {}
        for category in range(46):
            for area in AREAS:
                cells |= _cells(gt, results, iou_type, category, area)
        table[iou_type] = {k: _summary(cells, *ranges) for k, ranges in SOURCES.items()}
    return table


def _cells(gt, results, iou_type, category, area) -> dict:
    """Precision and recalls by (category, area, threshold, threshold)."""
    cells = {}
    scenes = [
        _scene(gt, results, iou_type, image['id'], category, area)
        for image in sorted(gt['images'], key=lambda image: image['id'])
    ]
    total = sum(not o['skip'] for objects, _ in scenes for o in objects)
    if not total:
        return {}
    thresholds = range(11) if category in GRADED else [10]
    for i, f in product(range(11), thresholds):
        verdicts = []
        for objects, found in scenes:
            verdicts += _verdicts(
                objects, found, THRESHOLDS[i], THRESHOLDS[f], category in GRADED
            )
        cells[category, area, i, f] = (
            _precision(verdicts, total),
            [
                sum(v == 'hit' for _, rank, v in verdicts if rank < limit) / total
                for limit in LIMITS
            ],
        )
    return cells


def _scene(gt, results, iou_type, image_id, category, area):
    """Objects in the order tried, and detections by falling score with overlaps."""
    low, high = AREAS[area]

    def mine(entries):
        here = [e for e in entries if e['image_id'] == image_id]
        return [e for e in here if e['category_id'] == category]

    objects = [
        dict(truth=a, skip=bool(a['iscrowd']) or not low <= a['area'] <= high)
        for a in mine(gt['annotations'])
    ]
    objects.sort(key=lambda o: o['skip'])
    attribute_ids = [a['id'] for a in gt['attributes']]
    found = []
    for result in sorted(mine(results), key=lambda r: -r['score'])[: LIMITS[-1]]:
        pairs = [
            (
                slow_iou(result, o['truth'], iou_type),
                slow_macro_f1(
                    result['attribute_ids'], o['truth']['attribute_ids'], attribute_ids
                ),
            )
            for o in objects
        ]
        # The area of the box, also for masks, where the results have boxes.
        size = (
            result['bbox'][2] * result['bbox'][3]
            if 'bbox' in results[0]
            else mask_utils.decode(result['segmentation']).sum()
        )
        found.append((result['score'], not low <= size <= high, pairs))
    return objects, found


def _verdicts(objects, found, iou_thr, f1_thr, graded) -> list[tuple]:
    """(score, rank, 'hit' | 'miss' | 'ignored') of each detection of a scene."""
    taken, verdicts = set(), []
    for rank, (score, outside, pairs) in enumerate(found):
        held, iou, f1 = None, min(iou_thr, 1 - 1e-10), f1_thr
        for n, candidate in enumerate(objects):
            if n in taken and (graded or not candidate['truth']['iscrowd']):
                continue
            if held is not None and candidate['skip'] and not objects[held]['skip']:
                break
            if pairs[n][0] >= iou and (not graded or pairs[n][1] >= f1):
                held, (iou, f1) = n, pairs[n]
        if held is None:
            verdict = 'ignored' if outside else 'miss'
        else:
            taken.add(held)
            verdict = 'ignored' if objects[held]['skip'] else 'hit'
        verdicts.append((score, rank, verdict))
    return verdicts


def _precision(verdicts, total) -> float:
    hits, seen, curve = 0, 0, []
    for _, _, verdict in sorted(verdicts, key=lambda v: -v[0]):
        if verdict != 'ignored':
            seen += 1
            hits += verdict == 'hit'
            curve.append((hits / total, hits / seen))
    points = np.linspace(0, 1, 101)
    best = [max((p for r, p in curve if r >= point), default=0) for point in points]
    return sum(best) / len(points)


def _summary(cells, iou, f1) -> dict:
    """The figures over some thresholds on IoU and F1."""

    def mean(value, area='', iou=iou, f1=f1, group=(0, 45)):
        values = []
        for category in range(group[0], group[1] + 1):
            for i, f in product(iou, f1 if category in GRADED else [10]):
                if (category, area, i, f) in cells:
                    values.append(value(cells[category, area, i, f]))
        return sum(values) / len(values) if values else -1

    def ap(**choice):
        return mean(lambda cell: cell[0], **choice)

    with_iou, with_f1 = len(iou) > 1, len(f1) > 1
    table = {f'AP{g}': ap(group=ends) for g, ends in GROUPS.items()}
    if with_f1:
        del table['APa']
    table['AP'] = ap()
    at = {'50': [0], '75': [5]}
    if with_iou:
        table |= {f'AP_IOU{t}': ap(iou=at[t]) for t in at}
    if with_f1:
        table |= {f'AP_F1{t}': ap(f1=at[t]) for t in at}
    if with_iou and with_f1:
        for i, f in product(at, at):
            table[f'AP_IOU{i}_F1{f}'] = ap(iou=at[i], f1=at[f])
    table |= {f'AP{a}': ap(area=a) for a in 'sml'}
    for m, limit in enumerate(LIMITS):
        table[f'AR@{limit}'] = mean(lambda cell, m=m: cell[1][m])
    table |= {f'AR{a}@100': mean(lambda cell: cell[1][2], area=a) for a in 'sml'}
    return table


def slow_iou(found: dict, truth: dict, iou_type: str) -> float:
    """IoU; of a crowd, the share of the detection that it covers."""
    if iou_type == 'segm':
        a, b = (mask_utils.decode(e['segmentation']) for e in (found, truth))
        common, a, b = int((a & b).sum()), int(a.sum()), int(b.sum())
    else:
        (ax, ay, aw, ah), (bx, by, bw, bh) = found['bbox'], truth['bbox']
        width = max(min(ax + aw, bx + bw) - max(ax, bx), 0)
        height = max(min(ay + ah, by + bh) - max(ay, by), 0)
        common, a, b = width * height, aw * ah, bw * bh
    return common / (a if truth['iscrowd'] else a + b - common)
