"""Training that comes out the same however often it was interrupted."""

from typing import Any

from mmdet.registry import LOOPS
from mmengine.dist import broadcast_object_list, get_rank
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import nn

from ...datasets.seeded_dataset import derived_seed, seed_all
from .bad_batch import save_bad_batch
from .finite_loss import FiniteLossOptimWrapper, NonFiniteLoss


@LOOPS.register_module()
class SeededTrainLoop(EpochBasedTrainLoop):
    """mmengine's loop over epochs, with random numbers that know their place.

    Each step and each picture draws its random numbers from a seed of its own,
    derived from the seed of the run and the place in it. A run that goes on from a
    checkpoint, also one written in the middle of an epoch, does what the run that
    was never stopped would have done, and starts with the batch that was next
    without loading those before. Checkpoints within epochs are written with::

        default_hooks = dict(checkpoint=dict(by_epoch=False, interval=1000))

    With gradients accumulated over n steps, let the interval be a multiple of n.

    A loss that is NaN or infinite stops the run before it reaches the weights, and
    leaves ``bad_batch_<iter>.pth`` for ``tools/train.py --replay``.

    Where a run goes on from the end of an epoch after which a validation is due, it
    begins with that: it may have been what was interrupted.

    Args:
        runner (Runner): The runner.
        dataloader (dict): Config of the data loader.
        kwargs: As for EpochBasedTrainLoop.

    Raises:
        TypeError: If the data loader is no config.
    """

    def __init__(self, runner: Runner, dataloader: dict, **kwargs) -> None:
        if not isinstance(dataloader, dict):
            raise TypeError(
                'SeededTrainLoop takes the config of a data loader, got '
                f'{type(dataloader).__name__}; use EpochBasedTrainLoop for one that '
                'is built'
            )
        super().__init__(runner, seeded_dataloader(dataloader), **kwargs)
        self.batches = self.dataloader.batch_sampler

    def run(self) -> nn.Module:
        """Train; see the class."""
        self._seed_sampler()
        if self._iter and self._iter == self._epoch * len(self.dataloader):
            self._validate_if_due()
        return super().run()

    def run_epoch(self) -> None:
        """Train on what is left of the epoch."""
        start = self._iter - self._epoch * len(self.dataloader)
        self.batches.epoch, self.batches.start = self._epoch, start
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        for number, batch in enumerate(self.dataloader, start):
            self.run_iter(number, batch)
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def run_iter(self, idx: int, data_batch: Any) -> None:
        """Train on a batch.

        Args:
            idx (int): Its number in the epoch.
            data_batch (Any): What the data loader gives.

        Raises:
            NonFiniteLoss: Naming the pictures, and the file to replay them from.
        """
        seed = derived_seed(self.batches.seed, get_rank(), self._iter)
        self.runner.call_hook('before_train_iter', batch_idx=idx, data_batch=data_batch)
        seed_all(seed)
        try:
            outputs = self.runner.model.train_step(
                data_batch, FiniteLossOptimWrapper(self.runner.optim_wrapper)
            )
        except NonFiniteLoss as error:
            draws = self.batches.handed(idx)
            raise save_bad_batch(self.runner, error, data_batch, draws, seed) from None
        self.runner.call_hook(
            'after_train_iter', batch_idx=idx, data_batch=data_batch, outputs=outputs
        )
        self._iter += 1

    def _seed_sampler(self) -> None:
        """Take the run's seed, which a resumed run has from its checkpoint."""
        seeds = [self.runner.seed]
        broadcast_object_list(seeds)
        self.batches.seed = seeds[0]
        if hasattr(self.batches.sampler, 'seed'):
            self.batches.sampler.seed = seeds[0]

    def _validate_if_due(self) -> None:
        due = self._epoch >= self.val_begin and (
            self._epoch % self.val_interval == 0 or self._epoch == self._max_epochs
        )
        if self.runner.val_loop is not None and due:
            self.runner.val_loop.run()


def seeded_dataloader(cfg: dict) -> dict:
    """The config of a data loader whose pictures are loaded with their own seeds.

    Args:
        cfg (dict): Of a data loader.

    Returns:
        dict: With ``SeededDataset`` and ``SeededBatchSampler`` around its parts.
    """
    cfg = dict(cfg)
    batch_sampler = dict(
        type='SeededBatchSampler',
        batch_sampler=cfg.pop('batch_sampler', None),
        drop_last=cfg.pop('drop_last', False),
    )
    dataset = dict(type='SeededDataset', dataset=cfg.pop('dataset'))
    return dict(cfg, dataset=dataset, batch_sampler=batch_sampler)
