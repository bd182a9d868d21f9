"""Measure prepare and the loading of its result on a train.csv of Kaggle's size.

python tools/benchmark/prepare.py [--images 45623] [--rows N] [--workers 2]
    [--start fork spawn] [--folder DIR] [--json OUT]

In one run, each step in a process of its own: a train.csv is drawn (no pictures),
tools/prepare_imaterialist.py --no-pictures takes it, IMaterialistDataset loads
annotations/train.json, and a DataLoader of two workers goes through all of it. Memory
is in MiB: "peak" is the largest sum over a process and its children, sampled five
times a second, for prepare, and the process's own for the rest. Of a worker, "own"
(USS) is what it shares with nobody, "share" (PSS) counts a page that k processes share
as 1/k. Needs Linux (/proc).
"""

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
IMAGES = 45_623
LOADER_WORKERS = 2
SAMPLE_SECONDS = 0.2


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=IMAGES)
    parser.add_argument('--rows', type=int, help='masks (default: 7.3 an image)')
    parser.add_argument('--val', type=int, help='images (default: 2000 of 45623)')
    parser.add_argument('--workers', type=int, default=2, help='of prepare')
    parser.add_argument(
        '--start',
        nargs='+',
        choices=['fork', 'spawn'],
        default=['fork'],
        help='how workers of the DataLoader start; spawn copies the data',
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--folder', type=Path, help='keep the files here (default: a temporary folder)'
    )
    parser.add_argument('--json', type=Path, help='also write the figures here')
    parser.add_argument('--load', type=Path, help=argparse.SUPPRESS)
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line.

    Args:
        argv (Sequence[str] | None): arguments; those of the process where None.
    """
    args = build_parser().parse_args(argv)
    if args.load:
        print(json.dumps(load_figures(args.load, args.start)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(args, folder)
    print(*lines(figures), sep='\n')
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def measure(args: argparse.Namespace, folder: Path) -> dict:
    """All steps, one after the other.

    Args:
        args (argparse.Namespace): the command line.
        folder (Path): for the CSV file and the annotations.

    Returns:
        dict: figures by step: ``generate``, ``prepare``, ``load``.
    """
    path = folder / 'train.csv'
    rows = [] if args.rows is None else ['--rows', args.rows]
    val = round(args.images * 2000 / IMAGES) if args.val is None else args.val
    make = [TOOLS / 'benchmark/make_train_csv.py', path, '--seed', args.seed]
    generated = timed([*make, '--images', args.images, *rows])
    tool = [TOOLS / 'prepare_imaterialist.py', folder, '--no-pictures', '--val', val]
    prepared = timed([*tool, '--workers', args.workers])
    command = [sys.executable, __file__, '--load', folder, '--start', *args.start]
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True
    )
    sizes = {p.name: p.stat().st_size for p in (path, *folder.glob('annotations/*'))}
    return dict(
        images=args.images,
        workers=args.workers,
        bytes=sizes,
        generate=generated,
        prepare=prepared,
        load=json.loads(done.stdout.splitlines()[-1]),
    )


def timed(command: Sequence) -> dict[str, float]:
    """Run a tool and sample its memory.

    Args:
        command (Sequence): the tool's path and its arguments.

    Returns:
        dict[str, float]: ``wall_s``, ``cpu_s`` (user and system, with children) and
        ``peak_mib``.

    Raises:
        subprocess.CalledProcessError: if the tool fails.
    """
    command = [sys.executable, *map(str, command)]
    before, start, peak = _cpu_of_children(), time.perf_counter(), 0.0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            peak = max(peak, sum(memory(pid)['Rss'] for pid in family(process.pid)))
            time.sleep(SAMPLE_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return dict(
        wall_s=time.perf_counter() - start,
        cpu_s=_cpu_of_children() - before,
        peak_mib=peak,
    )


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    pids = [pid]
    for parent in pids:
        for children in Path(f'/proc/{parent}/task').glob('*/children'):
            with contextlib.suppress(OSError):  # where it has just ended
                pids += map(int, children.read_text().split())
    return pids


def memory(pid: int) -> dict[str, float]:
    """``Rss``, ``Pss`` and ``Uss`` of a process in MiB; zeros once it has ended."""
    try:
        rows = Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines()[1:]
    except OSError:
        rows = []
    values = {row.split(':')[0]: int(row.split()[1]) / 1024 for row in rows}
    uss = values.get('Private_Clean', 0.0) + values.get('Private_Dirty', 0.0)
    return dict(Rss=values.get('Rss', 0.0), Pss=values.get('Pss', 0.0), Uss=uss)


def load_figures(folder: Path, starts: Sequence[str]) -> dict:
    """Load the training side in this process and let workers go through it.

    Args:
        folder (Path): with ``annotations/train.json``.
        starts (Sequence[str]): how workers start, 'fork' or 'spawn'.

    Returns:
        dict: seconds, MiB, and figures of the workers by start.
    """
    import projects.fashion_attr.plugin  # noqa: F401
    from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset

    imported = memory(os.getpid())['Rss']
    begin, cpu = time.perf_counter(), time.process_time()
    dataset = IMaterialistDataset(
        data_root=str(folder),
        ann_file='annotations/train.json',
        data_prefix=dict(img='train/'),
        pipeline=[],
        filter_cfg=dict(filter_empty_gt=True, min_size=32),
    )
    return dict(
        wall_s=time.perf_counter() - begin,
        cpu_s=time.process_time() - cpu,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        imported_mib=imported,
        data_mib=dataset.data_bytes.nbytes / 2**20,
        images=len(dataset),
        workers={
            f'{start}, {"persistent" if keep else "new each epoch"}': worker_figures(
                dataset, start, keep
            )
            for start in starts
            for keep in (False, True)
        },
    )


def worker_figures(dataset, start: str, persistent: bool) -> dict[str, float]:
    """Memory of a DataLoader's workers near the end of the second epoch.

    Args:
        dataset (IMaterialistDataset): what they go through.
        start (str): how they start, 'fork' or 'spawn'.
        persistent (bool): whether they stay from the first epoch to the second.

    Returns:
        dict[str, float]: ``uss_mib`` and ``pss_mib``, the largest over the workers.
    """
    from torch.utils.data import DataLoader

    loader = DataLoader(
        dataset,
        batch_size=4,
        num_workers=LOADER_WORKERS,
        collate_fn=len,
        multiprocessing_context=start,
        persistent_workers=persistent,
    )
    for _ in loader:
        pass
    for seen, _ in enumerate(loader, start=1):
        if seen == len(loader) - LOADER_WORKERS or len(loader) <= LOADER_WORKERS:
            found = [memory(pid) for pid in family(os.getpid())[1:]]
    workers = sorted(found, key=lambda each: each['Uss'])[-LOADER_WORKERS:]
    return dict(uss_mib=workers[-1]['Uss'], pss_mib=max(w['Pss'] for w in workers))


def lines(figures: dict) -> list[str]:
    """The figures as text, a line each."""
    size = figures['bytes']['train.csv'] / 1e6
    load = figures['load']
    texts = [
        f'{step}: {each["wall_s"]:.1f} s, {each["cpu_s"]:.1f} s of CPU, '
        f'peak {each["peak_mib"]:,.0f} MiB'
        for step, each in figures.items()
        if step in ('generate', 'prepare', 'load')
    ]
    texts[0] += f', {figures["images"]:,} images, {size:,.1f} MB'
    texts[1] += f', {figures["workers"]} workers'
    texts[2] += (
        f' (of which {load["imported_mib"]:,.0f} before), {load["images"]:,} images, '
        f'data {load["data_mib"]:,.1f} MiB'
    )
    for name, worker in load['workers'].items():
        texts.append(
            f'worker ({name}): own {worker["uss_mib"]:,.0f} MiB, '
            f'share {worker["pss_mib"]:,.0f} MiB'
        )
    return texts


if __name__ == '__main__':
    main()
