"""Draw what a config's data set gives the model: masks, categories and attributes.

python tools/browse_dataset.py CONFIG --out DIR [--mode {transformed,original,both}]
    [--split {train,val,test}] [--number N] [--seed S] [--cfg-options KEY=VALUE ...]
"""

import argparse
import sys

from mmengine.config import DictAction
from tqdm import tqdm

from projects.fashion_attr.apis import load_config
from projects.fashion_attr.apis.browse import MODES, Browser


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file')
    parser.add_argument('--out', required=True, help='folder for the pictures')
    parser.add_argument('--split', choices=['train', 'val', 'test'], default='train')
    parser.add_argument(
        '--mode',
        choices=MODES,
        default='transformed',
        help='as the pipeline leaves them, as stored, or side by side '
        '(default: transformed)',
    )
    parser.add_argument(
        '--number', type=int, default=50, help='pictures at most (default: 50)'
    )
    parser.add_argument(
        '--seed', type=int, default=0, help='of the order and of the transforms'
    )
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='KEY=VALUE overrides'
    )
    parser.set_defaults(work_dir=None, launcher='none', local_rank=0)
    return parser.parse_args()


def main() -> None:
    """Draw the pictures."""
    args = parse_args()
    try:
        cfg = load_config(args)
        browser = Browser(cfg, args.split, args.mode, args.number, args.seed)
        pictures = browser.write(args.out)
        written = list(tqdm(pictures, 'browse', len(browser), unit='img'))
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f'error: {error}')
    print(f'{len(written)} pictures in {args.out}')


if __name__ == '__main__':
    main()
