"""Where a training run goes on."""

import re
from pathlib import Path

from mmengine.config import Config

_CHECKPOINT = re.compile(r'(?:epoch|iter)_(\d+)\.pth')


def resume_from(cfg: Config, checkpoint: str) -> None:
    """Let a training run go on.

    Args:
        cfg (Config): Changed in place.
        checkpoint (str): A path, or 'auto' for the latest of the work dir. Where
            the work dir has none yet, the run starts as if nothing had been said,
            with the weights of ``load_from``: schedulers always pass --resume.
    """
    if checkpoint != 'auto':
        cfg.resume, cfg.load_from = True, checkpoint
        return
    latest = latest_checkpoint(Path(cfg.work_dir))
    if latest is not None:
        cfg.resume, cfg.load_from = True, str(latest)


def latest_checkpoint(work_dir: Path) -> Path | None:
    """The newest checkpoint of a run, whichever moment it was stopped at.

    mmengine's file ``last_checkpoint`` may be empty or behind by one: it is written
    after the checkpoint, and not as a whole.

    Args:
        work_dir (Path): Of the run; it need not exist.

    Returns:
        Path | None: None where there is no checkpoint.
    """
    for folder in (work_dir, _named_folder(work_dir)):
        found = [
            (path.stat().st_mtime_ns, int(name[1]), path)
            for path in folder.glob('*_*.pth')
            if (name := _CHECKPOINT.fullmatch(path.name))
        ]
        if found:
            return max(found)[2]
    return None


def _named_folder(work_dir: Path) -> Path:
    """Where ``last_checkpoint`` points: the hook's ``out_dir`` may be elsewhere."""
    try:
        named = (work_dir / 'last_checkpoint').read_text().strip()
    except OSError:
        named = ''
    return Path(named).parent if named else work_dir
