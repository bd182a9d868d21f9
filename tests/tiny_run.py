"""A config and a checkpoint of a network that is small and has learnt nothing."""

from pathlib import Path

import torch
from mmengine.config import Config, ConfigDict

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset

ROOT = Path(__file__).resolve().parents[1]


def make_narrow(model: ConfigDict) -> None:
    """Give a Mask R-CNN with the paper's attribute head R-18 and narrow layers."""
    model.backbone.update(depth=18, base_channels=8)
    model.neck.update(in_channels=[8, 16, 32, 64], out_channels=16)
    model.rpn_head.update(in_channels=16, feat_channels=16)
    head = model.roi_head
    head.bbox_roi_extractor.out_channels = head.mask_roi_extractor.out_channels = 16
    head.bbox_head.update(in_channels=16, fc_out_channels=32)
    head.bbox_head.attr_head.fc_out_channels = 24
    head.mask_head.update(in_channels=16, conv_out_channels=16, num_convs=1)


def write_tiny_run(folder: Path) -> tuple[str, str]:
    """Write ``tiny.py`` and ``tiny.pth``: the demo with narrow layers.

    It finds up to 5 garments with scores of about 1 / 47 in every picture.

    Args:
        folder (Path): existing folder.

    Returns:
        tuple[str, str]: paths of config and checkpoint.
    """
    from mmdet.registry import MODELS

    cfg = Config.fromfile(ROOT / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    model = cfg.model
    make_narrow(model)
    model.test_cfg.rpn.max_per_img = 20
    model.test_cfg.rcnn.update(score_thr=0.0, max_per_img=5)
    cfg.dump(folder / 'tiny.py')
    torch.manual_seed(0)
    network = MODELS.build(model)
    network.init_weights()
    meta = dict(dataset_meta=IMaterialistDataset.METAINFO, cfg=cfg.pretty_text)
    saved = dict(meta=meta, state_dict=network.state_dict())
    torch.save(saved, folder / 'tiny.pth')
    return str(folder / 'tiny.py'), str(folder / 'tiny.pth')
