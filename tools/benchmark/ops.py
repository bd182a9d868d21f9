"""Time RoIAlign, NMS and a training step with all ops that can be had, side by side.

python tools/benchmark/ops.py --compiled DIR

DIR is where ``pip install --no-deps --target DIR WHEEL`` put a compiled mmcv; leave
it out where compiled mmcv is installed. The implementations take turns, run by run,
in one process; times are medians, ratios are to compiled mmcv (below 1 is faster).
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import torch

STEP_CONFIG = "_base_ = ['mmdet::_base_/models/mask-rcnn_r50_fpn.py']"
STRIDE = 4  # of FPN level P2


def main() -> None:
    """Measure, print, and write JSON where asked to."""
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    if args.compiled is not None:
        sys.path.insert(0, str(args.compiled.resolve(strict=True)))
    kernels = available_kernels()
    results = {}
    for name, run in benchmarks(args.quick):
        medians = take_turns(run, kernels, args.runs)
        results[name] = medians
        print(table_row(name, medians), flush=True)
    if args.json is not None:
        record = dict(
            torch=torch.__version__,
            machine=platform.processor() or platform.machine(),
            threads=args.threads,
            runs=args.runs,
            seconds=results,
        )
        args.json.write_text(json.dumps(record, indent=2) + '\n')


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--compiled', type=Path, help='folder with a compiled mmcv')
    parser.add_argument('--json', type=Path, help='file to write the seconds to')
    parser.add_argument('--quick', action='store_true', help='small inputs, to try it')
    parser.add_argument('--runs', type=int, default=9, help='runs per median')
    parser.add_argument('--threads', type=int, default=2, help='of torch')
    return parser.parse_args()


def available_kernels() -> dict[str, object]:
    """Modules that hold nms, roi_align_forward and roi_align_backward, by name.

    Says what is not to be had. Leaves ops in place for ``mmcv.ops`` to import.
    """
    from projects.fashion_attr import ops
    from projects.fashion_attr.ops import nms, roi_align, torchvision_kernels

    print(ops.describe())
    kernels = {}
    if ops.ops_in_use() == 'compiled':
        kernels['compiled'] = sys.modules['mmcv._ext']
    else:
        print(
            'Nothing to compare with: get compiled mmcv by pip install --no-deps '
            '--target DIR WHEEL, then give --compiled DIR.'
        )
    try:
        torchvision_kernels.probe()
        kernels['torchvision'] = torchvision_kernels
    except (ImportError, RuntimeError, AttributeError) as error:
        print(f'Without torchvision: {error}')
    kernels['torch'] = SimpleNamespace(
        nms=nms.nms,
        roi_align_forward=roi_align.roi_align_forward,
        roi_align_backward=roi_align.roi_align_backward,
    )
    return kernels


def benchmarks(quick: bool) -> Iterator[tuple[str, Callable[[object], None]]]:
    """Names and functions that take kernels and do the work to be timed once."""
    for size in (7, 14):
        forward, backward = roi_align_runs(size, quick)
        yield f'RoIAlign {size}x{size} forward', forward
        yield f'RoIAlign {size}x{size} backward', backward
    yield 'NMS of 2,000 boxes', nms_run(quick)
    yield 'training step', training_run(quick)


def random_boxes(count: int, height: int, width: int) -> torch.Tensor:
    """(count, 4) boxes xyxy in a picture, with sides of 12 to 112 pixels."""
    size = torch.rand(count, 2) * min(100, width - 12, height - 12) + 12
    corner = torch.rand(count, 2) * (torch.tensor([width, height]) - size)
    return torch.cat([corner, corner + size], 1)


def roi_align_runs(size: int, quick: bool) -> tuple[Callable, Callable]:
    """Forward and backward of 512 RoIs on level P2 of an 800 x 1333 picture."""
    channels, height, width = (8, 50, 84) if quick else (256, 200, 334)
    count = 16 if quick else 512
    features = torch.randn(1, channels, height, width)
    boxes = random_boxes(count, height * STRIDE, width * STRIDE)
    rois = torch.cat([torch.zeros(count, 1), boxes], 1)
    grad, unused = torch.randn(count, channels, size, size), features.new_zeros(0)
    grid = (size, size, 1 / STRIDE, 0, 1, True)

    def forward(kernels: object) -> None:
        output = torch.zeros_like(grad)
        kernels.roi_align_forward(features, rois, output, unused, unused, *grid)

    def backward(kernels: object) -> None:
        grad_input = torch.zeros_like(features)
        kernels.roi_align_backward(grad, rois, unused, unused, grad_input, *grid)

    return forward, backward


def nms_run(quick: bool) -> Callable[[object], None]:
    """NMS of boxes as on a picture of 800 x 1333."""
    count = 100 if quick else 2000
    boxes, scores = random_boxes(count, 800, 1333), torch.rand(count)
    return lambda kernels: kernels.nms(boxes, scores, iou_threshold=0.7, offset=0)


def training_run(quick: bool) -> Callable[[object], None]:
    """A step of Mask R-CNN R18 on 4 pictures of 256 x 256 with 7 objects each."""
    import mmdet.models  # noqa: F401  (registers the model)
    from mmdet.registry import MODELS
    from mmdet.utils import register_all_modules
    from mmengine.config import Config
    from mmengine.optim import OptimWrapper

    register_all_modules(init_default_scope=True)
    config = Config.fromstring(STEP_CONFIG, '.py').model
    config.backbone.update(depth=18, init_cfg=None)
    config.neck.in_channels = [64, 128, 256, 512]
    model = MODELS.build(config).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    wrapper, batch = (
        OptimWrapper(optimizer),
        training_batch(*((1, 64) if quick else (4, 256))),
    )

    def step(kernels: object) -> None:
        use_in_mmcv(kernels)
        torch.manual_seed(0)
        model.train_step(batch, wrapper)

    return step


def training_batch(images: int, side: int, objects: int = 7) -> dict[str, list]:
    """Random pictures with boxes, and masks that fill them."""
    from mmdet.structures import DetDataSample
    from mmdet.structures.mask import BitmapMasks
    from mmengine.structures import InstanceData

    batch = dict(inputs=[], data_samples=[])
    for _ in range(images):
        boxes = random_boxes(objects, side, side)
        masks = torch.zeros(objects, side, side, dtype=torch.uint8).numpy()
        for mask, (x1, y1, x2, y2) in zip(masks, boxes.int().tolist(), strict=True):
            mask[y1:y2, x1:x2] = 1
        sample = DetDataSample(
            metainfo=dict(img_shape=(side, side), ori_shape=(side, side))
        )
        sample.gt_instances = InstanceData(
            bboxes=boxes,
            labels=torch.randint(80, (objects,)),
            masks=BitmapMasks(masks, side, side),
        )
        batch['inputs'].append(torch.randint(256, (3, side, side), dtype=torch.uint8))
        batch['data_samples'].append(sample)
    return batch


def use_in_mmcv(kernels: object) -> None:
    """Swap the operators that mmcv's NMS and RoIAlign call."""
    for name in ('nms', 'roi_align'):
        sys.modules[f'mmcv.ops.{name}'].ext_module = kernels


def take_turns(
    run: Callable[[object], None], kernels: dict[str, object], runs: int
) -> dict[str, float]:
    """Median seconds by implementation, after one run each to warm up."""
    seconds = {name: [] for name in kernels}
    for turn in range(runs + 1):
        for name, kernel in kernels.items():
            start = time.perf_counter()
            run(kernel)
            if turn > 0:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in seconds.items()}


def table_row(name: str, medians: dict[str, float]) -> str:
    """One line: milliseconds by implementation, and the ratio to compiled."""
    cells = []
    for kernel, seconds in medians.items():
        cell = f'{kernel} {1000 * seconds:8.2f} ms'
        if kernel != 'compiled' and 'compiled' in medians:
            cell += f' (x {seconds / medians["compiled"]:.2f})'
        cells.append(cell)
    return f'{name:24}' + '   '.join(cells)


if __name__ == '__main__':
    main()
