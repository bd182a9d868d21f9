"""Time Mask R-CNN with and without the attribute branch, both in one run.

python tools/benchmark/attr_branch.py [--config FILE] [--stock FILE]
    [--size 800 1333] [--batch-size 2] [--objects 8] [--repeat 5] [--threads N]
    [--device DEVICE] [--only train test] [--json OUT]

A training step (forward, backward, update) and a test step (boxes, masks and
attributes of 100 detections a picture), on random pictures with random objects; the
RPN's proposals get shaken boxes of the objects beside them, 128 a picture, as a
trained one finds, so that the branch has as much to do as the sampler allows. Without
the branch it is mmdet's own Mask R-CNN, its mask head included. Times alternate
between the two. Memory is the peak of training steps: of a process of its own on CPUs,
of PyTorch's allocator on GPUs.
"""

import argparse
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import numpy as np
import torch
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmdet.structures.mask import BitmapMasks
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torch import nn

STOCK, OURS = 'without', 'with'
FOREGROUND = 128  # a picture: a quarter of 512 sampled RoIs


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--config', default='configs/mask-rcnn_r50_attr_focal.py')
    parser.add_argument(
        '--stock', default='configs/ablations/fig4_mask-rcnn_r50_no-attr.py'
    )
    parser.add_argument(
        '--size', type=int, nargs=2, default=[800, 1333], metavar=('HEIGHT', 'WIDTH')
    )
    parser.add_argument('--batch-size', type=int, default=2)
    parser.add_argument('--objects', type=int, default=8, help='a picture')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--threads', type=int)
    parser.add_argument(
        '--device', default='cuda' if torch.cuda.is_available() else 'cpu'
    )
    parser.add_argument(
        '--only', nargs='+', choices=['train', 'test', 'memory'],
        default=['train', 'test', 'memory'],
    )  # fmt: skip
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Time both in turns, print the ratios."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    figures = {}
    kinds = dict(train=train_step, test=test_step)
    for kind in [kind for kind in args.only if kind in kinds]:
        ways = {name: kinds[kind](args, name) for name in (STOCK, OURS)}
        figures[kind] = measured(ways, args)
    if 'memory' in args.only:
        figures['memory'] = {name: peak(args, name) for name in (STOCK, OURS)}
    report(args, figures)


def build(args: argparse.Namespace, name: str) -> tuple[nn.Module, Config]:
    """The model, from random weights."""
    init_default_scope('mmdet')
    torch.manual_seed(0)
    cfg = Config.fromfile(args.config if name == OURS else args.stock)
    cfg.model.backbone.pop('init_cfg', None)
    if name == STOCK:
        cfg.model.roi_head.mask_head.type = 'FCNMaskHead'
    # Nothing has been learnt: scores are about 1 / 47.
    cfg.model.test_cfg.rcnn.update(score_thr=0.0, max_per_img=100)
    model = MODELS.build(cfg.model).to(args.device)
    return model, cfg


def batch(args: argparse.Namespace) -> dict:
    """Pictures of noise with rectangular objects that have 3 attributes each."""
    rng = np.random.default_rng(0)
    (height, width), count = args.size, args.objects
    samples = []
    for _ in range(args.batch_size):
        centre = rng.uniform(0.2, 0.8, (count, 2)) * (width, height)
        half = rng.uniform(0.05, 0.2, (count, 2)) * (width, height)
        boxes = np.concatenate([centre - half, centre + half], 1).round()
        masks = np.zeros((count, height, width), np.uint8)
        for mask, (x1, y1, x2, y2) in zip(masks, boxes.astype(int), strict=True):
            mask[max(y1, 0) : y2, max(x1, 0) : x2] = 1
        attrs = np.full((count, 14), 294)
        attrs[:, :3] = rng.integers(0, 294, (count, 3))
        sample = DetDataSample(
            metainfo=dict(
                img_shape=(height, width),
                ori_shape=(height, width),
                scale_factor=(1.0, 1.0),
            )
        )
        sample.gt_instances = InstanceData(
            bboxes=torch.from_numpy(boxes).float(),
            labels=torch.from_numpy(rng.integers(0, 46, count)),
            masks=BitmapMasks(masks, height, width),
            attr_labels=torch.from_numpy(attrs),
        )
        sample.ignored_instances = InstanceData(
            bboxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long)
        )
        samples.append(sample)
    pictures = [
        torch.from_numpy(rng.integers(0, 255, (3, height, width), dtype=np.uint8))
        for _ in samples
    ]
    return dict(inputs=pictures, data_samples=samples)


