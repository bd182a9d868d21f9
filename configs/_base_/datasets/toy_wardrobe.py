"""The toy wardrobe at 256 px, as `make demo` prepares it."""

_base_ = './imaterialist.py'

data_root = 'data/toy_wardrobe/'
image_scale = (256, 256)

train_pipeline = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='LoadAttrAnnotations'),
    dict(type='Resize', scale=image_scale, keep_ratio=True),
    dict(
        type='KeepAttrs',
        transform=dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1)),
    ),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackAttrDetInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='Resize', scale=image_scale, keep_ratio=True),
    dict(type='LoadAttrAnnotations'),
    dict(
        type='PackAttrDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'),
    ),
]

train_dataloader = dict(
    batch_size=8,
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
