"""Fig. 3 in miniature: the torchvision-style baseline at half the size, one FC x 294.

python tools/train.py configs/toy/ablations/fig3_mask-rcnn_r18_torchvision.py
"""

_base_ = './fig5_mask-rcnn_r18_fc1-shared_bce.py'

held_out = 50

image_scale = (128, 128)
train_pipeline = _base_.train_pipeline
train_pipeline[2].scale = image_scale
test_pipeline = _base_.test_pipeline
test_pipeline[1].scale = image_scale
tta_pipeline = _base_.tta_pipeline
tta_pipeline[1].transforms[0][0].scale = image_scale

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(indices=held_out, pipeline=test_pipeline))
test_dataloader = dict(dataset=dict(indices=-held_out, pipeline=test_pipeline))
