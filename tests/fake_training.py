"""Stands in for tools/train.py: an epoch is a file, scores are what options say.

Options: seconds (an epoch takes), f1AP, fail_at and die_at (an epoch, the first time).
"""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """Train nothing, and leave what a training leaves."""
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    parser.add_argument('--work-dir', type=Path)
    parser.add_argument('--resume')
    parser.add_argument('--cfg-options', nargs='+')
    args = parser.parse_args()
    options = dict(option.split('=', 1) for option in args.cfg_options)
    folder, seed = args.work_dir, int(options['randomness.seed'])
    (folder / 'pid').write_text(str(os.getpid()))
    with open(folder / 'calls.jsonl', 'a') as file:
        file.write(json.dumps([args.resume and Path(args.resume).name, options]) + '\n')
    done = int(Path(args.resume).stem.split('_')[1]) if args.resume else 0
    for epoch in range(done + 1, 4):
        time.sleep(float(options.get('seconds', 0)))
        first_time = not (folder / 'stumbled').exists()
        if first_time and str(epoch) in (options.get('fail_at'), options.get('die_at')):
            (folder / 'stumbled').touch()
            print('Traceback\nValueError: out of cloth', flush=True)
            if 'fail_at' in options:
                sys.exit(3)
            os.kill(os.getpid(), signal.SIGKILL)
        checkpoint = folder / f'epoch_{epoch}.pth'
        checkpoint.touch()
        (folder / 'last_checkpoint').write_text(str(checkpoint))
    f1ap = float(options.get('f1AP', 0.2))
    scores = dict(AP=0.4 + seed / 10, f1AP=f1ap, f1AP_over_AP=0.5, f1AP_constant=0.1)
    if 'no_scores' not in options:
        scores = dict(segm=scores, bbox=scores)
        (folder / 'scores_val.json').write_text(json.dumps(scores))


if __name__ == '__main__':
    main()
