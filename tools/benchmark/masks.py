"""Time a mask head's way from its output to RLE, mmdet's and ours in one run.

python tools/benchmark/masks.py [--detections 100] [--size 2400 1600] [--share 0.2]
    [--repeat 5] [--threads 1] [--json OUT]

mmdet's FCNMaskHead pastes each mask into one of the picture's size, and
encode_mask_results reads all of these. RunLengthMaskHead pastes inside the boxes and
gives runs. The RLE of both have to be the same, byte for byte. Memory is the peak of a
process of its own, less what it had before.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import torch
from mmdet.models.roi_heads.mask_heads import FCNMaskHead
from mmdet.structures.mask import encode_mask_results
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor

from projects.fashion_attr.models import RunLengthMaskHead

STOCK, OURS = 'mmdet', 'ours'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--detections', type=int, default=100)
    parser.add_argument(
        '--size', type=int, nargs=2, default=[2400, 1600], metavar=('HEIGHT', 'WIDTH')
    )
    parser.add_argument(
        '--share', type=float, default=0.2, help="mean edge of a box in the picture's"
    )
    parser.add_argument('--repeat', type=int, default=5, help='the best run counts')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Check, time and measure both; print the ratios."""
    args = parse_args()
    torch.set_num_threads(args.threads)
    ways = {STOCK: stock, OURS: ours}
    wanted, found = (way(*output(args)) for way in ways.values())
    if wanted != found:
        raise SystemExit('the masks differ')
    seconds = {name: [] for name in ways}
    for _ in range(args.repeat):
        for name, way in ways.items():
            seconds[name].append(timed(way, args))
    figures = {
        name: dict(seconds=min(taken), peak_mib=peak(ways[name], args))
        for name, taken in seconds.items()
    }
    report(args, figures)


def output(args: argparse.Namespace) -> tuple[Tensor, InstanceData, dict]:
    """Logits (N, 1, 28, 28) of ellipses with noise, their boxes, the picture's meta."""
    generator = torch.Generator().manual_seed(0)
    count, edges = args.detections, torch.tensor(args.size[::-1])
    shares = args.share * (0.25 + 1.5 * torch.rand(count, 2, generator=generator))
    half = shares * edges / 2
    centre = torch.rand(count, 2, generator=generator) * edges
    boxes = torch.cat([centre - half, centre + half], dim=1).clamp(min=0)
    boxes = torch.minimum(boxes, edges.repeat(2))
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, 28)] * 2, indexing='ij')
    logits = 12 * (0.8 - (x**2 + y**2).sqrt())[None, None]
    logits = logits + torch.randn(count, 1, 28, 28, generator=generator)
    labels = torch.zeros(count, dtype=torch.long)
    results = InstanceData(bboxes=boxes, labels=labels)
    return logits, results, dict(ori_shape=args.size, scale_factor=(1.0, 1.0))


def predicted(
    cls: type[FCNMaskHead], logits: Tensor, results: InstanceData, meta: dict
) -> InstanceData:
    """What a mask head makes of its output."""
    head = cls(num_convs=1, in_channels=1, conv_out_channels=1, class_agnostic=True)
    config = ConfigDict(mask_thr_binary=0.5)
    return head.predict_by_feat([logits], [results], [meta], config, rescale=True)[0]


def stock(*given) -> list[str]:
    """Counts of mmdet's head and encoder."""
    found = predicted(FCNMaskHead, *given)
    return [rle['counts'].decode() for rle in encode_mask_results(found.masks)]


def ours(*given) -> list[str]:
    """Counts of this project's head."""
    found = predicted(RunLengthMaskHead, *given)
    return [rle['counts'] for rle in found.masks.to_rle()]


def timed(way: Callable, args: argparse.Namespace) -> float:
    """Seconds of processor that one picture takes."""
    given = output(args)
    start = time.process_time()
    way(*given)
    return time.process_time() - start


def peak(way: Callable, args: argparse.Namespace) -> float:
    """MiB that one picture takes beyond what the process had."""
    context = multiprocessing.get_context('spawn')
    queue = context.SimpleQueue()
    process = context.Process(target=_measure, args=(way, args, queue))
    process.start()
    process.join()
    return queue.get()


def _measure(way: Callable, args: argparse.Namespace, queue) -> None:
    torch.set_num_threads(args.threads)
    few = argparse.Namespace(detections=2, size=[64, 64], share=args.share)
    way(*output(few))  # what is loaded at first use
    given = output(args)
    before = _peak_mib()
    way(*given)
    queue.put(_peak_mib() - before)


def _peak_mib() -> float:
    """Of this process; getrusage would give that of its parent, if it had more."""
    status = Path('/proc/self/status').read_text()
    return int(status.split('VmHWM:')[1].split()[0]) / 1024


def report(args: argparse.Namespace, figures: dict[str, dict[str, float]]) -> None:
    """Print the figures side by side, and write them where asked."""
    height, width = args.size
    print(
        f'{args.detections} detections, {height} x {width}, boxes of '
        f'{args.share:.0%} of the edges, {args.threads} thread(s): same RLE'
    )
    for name, values in figures.items():
        ratios = {k: figures[STOCK][k] / max(v, 1e-9) for k, v in values.items()}
        values['ratios'] = ratios
        print(
            f'{name:<6} {1000 * values["seconds"]:8.1f} ms {ratios["seconds"]:6.1f} x'
            f'   {values["peak_mib"]:8.1f} MiB {ratios["peak_mib"]:6.1f} x'
        )
    if args.json is not None:
        given = dict(vars(args), json=None)
        args.json.write_text(json.dumps(given | dict(figures=figures), indent=1) + '\n')


if __name__ == '__main__':
    main()
