"""The toy wardrobe at 256 px, as `make demo` prepares it."""

_base_ = './imaterialist.py'

data_root = 'data/toy_wardrobe/'

image_scale = (256, 256)
train_pipeline = _base_.train_pipeline
train_pipeline[2].scale = image_scale
test_pipeline = _base_.test_pipeline
test_pipeline[1].scale = image_scale
tta_pipeline = _base_.tta_pipeline
tta_pipeline[1].transforms[0][0].scale = image_scale

train_dataloader = dict(
    batch_size=4,
    # Two processes for data beside the training one would fight for two cores.
    num_workers=1,
    dataset=dict(data_root=data_root, pipeline=train_pipeline),
)
val_dataloader = dict(
    num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline)
)
test_dataloader = val_dataloader

val_evaluator = dict(
    ann_file=data_root + 'annotations/val.json',
    train_ann_file=data_root + 'annotations/train.json',
)
test_evaluator = val_evaluator
