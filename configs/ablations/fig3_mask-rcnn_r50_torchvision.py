"""Fig. 3: the torchvision-style baseline, R-50, 400/600, one FC layer x 294, BCE.

python tools/prepare_imaterialist.py data/imaterialist --paper 3000
python tools/train.py configs/ablations/fig3_mask-rcnn_r50_torchvision.py
python tools/test.py configs/ablations/fig3_mask-rcnn_r50_torchvision.py CHECKPOINT

Compared with fig3_mask-rcnn_r50_detectron2.py; paper: see Fig. 3. One FC layer reads
the 1024 features that class and box share; the only augmentation is the horizontal
flip; one half of the held-out pictures validates, the other tests.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_r50_attr_bce.py'

image_scale = (600, 400)
held_out = 150  # pictures on each side, of --paper 3000's 300

train_pipeline = _base_.train_pipeline
train_pipeline[2].scale = image_scale
test_pipeline = _base_.test_pipeline
test_pipeline[1].scale = image_scale
tta_pipeline = _base_.tta_pipeline
tta_pipeline[1].transforms[0][0].scale = image_scale

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(indices=held_out, pipeline=test_pipeline))
test_dataloader = dict(dataset=dict(indices=-held_out, pipeline=test_pipeline))

model = dict(
    roi_head=dict(bbox_head=dict(attr_head=dict(num_fcs=1, class_specific=False)))
)