def find_objects(model: nn.Module) -> None:
    """Let the RPN find each object many times over, as a trained one does."""
    stock = model.rpn_head.loss_and_predict

    def loss_and_predict(x, samples, proposal_cfg=None):
        losses, proposals = stock(x, samples, proposal_cfg)
        for proposal, sample in zip(proposals, samples, strict=True):
            boxes = sample.gt_instances.bboxes.repeat(FOREGROUND, 1)[:FOREGROUND]
            edges = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
            shaken = boxes + (torch.rand_like(boxes) - 0.5) * 0.1 * edges
            proposal.bboxes[-FOREGROUND:] = shaken
        return losses, proposals

    model.rpn_head.loss_and_predict = loss_and_predict


def train_step(args: argparse.Namespace, name: str) -> Callable[[], None]:
    """A function that trains on one batch."""
    model, cfg = build(args, name)
    model.train()
    find_objects(model)
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper)
    given = batch(args)

    def step() -> None:
        torch.manual_seed(1)
        model.train_step(given, optimiser)

    return step


def test_step(args: argparse.Namespace, name: str) -> Callable[[], None]:
    """A function that tests on one batch."""
    model, _ = build(args, name)
    model.eval()
    given = batch(args)

    def step() -> None:
        with torch.no_grad():
            model.test_step(given)

    return step


def measured(
    ways: dict[str, Callable[[], None]], args: argparse.Namespace
) -> dict[str, float]:
    """Median seconds of a step of each, in turns, after one to warm up.

    On CPUs it is the processor's time, which other processes disturb less.
    """
    taken = {name: [] for name in ways}
    for turn in range(args.repeat + 1):
        for name, way in ways.items():
            seconds = timed(way, args.device)
            if turn:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def timed(way: Callable[[], None], device: str) -> float:
    """Seconds of one step."""
    if device == 'cpu':
        start = time.process_time()
        way()
        return time.process_time() - start
    torch.cuda.synchronize()
    start = time.perf_counter()
    way()
    torch.cuda.synchronize()
    return time.perf_counter() - start


def peak(args: argparse.Namespace, name: str) -> float:
    """MiB at the peak of two training steps, in a process of its own."""
    context = multiprocessing.get_context('spawn')
    queue = context.SimpleQueue()
    process = context.Process(target=_measure, args=(args, name, queue))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f'{name} the branch: no memory for it')
    return queue.get()


def _measure(args: argparse.Namespace, name: str, queue) -> None:
    if args.threads:
        torch.set_num_threads(args.threads)
    step = train_step(args, name)
    step()
    step()
    if args.device != 'cpu':
        queue.put(torch.cuda.max_memory_allocated() / 2**20)
        return
    status = Path('/proc/self/status').read_text()
    queue.put(int(status.split('VmHWM:')[1].split()[0]) / 1024)


def report(args: argparse.Namespace, figures: dict[str, dict[str, float]]) -> None:
    """Print the figures side by side, and write them where asked."""
    height, width = args.size
    print(
        f'{args.config} on {args.device}, {torch.get_num_threads()} thread(s), '
        f'batch of {args.batch_size}, {height} x {width}, {args.objects} objects a '
        f'picture, median of {args.repeat}'
    )
    for kind, values in figures.items():
        unit = 'MiB' if kind == 'memory' else 's'
        values['ratio'] = values[OURS] / values[STOCK]
        print(
            f'{kind:<7} without {values[STOCK]:9.3f} {unit:<3}  with '
            f'{values[OURS]:9.3f} {unit:<3}  {values["ratio"]:.3f} x'
        )
    if args.json is not None:
        given = dict(vars(args), json=None)
        args.json.write_text(json.dumps(given | dict(figures=figures), indent=1) + '\n')


if __name__ == '__main__':
    main()
