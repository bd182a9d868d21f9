"""mmdet's own DetInferencer runs the configs' test pipeline, on files and arrays."""

import cv2
import numpy as np
import torch
from mmengine.config import Config

import projects.fashion_attr.plugin  # noqa: F401


def test_inferencer_takes_paths_and_arrays(root, tmp_path):
    from mmdet.apis import DetInferencer

    torch.manual_seed(0)
    cfg = Config.fromfile(root / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    cfg.model.test_cfg.rpn.max_per_img = 20
    cfg.model.test_cfg.rcnn.update(score_thr=0.0, max_per_img=3)
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (90, 60, 3), dtype=np.uint8)
    path = str(tmp_path / 'a.png')
    cv2.imwrite(path, image)

    inferencer = DetInferencer(cfg, device='cpu', show_progress=False)
    by_path, by_array = inferencer([path, image], no_save_vis=True)['predictions']
    assert len(by_path['scores']) == 3
    assert [m['size'] for m in by_path['masks']] == [[90, 60]] * 3
    assert by_path == by_array
