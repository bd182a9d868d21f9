"""Learn some real pictures by heart: do masks, boxes and attributes belong together?

Trains and tests on the same pictures, so the score must come close to 1; it says
nothing about new pictures. data/kaggle_sample holds train.csv,
label_descriptions.json and train/*.jpg: a few pictures of the competition.

python tools/prepare_imaterialist.py data/kaggle_sample --val 0
python tools/train.py configs/toy/mask-rcnn_r18_attr_memorise.py
"""

_base_ = './mask-rcnn_r18_attr_focal.py'

data_root = 'data/kaggle_sample/'
max_iters = 600

image_scale = (384, 384)
train_pipeline = _base_.train_pipeline
train_pipeline[2].scale = image_scale
del train_pipeline[4]  # RandomFlip: the same picture again is all that is asked
test_pipeline = _base_.test_pipeline
test_pipeline[1].scale = image_scale
tta_pipeline = _base_.tta_pipeline
tta_pipeline[1].transforms[0][0].scale = image_scale

train_dataloader = dict(
    num_workers=2,
    sampler=dict(type='InfiniteSampler'),
    dataset=dict(data_root=data_root, pipeline=train_pipeline),
)
val_dataloader = dict(
    dataset=dict(
        data_root=data_root, ann_file='annotations/train.json', pipeline=test_pipeline
    )
)
test_dataloader = val_dataloader
val_evaluator = dict(
    ann_file=data_root + 'annotations/train.json',
    train_ann_file=data_root + 'annotations/train.json',
)
test_evaluator = val_evaluator

train_cfg = dict(
    _delete_=True,
    type='IterBasedTrainLoop',
    max_iters=max_iters,
    val_interval=max_iters,
)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=max_iters))
log_processor = dict(by_epoch=False)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(type='CosineAnnealingLR', by_epoch=False, begin=0, end=max_iters),
]
