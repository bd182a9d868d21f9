"""Fig. 10: the paper's final model, X-101-32x8d and focal loss, on 40,000 pictures.

python tools/prepare_imaterialist.py data/imaterialist --paper 40000
python tools/train.py configs/ablations/fig10_mask-rcnn_x101_attr_focal.py

What it comes to with all pictures; paper: see Fig. 10. The thresholds of Fig. 7 and 8
are swept on its predictions, without training: plan_40000.yaml here.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_x101_attr_focal.py'
