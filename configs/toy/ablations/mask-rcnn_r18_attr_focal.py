"""The paper's recipe in miniature: two FC layers x 46*294, focal loss, 4 epochs.

python tools/train.py configs/toy/ablations/mask-rcnn_r18_attr_focal.py

What every row of plan.yaml here is compared with; plan.yaml says how the pictures
are made. Fig. 10 is this with all of them.
"""

_base_ = '../mask-rcnn_r18_attr_focal.py'

max_epochs = 4

train_cfg = dict(max_epochs=max_epochs, val_interval=max_epochs)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=50),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        begin=0,
        end=max_epochs,
        convert_to_iter_based=True,
    ),
]
