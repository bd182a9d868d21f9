"""R-50-FPN, focal loss, large-scale jitter, then garments of another picture on top.

python tools/train.py configs/mask-rcnn_r50_attr_focal_lsj-copypaste.py
"""

_base_ = './mask-rcnn_r50_attr_focal_lsj.py'

train_dataset = _base_.train_dataloader.dataset
train_dataset.pipeline = _base_.lsj_pipeline[:-1]
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='MultiImageMixDataset',
        dataset=train_dataset,
        pipeline=[dict(type='AttrCopyPaste'), dict(type='PackAttrDetInputs')],
    )
)
