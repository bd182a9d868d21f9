"""Work dirs as a training and a test run leave them, without either."""

import json
from pathlib import Path

import cv2
import numpy as np
from coco_samples import SIZE, scored_case

CLASSES = ('shirt, blouse', 'jacket', 'shoe')
CONFIG = """
attr_score_thr = 0.4
image_scale = (64, 48)
model = dict(
    type='MaskRCNN',
    backbone=dict(type='ResNet', depth=18),
    roi_head=dict(bbox_head=dict(attr_head=dict(type='FCAttrHead', num_fcs=2))),
    test_cfg=dict(rcnn=dict(score_thr=0.05)))
train_dataloader = dict(batch_size=4, dataset=dict(
    type='RepeatDataset', dataset=dict(data_root='data/', ann_file='train.json')))
test_dataloader = dict(dataset=dict(
    type='IMaterialistDataset', data_root={root!r}, ann_file='gt.json',
    data_prefix=dict(img='pictures/'), metainfo=dict(classes={classes!r})))
test_evaluator = dict(
    type={metric!r}, ann_file={ann_file!r}, attr_score_thr=0.4,
    outfile_prefix={prefix!r})
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01))
train_cfg = dict(max_epochs=3)
load_from = 'weights.pth'
"""
LOG = """2026/01/02 03:04:05 - mmengine - INFO -
------------------------------------------------------------
System environment:
    sys.platform: linux
    PyTorch compiling details: PyTorch built with:
  - GCC 13.3
    OpenCV: 4.12.0

Runtime environment:
    seed: 7
------------------------------------------------------------

2026/01/02 03:04:05 - mmengine - INFO - Config:
    not: the environment
"""


def write_data(folder: Path, seed: int = 3) -> tuple[dict, list[dict]]:
    """``gt.json`` and gray ``pictures/``; gives the ground truth and results."""
    gt, results = scored_case(seed)
    for image in gt['images']:
        image['file_name'] = f'{image["id"]}.png'
        path = folder / 'pictures' / image['file_name']
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((*SIZE, 3), 90, np.uint8))
    (folder / 'gt.json').write_text(json.dumps(gt))
    return gt, results


def write_launch(
    work_dir: Path, stamp: str, data: Path, metric: str = 'F1SegmMetric', **record
) -> Path:
    """What any run leaves: its config, its log and, if given, its record."""
    folder = work_dir / stamp
    (folder / 'vis_data').mkdir(parents=True)
    settings = dict(
        root=f'{data}/',
        classes=CLASSES,
        ann_file=str(data / 'gt.json'),
        prefix=str(work_dir / 'predictions'),
        metric=metric,
    )
    (folder / 'vis_data/config.py').write_text(CONFIG.format(**settings))
    (folder / f'{stamp}.log').write_text(LOG)
    if record:
        (folder / 'run.json').write_text(json.dumps(record))
    return folder


def write_training(work_dir: Path, data: Path, **record) -> None:
    """20 logged iterations and two validations."""
    folder = write_launch(work_dir, '20260102_030405', data, **record)
    lines = [
        dict(loss=3 - i / 10, loss_attr=1 - i / 40, iter=i, step=i, epoch=1 + i // 11)
        for i in range(1, 21)
    ]
    lines += [{'fashion/segm_f1AP': e / 10, 'step': e} for e in (1, 2)]
    text = '\n'.join(map(json.dumps, lines))
    (folder / 'vis_data/scalars.json').write_text(text + '\n')
    (work_dir / 'last_checkpoint').write_text('/elsewhere/epoch_3.pth')
    (work_dir / 'epoch_3.pth').touch()


def write_test(
    work_dir: Path, data: Path, results: list[dict], scores: dict, **settings
) -> None:
    """Scores and predictions."""
    stamp = '20260102_040506'
    folder = write_launch(work_dir, stamp, data, **settings)
    (folder / f'{stamp}.json').write_text('{}')
    (work_dir / 'scores.json').write_text(json.dumps(scores))
    path = work_dir / 'predictions.results.json'
    path.write_text(json.dumps(results))
