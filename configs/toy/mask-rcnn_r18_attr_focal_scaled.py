"""The demo on large pictures of the toy wardrobe, decoded at the size that is needed.

python tools/make_toy_wardrobe.py data/toy_wardrobe_large --images 850 --size 896 1280
python tools/prepare_imaterialist.py data/toy_wardrobe_large --val 100
python tools/train.py configs/toy/mask-rcnn_r18_attr_focal_scaled.py

Every picture is decoded at a half or a quarter, then resized to 256 px. mmdet's
DetInferencer wants mask-rcnn_r18_attr_focal.py, which tests on decoded pictures.
"""

_base_ = './mask-rcnn_r18_attr_focal.py'

data_root = 'data/toy_wardrobe_large/'

train_pipeline = _base_.train_pipeline
train_pipeline[2].decode = 'scaled'
test_pipeline = _base_.test_pipeline
test_pipeline[0] = dict(type='LoadEncodedImage')
test_pipeline[1].decode = 'scaled'
tta_pipeline = _base_.tta_pipeline
tta_pipeline[0] = dict(type='LoadEncodedImage')
tta_pipeline[1].transforms[0][0].decode = 'scaled'

train_dataloader = dict(dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

val_evaluator = dict(
    ann_file=data_root + 'annotations/val.json',
    train_ann_file=data_root + 'annotations/train.json',
)
test_evaluator = val_evaluator
