"""Fig. 3: the Detectron2-style baseline, R-50, short edges 640 to 800, BCE.

python tools/prepare_imaterialist.py data/imaterialist --paper 3000
python tools/train.py configs/ablations/fig3_mask-rcnn_r50_detectron2.py

Compared with fig3_mask-rcnn_r50_torchvision.py; paper: see Fig. 3. The short edges
are those of Detectron2's Mask R-CNN configs.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_r50_attr_bce.py'

short_edges = (640, 672, 704, 736, 768, 800)

train_pipeline = _base_.train_pipeline
train_pipeline[2] = dict(
    type='RandomChoiceResize',
    resize_type='DecodeResize',
    scales=[(1333, edge) for edge in short_edges],
    keep_ratio=True,
)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))

model = dict(
    roi_head=dict(bbox_head=dict(attr_head=dict(num_fcs=1, class_specific=False)))
)
