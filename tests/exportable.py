"""Networks that are quick to export: two levels, narrow, with scores that differ."""

from pathlib import Path

import torch
from mmengine.config import Config

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset

ROOT = Path(__file__).resolve().parents[1]
STRIDES = [4, 8]
EXTRACTOR = dict(
    type='SingleRoIExtractor',
    roi_layer=dict(type='RoIAlign', output_size=7, sampling_ratio=0),
    out_channels=8,
    featmap_strides=STRIDES,
)
CONV = dict(type='ConvAttrHead', num_convs=1, conv_out_channels=8, fc_out_channels=8)
BRANCHES = {
    'conv': CONV,
    'relation': dict(CONV, relation=dict(type='ObjectRelation', num_heads=2)),
    'query': dict(type='QueryAttrHead', embed_dims=16, num_heads=2),
    'presence': dict(CONV, presence=1.0, no_attr='exclude'),
    'vector': dict(type='FCAttrHead', fc_out_channels=8),
}
KINDS = ('paper', 'shared', 'cascade', 'no attributes', 'boxes alone', *BRANCHES)


def exportable_config(kind: str = 'paper') -> Config:
    """The config of a small network.

    Args:
        kind (str): one of `KINDS`: the paper's attribute head for each class, or for
            all, a head of `BRANCHES` that looks under masks, and so on.

    Returns:
        Config: of a whole run.
    """
    cfg = Config.fromfile(ROOT / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    model = cfg.model
    model.backbone.update(base_channels=8, num_stages=2, out_indices=(0, 1))
    model.backbone.update(strides=(1, 2), dilations=(1, 1))
    model.neck.update(in_channels=[8, 16], out_channels=8, num_outs=3)
    model.rpn_head.update(in_channels=8, feat_channels=8)
    model.rpn_head.anchor_generator.strides = [4, 8, 16]
    head = model.roi_head
    for extractor in (head.bbox_roi_extractor, head.mask_roi_extractor):
        extractor.update(out_channels=8, featmap_strides=STRIDES)
    head.bbox_head.update(in_channels=8, fc_out_channels=16)
    head.bbox_head.attr_head.fc_out_channels = 16
    head.mask_head.update(in_channels=8, conv_out_channels=8, num_convs=1)
    model.test_cfg.rpn.update(nms_pre=100, max_per_img=40)
    model.test_cfg.rcnn.update(score_thr=0.05, max_per_img=8)
    cfg.test_dataloader.dataset.pipeline[1].scale = (160, 128)
    _make(kind, head)
    return cfg


def _make(kind: str, head: dict) -> None:
    box_head = head.bbox_head
    if kind == 'shared':
        box_head.attr_head.update(class_specific=False, num_fcs=1)
    if kind == 'boxes alone':
        del head['mask_head'], head['mask_roi_extractor']
    if kind not in ('cascade', 'no attributes', *BRANCHES):
        return
    del box_head['attr_head']
    box_head.type = 'Shared2FCBBoxHead'
    if kind == 'no attributes':
        head.type = 'StandardRoIHead'
        return
    head.attr_branch = dict(
        type='BoxAttrBranch',
        roi_extractor=EXTRACTOR,
        attr_head=BRANCHES.get(kind, CONV),
        context=1.5,
        use_masks=kind != 'cascade',
    )
    if kind == 'cascade':
        box_head.reg_class_agnostic = True
        head.bbox_head = [box_head, box_head]
        head.update(
            type='AttrCascadeRoIHead', num_stages=2, stage_loss_weights=[1, 0.25]
        )


def build(cfg: Config) -> torch.nn.Module:
    """The seeded network, without training configs, set to testing."""
    from mmdet.registry import MODELS

    torch.manual_seed(0)
    network = MODELS.build({**cfg.model, 'train_cfg': None}).eval()
    for name, parameter in network.named_parameters():
        if any(part in name for part in ('fc_cls', 'fc_attr', 'fc_reg', 'conv_logits')):
            torch.nn.init.normal_(parameter, std=0.5)
        if name.endswith('gate'):
            torch.nn.init.ones_(parameter)
    return network


def write_exportable_run(folder: Path, kind: str = 'paper') -> tuple[str, str]:
    """Write config and checkpoint of a network.

    Args:
        folder (Path): existing folder.
        kind (str): see `exportable_config`.

    Returns:
        tuple[str, str]: their paths.
    """
    cfg = exportable_config(kind)
    cfg.dump(folder / 'small.py')
    meta = dict(dataset_meta=IMaterialistDataset.METAINFO, cfg=cfg.pretty_text)
    saved = dict(meta=meta, state_dict=build(cfg).state_dict())
    torch.save(saved, folder / 'small.pth')
    return str(folder / 'small.py'), str(folder / 'small.pth')
