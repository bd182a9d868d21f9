"""The files that one user can download: the latest few alone are kept."""

import json
import re
import secrets
import shutil
from collections import deque
from pathlib import Path

import cv2

from .view import View

# A browser may still fetch the last ones while the next is made.
KEPT = 3
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 92]


class Outbox:
    """Writes views to a folder of its own, under names that nobody can guess.

    Args:
        folder (Path): where that folder is made; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f'user_{secrets.token_hex(16)}'
        self._latest: deque[Path] = deque()

    def write(self, view: View) -> tuple[str, str]:
        """Write a view.

        Args:
            view (View): what is shown.

        Returns:
            tuple[str, str]: paths of the drawn picture and of the JSON. Each time
            others, so that no browser shows an old one.
        """
        place = self.folder / secrets.token_hex(8)
        place.mkdir(parents=True)
        stem = re.sub(r'[^\w-]+', '_', Path(view.result.picture).stem)[:60]
        picture = place / f'{stem}_garments.jpg'
        table = place / f'{stem}_garments.json'
        cv2.imwrite(str(picture), view.drawn[..., ::-1], _QUALITY)
        table.write_text(json.dumps(view.to_dict(), indent=1))
        self._latest.append(place)
        while len(self._latest) > KEPT:
            shutil.rmtree(self._latest.popleft(), ignore_errors=True)
        return str(picture), str(table)

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
