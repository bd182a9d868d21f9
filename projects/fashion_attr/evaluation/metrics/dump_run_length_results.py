"""Predictions of a test run as a pickle, masks as RLE."""

from collections.abc import Sequence

from mmdet.evaluation import DumpDetResults
from mmdet.registry import METRICS

from ...structures.run_length_masks import RunLengthMasks
from .collected import found_in


@METRICS.register_module()
class DumpRunLengthResults(DumpDetResults):
    """mmdet's DumpDetResults, for masks that are runs already as well.

    Args:
        args, kwargs: As for DumpDetResults.
    """

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep the predictions of one batch.

        Args:
            data_batch (dict): Not used.
            data_samples (Sequence[dict]): Of pictures, with ``pred_instances``.
        """
        data_samples = [
            dict(sample, pred_instances=found_in(sample)) for sample in data_samples
        ]
        runs = [_runs(sample) for sample in data_samples]
        bare = [
            sample if masks is None else _without_masks(sample)
            for sample, masks in zip(data_samples, runs, strict=True)
        ]
        super().process(data_batch, bare)
        kept = self.results[len(self.results) - len(runs) :]
        for result, masks in zip(kept, runs, strict=True):
            if masks is not None:
                # As bytes, which is what mmdet's has.
                result['pred_instances']['masks'] = [
                    dict(rle, counts=rle['counts'].encode()) for rle in masks.to_rle()
                ]


def _runs(sample: dict) -> RunLengthMasks | None:
    masks = sample.get('pred_instances', {}).get('masks')
    return masks if isinstance(masks, RunLengthMasks) else None


def _without_masks(sample: dict) -> dict:
    found = {k: v for k, v in sample['pred_instances'].items() if k != 'masks'}
    return dict(sample, pred_instances=found)
