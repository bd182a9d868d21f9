"""Fig. 5: two FC layers x 46*294 outputs, BCE, X-101-32x8d, 8 epochs.

python tools/prepare_imaterialist.py data/imaterialist --paper 5000
python tools/train.py configs/ablations/fig5_mask-rcnn_x101_fc2-class-specific_bce.py

Compared: one or two FC layers, 294 outputs for all classes or for each of the 46;
paper: see Fig. 5.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_x101_attr_bce.py'

train_cfg = dict(max_epochs=8)
