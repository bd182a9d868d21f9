"""A branch that reads attributes from crops of the picture, for a config's RoI head.

Cross-entropy, objects without attributes left out, scores shifted to the highest
expected F1: a threshold of .5 goes with it.
"""

attr_crops = dict(
    type='BoxAttrBranch',
    context=2.0,
    use_masks=True,
    crops=dict(type='CropEncoder'),
    attr_head=dict(
        type='ConvAttrHead',
        num_convs=0,
        max_pool=True,
        grid=4,
        no_attr='exclude',
        expected_f1=True,
        loss_attr=dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=40.0),
    ),
)
