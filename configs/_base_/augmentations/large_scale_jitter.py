"""Large-scale jitter: every picture .1 to 2 times as large, cropped or padded to 1024.

"Simple Copy-Paste", Ghiasi et al., CVPR 2021, and mmdet's lsj-100e configs. Goes
beside any config of a data set, as configs/mask-rcnn_r50_attr_focal_lsj.py shows.
Exact beside imaterialist_scaled.py too, until ``lsj_pipeline[2].decode = 'scaled'``.
"""

lsj_size = (1024, 1024)
lsj_pipeline = [
    dict(type='LoadEncodedImage'),
    dict(type='LoadAttrAnnotations'),
    dict(
        type='RandomResize',
        resize_type='DecodeResize',
        scale=lsj_size,
        ratio_range=(0.1, 2.0),
        keep_ratio=True,
        decode='exact',
    ),
    dict(
        type='KeepAttrs',
        transform=dict(
            type='RandomCrop',
            crop_size=lsj_size,
            recompute_bbox=True,
            allow_negative_crop=True,
        ),
    ),
    # The boxes are those of the masks by now: what has vanished goes here.
    dict(
        type='KeepAttrs',
        transform=dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1)),
    ),
    dict(type='RandomFlip', prob=0.5),
    # The mean colour (BGR), which is 0 for the network.
    dict(type='Pad', size=lsj_size, pad_val=dict(img=(104, 116, 124))),
    dict(type='PackAttrDetInputs', mask_format='runs'),
]
