"""Fig. 3 in miniature: the Detectron2-style baseline, edges of 204 to 256.

python tools/train.py configs/toy/ablations/fig3_mask-rcnn_r18_detectron2.py
"""

_base_ = './fig5_mask-rcnn_r18_fc1-shared_bce.py'

train_pipeline = _base_.train_pipeline
train_pipeline[2] = dict(
    type='RandomChoiceResize',
    resize_type='DecodeResize',
    scales=[(edge, edge) for edge in (204, 214, 224, 236, 246, 256)],
    keep_ratio=True,
)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
