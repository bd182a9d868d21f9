"""Time the data pipeline beside stock mmdet's, in one run: masks, memory, every step.

python tools/benchmark/data_pipeline.py [--json OUT]
    [--images data/kaggle_sample/train --ann data/kaggle_sample/annotations/train.json]

Three training pipelines read the same pictures: stock mmdet's, the one of
configs/_base_/datasets/imaterialist.py, and that of imaterialist_scaled.py. Two more
do the masks alone: load, resize, bitmap. Each has a data-loader worker of its own,
which starts afresh, measures itself and takes turns with the others. Ours hand masks
over as runs, so the time of painting them in the training process counts as a step of
theirs; its memory is not the worker's. The sets are
real pictures, if given, and those of tools/benchmark/make_pictures.py.
"""

import argparse
import json
import tempfile
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
from make_pictures import parse_size, write_pictures
from measured_dataset import MeasuredDataset, Record, start_worker
from mmdet.datasets.transforms import LoadAnnotations
from mmdet.registry import TRANSFORMS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset
from projects.fashion_attr.datasets.transforms import LoadAttrAnnotations

CONFIGS = Path(__file__).resolve().parents[2] / 'configs/_base_/datasets'
STOCK = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
    dict(type='Resize', scale=(1333, 800), keep_ratio=True),
    dict(type='FilterAnnotations', min_gt_bbox_wh=(1, 1)),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackDetInputs'),
]
SIDES = ('stock', 'exact', 'scaled')
MASK_SIDES = ('stock masks', 'our masks')


class RescaleMasks:
    """Masks at the size that a picture is trained at."""

    def __call__(self, results: dict) -> dict:
        """Resize ``gt_masks``."""
        results['gt_masks'] = results['gt_masks'].rescale((1333, 800))
        return results


class PaintMasks:
    """Masks as an array, as a model takes them."""

    def __call__(self, results: dict) -> dict:
        """Decode ``gt_masks``."""
        results['gt_masks'] = results['gt_masks'].to_ndarray()
        return results


def pipelines(exact: Path, scaled: Path) -> dict[str, list]:
    """The transforms of each side; ours by their configs."""
    init_default_scope('mmdet')
    alone = dict(with_bbox=False, with_label=False)
    ours = [Config.fromfile(path).train_pipeline for path in (exact, scaled)]
    built = {
        side: [TRANSFORMS.build(step) for step in steps]
        for side, steps in zip(SIDES, [STOCK, *ours], strict=True)
    }
    loaders = (
        LoadAnnotations(with_mask=True, **alone),
        LoadAttrAnnotations(with_attr=False, **alone),
    )
    for side, load in zip(MASK_SIDES, loaders, strict=True):
        built[side] = [load, RescaleMasks(), PaintMasks()]
    return built


def only(batch: list) -> dict:
    """The one sample of a batch."""
    return batch[0]


def read_set(ann_file: Path, images: Path) -> IMaterialistDataset:
    """The samples of a set, before any transform."""
    prefix = dict(img=str(images))
    return IMaterialistDataset(ann_file=str(ann_file), data_prefix=prefix, pipeline=[])


def measure(
    dataset: IMaterialistDataset, small: IMaterialistDataset, args: argparse.Namespace
) -> dict:
    """Figures of every side on one set.

    Returns:
        dict: side -> ``steps_ms`` (CPU, a picture), ``cpu_ms``, ``wall_ms``, all with
        the painting of masks in this process, and ``peak_mib`` of the worker above
        what it holds after its imports.
    """
    loaders = {
        side: DataLoader(
            MeasuredDataset(dataset, small, transforms),
            num_workers=1,
            multiprocessing_context='forkserver',
            persistent_workers=True,
            worker_init_fn=start_worker,
            collate_fn=only,
        )
        for side, transforms in pipelines(*args.configs).items()
    }
    records = {side: Record() for side in loaders}
    for number in range(args.rounds + 1):
        for side, loader in loaders.items():
            records[side].add_round(loader, warm_up=number == 0)
    return {side: record.figures() for side, record in records.items()}


