"""Pictures for who has none at hand: drawn by the toy wardrobe."""

from pathlib import Path

import cv2

from projects.fashion_attr.datasets.toy_wardrobe.marker import picture_rng
from projects.fashion_attr.datasets.toy_wardrobe.scene import sample_scene

# No seed that a wardrobe is made with by default: nothing here was learnt by heart.
_SEED = 2020
_SIZE = (320, 320)


def draw_examples(folder: Path, number: int = 6) -> list[str]:
    """Draw examples, always the same.

    Args:
        folder (Path): to write to; it must exist.
        number (int): of pictures.

    Returns:
        list[str]: paths.
    """
    paths = []
    for index in range(number):
        path = str(folder / f'example_{index + 1}.jpg')
        picture = sample_scene(picture_rng(_SEED, index), _SIZE).picture
        cv2.imwrite(path, picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
        paths.append(path)
    return paths
