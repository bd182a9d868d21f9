"""Batches whose pictures carry seeds, from any place of an epoch on."""

from collections import deque
from collections.abc import Iterator
from itertools import islice

from mmdet.registry import DATA_SAMPLERS
from mmengine.dist import get_rank
from torch.utils.data import BatchSampler, Sampler

from ..seeded_dataset import Draw, derived_seed

# More than workers ever load ahead of the step.
_KEPT = 4096


@DATA_SAMPLERS.register_module()
class SeededBatchSampler(Sampler):
    """Hands indices of another batch sampler on, each with a seed of its own.

    The seed is drawn from (seed of the run, process, epoch, batch, place in the
    batch). ``SeededTrainLoop`` puts it around what a config says; the dataset has to
    be a ``SeededDataset``.

    Args:
        sampler (Sampler): Of pictures.
        batch_size (int): Pictures in a batch.
        batch_sampler (dict, optional): Config of the batch sampler. Defaults to
            PyTorch's.
        drop_last (bool): For PyTorch's.

    Attributes:
        seed (int): Of the run.
        epoch (int): That is going on, or will next.
        start (int): Batches of it that have been trained on before a resume; they
            are left out without being loaded.
    """

    def __init__(
        self,
        sampler: Sampler,
        batch_size: int,
        batch_sampler: dict | None = None,
        drop_last: bool = False,
    ) -> None:
        self.sampler = sampler
        if batch_sampler is None:
            self.batches = BatchSampler(sampler, batch_size, drop_last)
        else:
            self.batches = DATA_SAMPLERS.build(
                batch_sampler,
                default_args=dict(sampler=sampler, batch_size=batch_size),
            )
        self.batch_size = batch_size
        self.seed = 0
        self.epoch = 0
        self.start = 0
        self._handed: deque[tuple[int, list[Draw]]] = deque(maxlen=_KEPT)

    def __iter__(self) -> Iterator[list[Draw]]:
        """What is left of the epoch."""
        start, ahead = self.start, islice(self.batches, self.start, None)
        for number, batch in enumerate(ahead, start):
            place = (self.seed, get_rank(), self.epoch, number)
            draws = [(index, derived_seed(*place, i)) for i, index in enumerate(batch)]
            self._handed.append((number, draws))
            yield draws

    def __len__(self) -> int:
        """Batches of a whole epoch."""
        return len(self.batches)

    def handed(self, number: int) -> list[Draw]:
        """A batch that was handed out not long ago.

        Args:
            number (int): In its epoch, counted from 0.

        Returns:
            list[tuple[int, int]]: Index and seed of each picture.
        """
        return next(draws for n, draws in reversed(self._handed) if n == number)