def report(name: str, figures: dict) -> None:
    """Print one set's table."""
    sides = figures['sides']
    print(
        f'\n{name}: {figures["images"]} pictures of {figures["megapixels"]:.1f} '
        f'megapixels, {figures["bytes_per_pixel"]:.3f} bytes a pixel, '
        f'{figures["masks"]:.1f} masks each'
    )
    print(f'{"ms of CPU a picture":<24}' + ''.join(f'{side:>10}' for side in SIDES))
    for step in dict.fromkeys(step for s in SIDES for step in sides[s]['steps_ms']):
        values = (sides[side]['steps_ms'].get(step, 0.0) for side in SIDES)
        print(f'  {step:<22}' + ''.join(f'{value:10.2f}' for value in values))
    rows = {
        'all': lambda side: side['cpu_ms'],
        'pictures/s of CPU': lambda side: 1000 / side['cpu_ms'],
        'pictures/s of a worker': lambda side: 1000 / side['wall_ms'],
        'peak memory, MiB': lambda side: side['peak_mib'],
    }
    for title, value in rows.items():
        print(f'{title:<24}' + ''.join(f'{value(sides[side]):10.2f}' for side in SIDES))
    for title, ratios in figures['ratios'].items():
        print(f'{title:<24}' + ''.join(f'{value:9.1f}x' for value in ratios.values()))


def ratios(sides: dict) -> dict:
    """How many times less than stock each side takes."""
    stock, stock_masks = sides['stock'], sides['stock masks']['steps_ms']
    mine = sides['our masks']['steps_ms']
    of_masks = masks_ms(stock_masks) / masks_ms(mine)
    return {
        'CPU, times stock': {s: stock['cpu_ms'] / sides[s]['cpu_ms'] for s in SIDES},
        'wall, times stock': {s: stock['wall_ms'] / sides[s]['wall_ms'] for s in SIDES},
        # Below 1 MiB there is nothing to compare.
        'memory, times stock': {
            s: max(stock['peak_mib'], 1) / max(sides[s]['peak_mib'], 1) for s in SIDES
        },
        'masks, times stock': dict(stock=1.0, exact=of_masks, scaled=of_masks),
    }


def masks_ms(steps: dict) -> float:
    """Milliseconds of the masks, without reading the sample."""
    return sum(value for step, value in steps.items() if step != 'sample')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=Path, help='folder of real pictures')
    parser.add_argument('--ann', type=Path, help='their annotations, of prepare')
    parser.add_argument(
        '--sizes', type=parse_size, nargs='*', default=[(6000, 4000), (480, 640)],
        metavar='HxW', help='of the pictures to make (default: 6000x4000 480x640)',
    )  # fmt: skip
    parser.add_argument(
        '--configs', type=Path, nargs=2, metavar=('EXACT', 'SCALED'),
        default=[CONFIGS / f'imaterialist{name}.py' for name in ('', '_scaled')],
        help='whose train_pipeline is ours (default: the two of the project)',
    )  # fmt: skip
    parser.add_argument('--pictures', type=int, default=4, help='to make of each size')
    parser.add_argument('--rounds', type=int, default=7, help='medians are over these')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    args = parser.parse_args()
    if (args.images is None) != (args.ann is None):
        parser.error('--images and --ann belong together')
    return args


def main() -> None:
    """Measure every set, print its table."""
    args = parse_args()
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / 'small'
        small = read_set(write_pictures(small, (96, 128), 1, args.seed), small)
        sets = {}
        if args.ann is not None:
            sets['real'] = args.ann, args.images
        for height, width in args.sizes:
            out = Path(folder) / f'{height}x{width}'
            ann = write_pictures(out, (height, width), args.pictures, args.seed)
            sets[f'{height} x {width}'] = ann, out
        for name, (ann, images) in sets.items():
            sides = measure(read_set(ann, images), small, args)
            answers[name] = describe(ann, images, sides)
            report(name, answers[name])
    if args.json is not None:
        args.json.write_text(json.dumps(answers, indent=1) + '\n')


def describe(ann_file: Path, images: Path, sides: dict) -> dict:
    """The figures of a set with what it is."""
    document = json.loads(ann_file.read_text())
    records = document['images']
    pixels = sum(r['height'] * r['width'] for r in records)
    size = sum((images / r['file_name']).stat().st_size for r in records)
    return dict(
        images=len(records),
        masks=len(document['annotations']) / len(records),
        megapixels=pixels / len(records) / 1e6,
        bytes_per_pixel=size / pixels,
        sides=sides,
        ratios=ratios(sides),
    )


if __name__ == '__main__':
    main()
