"""iMaterialist at 800/1333, large pictures decoded at a half, a quarter, an eighth.

A fragment for ``_base_`` in place of imaterialist.py; other than there are the pixel
values alone.
"""

_base_ = './imaterialist.py'

load_image = dict(type='LoadEncodedImage')
resize = dict(
    type='DecodeResize', scale=_base_.image_scale, keep_ratio=True, decode='scaled'
)
train_pipeline = _base_.train_pipeline
train_pipeline[0], train_pipeline[2] = load_image, resize
test_pipeline = _base_.test_pipeline
test_pipeline[0], test_pipeline[1] = load_image, resize
tta_pipeline = _base_.tta_pipeline
tta_pipeline[0] = load_image
tta_pipeline[1].transforms[0] = [resize]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
