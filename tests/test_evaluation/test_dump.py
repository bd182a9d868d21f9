"""Predictions as a pickle, from masks of either kind."""

import numpy as np
import pytest
import torch
from pycocotools import mask as mask_utils

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.evaluation.metrics import DumpRunLengthResults
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

BITMAPS = np.array([[[1, 1, 0], [0, 1, 0]], [[0, 0, 0], [0, 0, 1]]], np.uint8)


@pytest.mark.parametrize(
    'masks', [torch.from_numpy(BITMAPS), RunLengthMasks.from_ndarray(BITMAPS)]
)
def test_masks_are_compressed(tmp_path, masks):
    metric = DumpRunLengthResults(out_file_path=str(tmp_path / 'p.pkl'))
    scores = torch.tensor([0.5, 0.25])
    sample = dict(img_id=3, pred_instances=dict(scores=scores, masks=masks))
    metric.process({}, [sample])
    assert sample['pred_instances']['masks'] is masks
    (kept,) = metric.results
    assert kept['img_id'] == 3
    found = kept['pred_instances']['masks']
    assert all(isinstance(rle['counts'], bytes) for rle in found)
    decoded = [mask_utils.decode(rle) for rle in found]
    np.testing.assert_array_equal(decoded, BITMAPS)


def test_a_model_without_masks(tmp_path):
    metric = DumpRunLengthResults(out_file_path=str(tmp_path / 'p.pkl'))
    metric.process({}, [dict(pred_instances=dict(scores=torch.ones(1)))])
    assert 'masks' not in metric.results[0]['pred_instances']
