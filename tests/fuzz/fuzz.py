"""Fuzz one reader.

pip install atheris
python -m tests.fuzz.fuzz TARGET [--minutes 10] [--seed 0] [--corpus DIR]

TARGET is one of tests/fuzz/targets.py. atheris follows which lines inputs reach and
keeps those that reach new ones. What makes a reader fail otherwise than documented is
written to ``tests/fuzz/corpus/TARGET``, which the test suite replays.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=['projects.fashion_attr']):
    from tests.fuzz.targets import TARGETS, seeds

CORPUS = Path(__file__).parent / 'corpus'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('target', choices=sorted(TARGETS))
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--corpus', type=Path, help='keep what reaches new lines here')
    return parser.parse_args()


def main() -> None:
    """Fuzz until the time is up or something is found."""
    args = parse_args()
    corpus = args.corpus or Path(f'/tmp/fuzz_{args.target}')
    corpus.mkdir(parents=True, exist_ok=True)
    known = CORPUS / args.target
    for n, data in enumerate(seeds(args.target)):
        (corpus / f'seed_{n}').write_bytes(data)
    target = TARGETS[args.target]

    def one(data: bytes) -> None:
        try:
            target(data)
        except BaseException:
            known.mkdir(parents=True, exist_ok=True)
            (known / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)
            raise

    flags = [f'-max_total_time={round(60 * args.minutes)}', f'-seed={args.seed}']
    flags += [
        '-max_len=4096',
        '-timeout=60',
        '-rss_limit_mb=8192',
        '-print_final_stats=1',
    ]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], one)
    atheris.Fuzz()


if __name__ == '__main__':
    main()
