"""A small Mask2Former with attributes of its queries, on the toy wardrobe.

python tools/make_toy_wardrobe.py data/toy_wardrobe --images 850 --seed 0
python tools/prepare_imaterialist.py data/toy_wardrobe --val 100
python tools/train.py configs/toy/mask2former_r18_attr.py

Not trained yet: query-based detectors take many more epochs from scratch than
Mask R-CNN does.
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/datasets/toy_wardrobe.py',
    '../_base_/models/mask2former_r18_attr_small.py',
    '../_base_/schedules/toy_8e.py',
]

randomness = dict(seed=0)
