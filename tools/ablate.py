"""Run a plan of configs and seeds, and write one table of what they came to.

python tools/ablate.py configs/toy/ablations/plan.yaml --jobs 2
python tools/ablate.py configs/ablations/plan_5000.yaml --gpus 0,1 [--only 'Fig. 5']
python tools/ablate.py PLAN --dry-run      # what would run
python tools/ablate.py PLAN --table-only   # the table of what is there

Each run is `tools/train.py` in OUT/<run>/<seed>. What is done is passed over, what was
interrupted goes on; table.md, table.csv, seeds.csv and report.html are in OUT.
"""

import argparse
import signal
import sys
from pathlib import Path

from projects.fashion_attr.apis.ablation import (
    Job,
    Plan,
    Runs,
    collect,
    jobs_of,
    locked,
    read_plan,
    slots_for,
    write_ablation_page,
    write_tables,
)

_INTERRUPTED = 128 + signal.SIGINT  # as shells say it


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('plan', type=Path, help='.yaml, or .py that sets plan')
    parser.add_argument(
        '--out', type=Path, help='(default: work_dirs/<folder of the plan>_<plan>)'
    )
    parser.add_argument(
        '--gpus',
        type=lambda text: text.split(','),
        default=[],
        metavar='0,1',
        help='one run at a time on each of these',
    )
    parser.add_argument(
        '--jobs', type=int, default=1, help='runs at a time without --gpus'
    )
    parser.add_argument(
        '--only',
        nargs='+',
        default=[],
        metavar='RUN_OR_GROUP',
        help='these, and what they need',
    )
    parser.add_argument(
        '--dry-run', action='store_true', help='list what would run, and its commands'
    )
    parser.add_argument(
        '--table-only', action='store_true', help='write the tables of what is there'
    )
    args = parser.parse_args()
    if args.jobs < 1:
        parser.error(f'--jobs should be 1 or more, got {args.jobs}')
    if args.out is None:
        name = f'{args.plan.resolve().parent.name}_{args.plan.stem}'
        args.out = Path('work_dirs', name)
    return args


def list_jobs(jobs: list[Job]) -> None:
    """Print what would be done with each job."""
    for job in jobs:
        state = job.folder.state()
        print(f'{job.label}: {state}')
        if state != 'done' and job.run.kind == 'train' and not job.needed:
            print(f'    {" ".join(next(job.commands()))}')
        elif state != 'done':
            print(f'    {job.run.kind} with the checkpoint of {job.needed.path}')


def write_results(plan: Plan, jobs: list[Job], out: Path) -> None:
    """Write tables and page, and print where."""
    results = collect(plan, jobs)
    paths = write_tables(plan, results, out)
    paths.append(write_ablation_page(plan, results, out / 'report.html'))
    print(f'written: {", ".join(map(str, paths))}', flush=True)


def run(args: argparse.Namespace, plan: Plan, jobs: list[Job]) -> int:
    """Run the jobs; gives the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with locked(args.out) as lock:
        slots = slots_for(args.gpus, args.jobs)
        runs = Runs(jobs, slots, lock, lambda line: print(line, flush=True))
        try:
            status = int(set(runs.run().values()) != {'done'})
        except KeyboardInterrupt:
            status = _INTERRUPTED
        write_results(plan, jobs, args.out)
    return status


def main() -> None:
    """Do what the command line says."""
    args = parse_args()
    try:
        plan = read_plan(args.plan).only(args.only)
        jobs = jobs_of(plan, args.out)
        if args.dry_run:
            list_jobs(jobs)
        elif args.table_only:
            args.out.mkdir(parents=True, exist_ok=True)
            write_results(plan, jobs, args.out)
        else:
            sys.exit(run(args, plan, jobs))
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    except KeyboardInterrupt:  # while it waited for the folder
        sys.exit(_INTERRUPTED)


if __name__ == '__main__':
    main()
