"""The demo: a small Mask R-CNN with attributes, from scratch, on the toy wardrobe.

`make demo` runs it whole. By hand:

python tools/make_toy_wardrobe.py data/toy_wardrobe --images 850 --seed 0
python tools/prepare_imaterialist.py data/toy_wardrobe --val 100
python tools/train.py configs/toy/mask-rcnn_r18_attr_focal.py
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/datasets/toy_wardrobe.py',
    '../_base_/models/mask-rcnn_r18_fpn_attr_small.py',
    '../_base_/schedules/toy_8e.py',
]

randomness = dict(seed=0)
