"""iMaterialist (Fashion) 2020 at 800/1333, as tools/prepare_imaterialist.py leaves it.

Fashionpedia's own JSON fits too: set ``ann_file`` and ``data_prefix``.

Another scale takes a config on top, as toy_wardrobe.py is one: pipelines are built when
this file is read, so ``--cfg-options image_scale=...`` comes too late.
``train_pipeline[2].scale``, ``test_pipeline[1].scale`` and
``tta_pipeline[1].transforms[0][0].scale`` are what it sets.
"""

dataset_type = 'IMaterialistDataset'
data_root = 'data/imaterialist/'
image_scale = (1333, 800)

# mmdet's DetInferencer puts its own loader in the place of this one.
load_image = dict(type='LoadImageFromFile', color_type='color_ignore_orientation')
# decode='scaled' is faster still, see imaterialist_scaled.py.
resize = dict(type='DecodeResize', scale=image_scale, keep_ratio=True)
train_pipeline = [
    # The picture is decoded where it is resized: what needs pixels comes after that.
    dict(type='LoadEncodedImage'),
    dict(type='LoadAttrAnnotations'),
    resize,
    dict(
        type='KeepAttrs',
        # By mask too: a line may be gone when its box is not.
        transform=dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1), by_mask=True),
    ),
    dict(type='RandomFlip', prob=0.5),
    # The model paints what it needs: bitmaps would cost more to hand over to it than
    # all else that a data-loader worker does.
    dict(type='PackAttrDetInputs', mask_format='runs'),
]
test_pipeline = [
    load_image,
    resize,
    # After Resize: predictions are compared at the original size.
    dict(type='LoadAttrAnnotations'),
    dict(
        type='PackAttrDetInputs',
        mask_format='runs',  # of the picture's size, and only drawn
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'),
    ),
]

train_dataloader = dict(
    batch_size=2,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    batch_sampler=dict(type='AspectRatioBatchSampler'),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/train.json',
        data_prefix=dict(img='train/'),
        filter_cfg=dict(filter_empty_gt=True),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/val.json',
        data_prefix=dict(img='train/'),
        test_mode=True,
        pipeline=test_pipeline,
    ),
)
test_dataloader = val_dataloader

val_evaluator = dict(
    type='F1SegmMetric',
    ann_file=data_root + 'annotations/val.json',
    # For the constant predictor only.
    train_ann_file=data_root + 'annotations/train.json',
    attr_score_thr=0.4,
)
test_evaluator = val_evaluator

tta_model = dict(
    type='AttrTTAModel',
    tta_cfg=dict(nms=dict(type='nms', iou_threshold=0.5), max_per_img=100),
)
tta_pipeline = [
    load_image,
    dict(
        type='TestTimeAug',
        transforms=[
            [resize],
            [dict(type='RandomFlip', prob=0.0), dict(type='RandomFlip', prob=1.0)],
            [dict(type='LoadAttrAnnotations')],
            [
                dict(
                    type='PackAttrDetInputs',
                    mask_format='runs',
                    meta_keys=(
                        'img_id',
                        'img_path',
                        'ori_shape',
                        'img_shape',
                        'scale_factor',
                        'flip',
                        'flip_direction',
                    ),
                )
            ],
        ],
    ),
]
