"""Measures a data pipeline from inside its data-loader worker.

worker   start_worker: a small picture through the pipeline, peak memory reset
         MeasuredDataset: sample, CPU seconds of each step, peak memory so far
parent   Record: paints masks that come as runs, as a model does; medians of rounds
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from mmdet.datasets import BaseDetDataset
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader, Dataset, get_worker_info

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

PAINT = 'paint (by the model)'
# The first word that a transform's name has decides.
_STEPS = {
    'FilterAnnotations': 'filter',
    'Annotations': 'load annotations',
    'Load': 'load picture',
    'Resize': 'resize',
    'Flip': 'flip',
    'Pack': 'pack',
}


def step_name(transform: object) -> str:
    """One name for what a step does, whoever's transform does it.

    Args:
        transform (object): any transform; `KeepAttrs` counts as what it wraps.

    Returns:
        str: 'load picture', 'load annotations', 'resize', 'filter', 'flip' or 'pack';
        the name of the class where it is none of these.
    """
    name = type(getattr(transform, 'wrapped', transform)).__name__
    return next((step for word, step in _STEPS.items() if word in name), name)


class MeasuredDataset(Dataset):
    """A dataset whose samples come with the time of each step and the memory so far.

    Args:
        dataset (BaseDetDataset): where samples are from; its own pipeline is not used.
        small (BaseDetDataset): one small picture; what the pipeline holds after
            it is code, and does not count.
        transforms (Sequence[Callable]): the pipeline, built.
    """

    def __init__(
        self,
        dataset: BaseDetDataset,
        small: BaseDetDataset,
        transforms: Sequence[Callable[[dict], dict]],
    ) -> None:
        self.dataset, self.small, self.transforms = dataset, small, transforms
        self.baseline = 0.0

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> dict:
        sample, steps = self.run(self.dataset, index)
        peak = memory_mib('VmHWM') - self.baseline
        return dict(sample=sample, steps=steps, index=index, peak_mib=peak)

    def run(self, dataset: BaseDetDataset, index: int) -> tuple[dict, dict]:
        """A packed sample, and seconds of CPU by step.

        Of this thread alone: another one sends the sample before to the parent.
        """
        np.random.seed(index)
        clock = time.thread_time()
        results = dataset.get_data_info(index)
        results['ori_shape'] = results['height'], results['width']
        steps = {'sample': time.thread_time() - clock}
        for transform in self.transforms:
            clock = time.thread_time()
            results = transform(results)
            steps[step_name(transform)] = time.thread_time() - clock
        return results, steps


def memory_mib(key: str) -> float:
    """MiB of this process: VmRSS is what it holds, VmHWM the most since the reset."""
    lines = Path('/proc/self/status').read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith(key + ':')) / 1024


def start_worker(_: int) -> None:
    """Set a fresh worker up as mmengine does, and let its peak start from here."""
    cv2.setNumThreads(0)
    init_default_scope('mmdet')
    measured = get_worker_info().dataset
    measured.run(measured.small, 0)
    Path('/proc/self/clear_refs').write_text('5')
    measured.baseline = memory_mib('VmRSS')


def paint_seconds(sample: dict) -> float | None:
    """CPU seconds of painting a packed sample's masks, which the model does.

    Not in the worker: bitmaps are memory of the training process alone.

    Args:
        sample (dict): what a pipeline gives.

    Returns:
        float | None: None where there are no masks as runs.
    """
    packed = sample.get('data_samples')
    masks = None if packed is None else packed.gt_instances.masks
    if not isinstance(masks, RunLengthMasks):
        return None
    clock = time.thread_time()
    masks.to_bitmap()
    return time.thread_time() - clock


@dataclass
class Record:
    """What the worker of one pipeline has measured, and what is left to the model."""

    steps: dict = field(default_factory=lambda: defaultdict(list))
    wall: list = field(default_factory=list)
    peak_mib: float = 0.0

    def add_round(self, loader: DataLoader, warm_up: bool) -> None:
        """Read every picture once; nothing but memory counts while warming up."""
        start = time.perf_counter()
        for answer in loader:
            self.peak_mib = max(self.peak_mib, answer['peak_mib'])
            steps, painting = answer['steps'], paint_seconds(answer['sample'])
            if painting is not None:
                steps = {**steps, PAINT: painting}
            if not warm_up:
                for step, seconds in steps.items():
                    self.steps[step, answer['index']].append(seconds)
        if not warm_up:
            self.wall.append((time.perf_counter() - start) / len(loader))

    def figures(self) -> dict:
        """Medians over rounds, means over pictures."""
        steps = defaultdict(list)
        for (step, _), seconds in self.steps.items():
            steps[step].append(1000 * float(np.median(seconds)))
        steps = {step: float(np.mean(values)) for step, values in steps.items()}
        return dict(
            steps_ms=steps,
            cpu_ms=sum(steps.values()),
            wall_ms=1000 * float(np.median(self.wall)),
            peak_mib=self.peak_mib,
        )
