"""What is in a data set, on one HTML page that needs no other file and no network.

python tools/dataset_report.py TRAIN.json [VAL.json ...] --out OUT.html [--images DIR]
python tools/dataset_report.py CONFIG.py --out OUT.html [--cfg-options data_root=DIR]

JSON files are those of tools/prepare_imaterialist.py or Fashionpedia's own; several
are set side by side. A config stands for its training and validation files and
pictures.
"""

import argparse
import sys
from pathlib import Path

from mmengine.config import DictAction

from projects.fashion_attr.apis import load_config
from projects.fashion_attr.apis.dataset_files import dataset_files
from projects.fashion_attr.reports.dataset_report import (
    ExampleChoice,
    write_dataset_report,
)


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument(
        'sources', nargs='+', help='annotation files (JSON), or one config (.py)'
    )
    parser.add_argument('--out', type=Path, required=True, help='the page (.html)')
    parser.add_argument(
        '--images',
        type=Path,
        help='folder of the pictures of the first file (with a config: its own)',
    )
    parser.add_argument(
        '--categories',
        type=int,
        default=6,
        help='example pictures are of this many of the rarest and of the commonest '
        'categories (default: 6)',
    )
    parser.add_argument(
        '--pictures', type=int, default=2, help='examples of each (default: 2)'
    )
    parser.add_argument('--seed', type=int, default=0, help='of the examples')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='KEY=VALUE overrides'
    )
    parser.set_defaults(work_dir=None, launcher='none', local_rank=0)
    return parser.parse_args()


def find_files(args: argparse.Namespace) -> tuple[list[Path], Path | None]:
    """The annotation files and the folder of the first one's pictures."""
    if not args.sources[0].endswith('.py'):
        return [Path(source) for source in args.sources], args.images
    if len(args.sources) > 1:
        raise ValueError('give one config, or annotation files')
    args.config = args.sources[0]
    places = dataset_files(load_config(args), ('train', 'val'))
    files = dict.fromkeys(place.annotations for place in places)
    return list(files), args.images or places[0].images


def main() -> None:
    """Write the report, and say what is missing in it."""
    args = parse_args()
    try:
        files, images = find_files(args)
        if images is not None and not images.is_dir():
            raise FileNotFoundError(f'there is no folder of pictures {images}')
        choice = ExampleChoice(images, args.categories, args.pictures, args.seed)
        left_out = write_dataset_report(files, args.out, choice)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    if left_out:
        print(f'{len(left_out)} pictures could not be shown:', *left_out, sep='\n  ')
    if images is None:
        print('no example pictures; --images DIR shows some')
    print(f'{args.out}: {args.out.stat().st_size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
