"""Fashionpedia's own files, as they are downloaded, at 800/1333.

data/fashionpedia/ holds instances_attributes_train2020.json and
instances_attributes_val2020.json, and the folders train/ and test/ of
train2020.zip and val_test2020.zip. Any config trains on them with
``--cfg-options dataset=configs/_base_/datasets/fashionpedia.py``.
"""

_base_ = './imaterialist.py'

data_root = 'data/fashionpedia/'
train_file = 'instances_attributes_train2020.json'
val_file = 'instances_attributes_val2020.json'

train_dataloader = dict(
    dataset=dict(
        data_root=data_root, ann_file=train_file, data_prefix=dict(img='train/')
    )
)
val_dataloader = dict(
    dataset=dict(data_root=data_root, ann_file=val_file, data_prefix=dict(img='test/'))
)
test_dataloader = val_dataloader

val_evaluator = dict(
    ann_file=data_root + val_file, train_ann_file=data_root + train_file
)
test_evaluator = val_evaluator
