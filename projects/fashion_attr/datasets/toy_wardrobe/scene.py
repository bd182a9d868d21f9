"""Pictures: background, figures, light, camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from .canvas import Canvas, Placed, View
from .figure import sample_body
from .outfit import sample_outfit
from .pieces import Tag, pick

# What remains of a piece below this many pixels is not annotated.
MIN_AREA = 12


@dataclass(frozen=True)
class Annotation:
    """One row to be.

    Attributes:
        category_id: Id of the category.
        attribute_ids: Sorted real ids of the attributes that can be seen.
        mask: (H, W) bool.
    """

    category_id: int
    attribute_ids: tuple[int, ...]
    mask: np.ndarray


@dataclass(frozen=True)
class Scene:
    """A picture (H, W, 3) uint8 RGB and its annotations."""

    picture: np.ndarray
    annotations: tuple[Annotation, ...]


def sample_scene(rng: np.random.Generator, size: tuple[int, int]) -> Scene:
    """Draw one picture.

    Args:
        rng (np.random.Generator): Source of chance.
        size (tuple[int, int]): Least and greatest longest edge in pixels.

    Returns:
        Scene: The picture and what is visible in it.
    """
    height, width = _picture_size(rng, size)
    canvas = Canvas(_background(rng, height, width))
    people = 2 if rng.random() < (0.2 if width > height else 0.015) else 1
    for view in _views(rng, height, width, people):
        for piece in sample_outfit(rng, sample_body(rng)):
            canvas.paint(piece, view)
    picture = _photograph(rng, canvas.picture)
    found = (_annotation(placed) for placed in canvas.placed)
    return Scene(picture, tuple(a for a in found if a.mask.sum() >= MIN_AREA))


def _picture_size(rng, size) -> tuple[int, int]:
    edge = int(rng.integers(size[0], size[1] + 1))
    ratio = rng.uniform(1.2, 1.6) if rng.random() < 0.75 else rng.uniform(0.75, 1.2)
    if ratio >= 1:
        return edge, round(edge / ratio)
    return round(edge * ratio), edge


def _views(rng, height, width, people) -> list[View]:
    """Where the figures stand; the left half and the right half for two."""
    views = []
    for i in range(people):
        close = rng.random() < 0.34
        scale = (
            height / 7.6 * (rng.uniform(1.2, 1.7) if close else rng.uniform(0.78, 1.0))
        )
        room = width * (i + 0.5) / people
        x = room + rng.uniform(-0.12, 0.12) * width / people
        spare = height - 7.5 * scale
        y = 0.4 * scale + max(spare, 0) * rng.uniform(0.2, 1.0)
        turn, flip = rng.normal(0, 0.045), rng.choice([-1, 1])
        stretch = rng.uniform(0.94, 1.12)
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        linear = np.array([[cos * stretch * flip, -sin], [sin * stretch * flip, cos]])
        matrix = np.concatenate([linear, [[x + sin * 3], [y]]], axis=1)
        views.append(View(matrix, sway=rng.normal(0, 0.07)))
    return views


def _annotation(placed: Placed) -> Annotation:
    seen = [tag.id for tag in placed.piece.tags if _readable(placed, tag)]
    return Annotation(placed.piece.category_id, tuple(sorted(seen)), placed.mask)


def _readable(placed: Placed, tag: Tag) -> bool:
    """Whether what is visible of a piece shows the attribute."""
    if placed.mask.sum() < tag.seen_share * placed.painted:
        return False
    if tag.seen_at is None:
        return True
    x, y = np.round(placed.place(np.array([tag.seen_at]))[0]).astype(int)
    height, width = placed.mask.shape
    if not (0 <= x < width and 0 <= y < height):
        return False
    reach = max(2, round(0.14 * placed.place.scale))
    rows = slice(max(y - reach, 0), y + reach + 1)
    columns = slice(max(x - reach, 0), x + reach + 1)
    return bool(placed.mask[rows, columns].any())


def _background(rng, height, width) -> np.ndarray:
    """Wall, floor and clutter."""
    wall, floor = rng.uniform(110, 250, 3), rng.uniform(70, 210, 3)
    wall = wall * 0.36 + wall.mean() * 0.64
    floor = floor * 0.4 + floor.mean() * 0.6
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    picture = np.float32(wall) * (1.08 - 0.16 * down + rng.uniform(-0.1, 0.1) * across)
    horizon = int(height * rng.uniform(0.7, 0.95))
    picture[horizon:] = np.float32(floor) * (0.85 + 0.25 * down[horizon:])
    for _ in range(int(rng.integers(1, 7))):
        _clutter(rng, picture, horizon)
    return np.ascontiguousarray(picture, dtype=np.float32)


def _clutter(rng, picture, horizon) -> None:
    height, width = picture.shape[:2]
    x, y = int(rng.integers(width)), int(rng.integers(horizon))
    w, h = (rng.uniform(0.06, 0.3, 2) * max(height, width)).astype(int) + 3
    shade = tuple(
        np.clip(picture[y, x] * 0.55 + 0.45 * rng.uniform(40, 250, 3), 0, 255)
    )
    kind = pick(rng, dict(frame=0.3, block=0.3, disc=0.2, leaf=0.2))
    shade = tuple(float(c) for c in shade)
    if kind == 'frame':
        cv2.rectangle(picture, (x, y - h), (x + w, y), shade, int(rng.integers(2, 6)))
    elif kind == 'block':
        cv2.rectangle(picture, (x, horizon - h), (x + w, horizon), shade, -1)
    elif kind == 'disc':
        cv2.circle(picture, (x, y), int(w // 2), shade, -1)
    else:
        for angle in rng.uniform(0, 360, 5):
            axes = (int(h // 3) + 2, int(h // 12) + 2)
            cv2.ellipse(picture, (x, horizon - h // 3), axes, angle, 0, 360, shade, -1)


def _photograph(rng, picture) -> np.ndarray:
    """Light, colour cast, focus and sensor noise."""
    height, width = picture.shape[:2]
    cast = rng.normal(1, 0.035, 3) * rng.uniform(0.82, 1.12)
    contrast = rng.uniform(0.82, 1.12)
    picture = (picture - 128) * np.float32(contrast) + 128
    side = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    picture = (
        picture * np.float32(cast) * (1 + np.float32(rng.uniform(-0.12, 0.12)) * side)
    )
    sigma = rng.uniform(0.0, 0.9)
    if sigma > 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    noise = rng.standard_normal((height, width, 1), dtype=np.float32)
    picture += noise * np.float32(rng.uniform(0.5, 4.5))
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)
