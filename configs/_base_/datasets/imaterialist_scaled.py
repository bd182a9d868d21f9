"""iMaterialist at 800/1333, large pictures decoded at a half, a quarter, an eighth.

A fragment for ``_base_`` in place of imaterialist.py; other than there are the pixel
values alone. mmdet's DetInferencer wants imaterialist.py: it looks for
``LoadImageFromFile``, which decodes in full.
"""

_base_ = './imaterialist.py'

train_pipeline = _base_.train_pipeline
train_pipeline[2].decode = 'scaled'
test_pipeline = _base_.test_pipeline
test_pipeline[0] = dict(type='LoadEncodedImage')
test_pipeline[1].decode = 'scaled'
tta_pipeline = _base_.tta_pipeline
tta_pipeline[0] = dict(type='LoadEncodedImage')
tta_pipeline[1].transforms[0][0].decode = 'scaled'

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
