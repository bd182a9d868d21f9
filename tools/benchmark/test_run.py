"""Say where the time of a whole test run goes.

python tools/benchmark/test_run.py CONFIG CHECKPOINT [--images N] [--threads N]
    [--json OUT] [--cfg-options KEY=VALUE ...]

The run of tools/test.py, timed from inside: waiting for data, the network, its
post-processing (choosing boxes, pasting masks), what the metric keeps of each batch,
and the evaluation at the end. On a GPU each part waits for the device, so that its work
is counted where it belongs.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import torch
from mmengine.config import DictAction
from mmengine.runner import Runner
from torch import nn

from projects.fashion_attr.apis import check_files, load_config
from projects.fashion_attr.models.memory_layout import lay_out_for_testing

NETWORK = 'network'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument('--images', type=int, help='the first N (default: all)')
    parser.add_argument('--threads', type=int)
    parser.add_argument('--work-dir', default='work_dirs/benchmark_test_run')
    parser.add_argument('--json', type=Path, help='also write the figures here')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='KEY=VALUE overrides'
    )
    return parser.parse_args()


def main() -> None:
    """Test, and print the share of each part."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    args.launcher, args.local_rank = 'none', 0
    cfg = load_config(args)
    cfg.load_from = args.checkpoint
    check_files(cfg, ('test',))
    runner = Runner.from_cfg(cfg)
    runner.load_or_resume()
    seconds, pictures = run(runner, args.images)
    report(args, seconds, pictures)


def run(runner: Runner, images: int | None) -> tuple[dict[str, float], int]:
    """Test as mmengine's loop does, with a clock beside it.

    Returns:
        tuple[dict[str, float], int]: seconds of each part, and pictures tested.
    """
    clock = Clock()
    loader = runner.build_dataloader(runner.cfg.test_dataloader)
    evaluator = runner.build_evaluator(runner.cfg.test_evaluator)
    evaluator.dataset_meta = loader.dataset.metainfo
    model = runner.model.eval()
    lay_out_for_testing(model)  # as ChannelsLastHook does
    for owner, name in post_processing(model):
        setattr(owner, name, clock.timing('post-processing', getattr(owner, name)))
    step = clock.timing(NETWORK, model.test_step)
    process = clock.timing('metric, of each batch', evaluator.process)
    pictures = 0
    with torch.no_grad():
        for batch in clock.waiting('data', loader):
            process(data_samples=step(batch), data_batch=batch)
            pictures += len(batch['inputs'])
            if images and pictures >= images:
                break
    clock.timing('metric, evaluation', evaluator.evaluate)(pictures)
    return dict(clock.seconds), pictures


def post_processing(model: nn.Module) -> Iterator[tuple[nn.Module, str]]:
    """Parts that turn a network's output into results."""
    for module in model.modules():
        if hasattr(module, 'predict_by_feat') and not hasattr(
            module, 'prior_generator'
        ):
            yield module, 'predict_by_feat'


class Clock:
    """Adds up seconds under names; what runs inside another part is not counted there.

    Attributes:
        seconds (dict[str, float]): so far.
    """

    def __init__(self) -> None:
        self.seconds = defaultdict(float)
        self._inner = [0.0]

    def timing(self, name: str, function: Callable) -> Callable:
        """The same function, on the clock."""

        def timed(*args, **kwargs) -> Any:
            start = _now()
            self._inner.append(0.0)
            result = function(*args, **kwargs)
            took = _now() - start
            self.seconds[name] += took - self._inner.pop()
            self._inner[-1] += took
            return result

        return timed

    def waiting(self, name: str, iterable) -> Iterator[Any]:
        """The same items, each wait on the clock."""
        following = self.timing(name, iter(iterable).__next__)
        while True:
            try:
                item = following()
            except StopIteration:
                return
            yield item


def _now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def report(args: argparse.Namespace, seconds: dict[str, float], pictures: int) -> None:
    """Print each part's share, and write them where asked."""
    total = sum(seconds.values())
    print(f'{args.config}: {pictures} pictures in {total:.1f} s')
    for name, value in seconds.items():
        each = 1000 * value / pictures
        print(
            f'{name:<22} {value:8.1f} s {each:8.2f} ms a picture {value / total:7.1%}'
        )
    rest = 1 - seconds[NETWORK] / total
    print(f'{"all but the network":<22} {rest:40.1%}')
    if args.json is not None:
        figures = dict(pictures=pictures, seconds=seconds, without_network=rest)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


if __name__ == '__main__':
    main()
