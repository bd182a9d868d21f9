"""Time a network in float32, bfloat16 and channels_last, all in one run.

python tools/benchmark/precision.py [CONFIG] [--checkpoint FILE --images N]
    [--size 800 1333] [--only train test] [--repeat 3] [--threads N]
    [--device DEVICE] [--json OUT]

Training and test steps on random pictures, in turns. With a checkpoint the network is
also tested in each way on the first N pictures of the config's validation set, and AP
and f1AP are printed beside: whether the results agree.
"""

import argparse
import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import torch
from attr_branch import OURS, batch, build, find_objects, timed
from mmengine.config import Config
from mmengine.evaluator import Evaluator
from mmengine.optim import build_optim_wrapper
from mmengine.runner import Runner, load_checkpoint
from torch import nn

BASE = 'float32'


@dataclass(frozen=True)
class Way:
    """How a network computes.

    Attributes:
        autocast (torch.dtype | None): type of products of matrices and convolutions.
        channels_last (bool): whether weights and pictures lie channels last.
        cudnn_benchmark (bool): whether cuDNN tries its algorithms.
    """

    autocast: torch.dtype | None = None
    channels_last: bool = False
    cudnn_benchmark: bool = False

    @contextmanager
    def on(self, model: nn.Module, device: str) -> Iterator[None]:
        """Let a model compute in this way."""
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        model.to(memory_format=layout)
        torch.backends.cudnn.benchmark = self.cudnn_benchmark
        kind = torch.device(device).type
        cast = torch.autocast(kind, self.autocast) if self.autocast else nullcontext()
        with cast:
            yield


def ways(device: str) -> dict[str, Way]:
    """What there is to try on a device."""
    bf16 = torch.bfloat16
    found = {
        BASE: Way(),
        'channels_last': Way(channels_last=True),
        'bfloat16': Way(bf16),
        'bfloat16, channels_last': Way(bf16, channels_last=True),
    }
    if torch.device(device).type == 'cuda':
        found['cudnn.benchmark'] = Way(cudnn_benchmark=True)
        found['float16'] = Way(torch.float16)
        found['float16, channels_last'] = Way(torch.float16, channels_last=True)
    return found


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument(
        'config', nargs='?', default='configs/mask-rcnn_r50_attr_focal.py'
    )
    parser.add_argument('--checkpoint')
    parser.add_argument('--images', type=int, default=50)
    parser.add_argument(
        '--size', type=int, nargs=2, default=[800, 1333], metavar=('HEIGHT', 'WIDTH')
    )
    parser.add_argument('--batch-size', type=int, default=1)
    parser.add_argument('--objects', type=int, default=8, help='a picture')
    parser.add_argument('--repeat', type=int, default=3)
    parser.add_argument('--threads', type=int)
    parser.add_argument(
        '--device', default='cuda' if torch.cuda.is_available() else 'cpu'
    )
    parser.add_argument(
        '--only', nargs='+', choices=['train', 'test'], default=['train', 'test']
    )
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Time all ways in turns, and test them where there is a checkpoint."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    given = batch(args)
    model, cfg = build(args, OURS)
    find_objects(model)
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper)

    def train() -> None:
        model.train()
        torch.manual_seed(1)
        model.train_step(given, optimiser)

    def test() -> None:
        model.eval()
        with torch.no_grad():
            model.test_step(given)

    figures = {name: {} for name in ways(args.device)}
    steps = dict(train=train, test=test)
    for kind in args.only:
        for name, seconds in in_turns(steps[kind], model, args).items():
            figures[name][kind] = seconds
    if args.checkpoint:
        for name, scores in tested(args).items():
            figures[name].update(scores)
    report(args, figures)


def in_turns(
    step: Callable[[], None], model: nn.Module, args: argparse.Namespace
) -> dict[str, float]:
    """Median seconds of a step in each way, after one to warm up."""
    taken = {name: [] for name in ways(args.device)}
    for turn in range(args.repeat + 1):
        for name, way in ways(args.device).items():
            with way.on(model, args.device):
                seconds = timed(step, args.device)
            if turn:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def tested(args: argparse.Namespace) -> dict[str, dict[str, float]]:
    """AP and f1AP of masks in each way."""
    cfg = Config.fromfile(args.config)
    loader_cfg = dict(cfg.val_dataloader, num_workers=0, persistent_workers=False)
    loader = Runner.build_dataloader(loader_cfg)
    model, _ = build(args, OURS)
    model.roi_head.test_cfg.update(cfg.model.test_cfg.rcnn)
    load_checkpoint(model, args.checkpoint, map_location=args.device)
    model.eval()
    found = {}
    for name, way in ways(args.device).items():
        evaluator = Evaluator(cfg.val_evaluator)
        evaluator.dataset_meta = loader.dataset.metainfo
        seen = 0
        with torch.no_grad(), way.on(model, args.device):
            for given in loader:
                evaluator.process(data_samples=model.test_step(given), data_batch=given)
                seen += len(given['inputs'])
                if seen >= args.images:
                    break
        scores = evaluator.evaluate(seen)
        keys = dict(AP='fashion/segm_AP', f1AP='fashion/segm_f1AP')
        found[name] = {short: float(scores[key]) for short, key in keys.items()}
    return found


def report(args: argparse.Namespace, figures: dict[str, dict[str, float]]) -> None:
    """Print the figures side by side, and write them where asked."""
    height, width = args.size
    print(
        f'{args.config} on {args.device}, {torch.get_num_threads()} thread(s), batch '
        f'of {args.batch_size}, {height} x {width}, median of {args.repeat}'
    )
    for name, values in figures.items():
        line = f'{name:<24}'
        for kind in args.only:
            values[f'{kind}_ratio'] = ratio = figures[BASE][kind] / values[kind]
            line += f'   {kind} {values[kind]:8.3f} s {ratio:5.2f} x'
        if 'AP' in values:
            line += f'   AP {values["AP"]:.4f}   f1AP {values["f1AP"]:.4f}'
        print(line)
    if args.json is not None:
        given = dict(vars(args), json=None)
        args.json.write_text(json.dumps(given | dict(figures=figures), indent=1) + '\n')


if __name__ == '__main__':
    main()
