"""Fig. 6: BCE, objects without attributes left out of the loss, X-101-32x8d, 8 epochs.

python tools/prepare_imaterialist.py data/imaterialist --paper 5000
python tools/train.py configs/ablations/fig6_mask-rcnn_x101_bce_exclude.py

Compared with fig6_mask-rcnn_x101_focal_exclude.py, and with
fig5_mask-rcnn_x101_fc2-class-specific_bce.py, where such objects are a true "none";
paper: see Fig. 6.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = './fig5_mask-rcnn_x101_fc2-class-specific_bce.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(no_attr='exclude'))))
