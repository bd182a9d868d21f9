"""Boxes, masks and attributes stay with the pixels where pictures are decoded small.

As test_pipelines.py, on large JPEGs that are blended as they are resized, so colours
are looked at inside of masks, a little away from their edges.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from mmdet.registry import DATASETS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from painted import PADDING, Painted, attrs_of, color_of, draw
from pipelines import shrunk

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.transforms import encoded_image

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
SIZE = (96, 64)  # what the pictures are resized to, (w, h)
NEAR = 10  # of 255: JPEG and rounding; object k differs from k + 1 by 37
EDGE = np.ones((3, 3), np.uint8)
# Side by side; the second one is partly below the third one.
SHAPES = [
    (0.05, 0.05, 0.4, 0.5, 'r'), (0.5, 0.1, 0.4, 0.6, 'e'),
    (0.6, 0.4, 0.3, 0.5, 'r'), (0.1, 0.7, 0.3, 0.25, 'r'),
]  # fmt: skip


def dataset_of(folder: Path, part: str, extra: tuple = ()):
    """The scaled config's dataset on the files in a folder, for small pictures."""
    name = 'toy/mask-rcnn_r18_attr_focal_scaled.py'
    cfg = Config.fromfile(CONFIGS / name)
    dataset = shrunk(cfg[f'{part}_dataloader'].dataset.to_dict(), SIZE)
    *steps, pack = dataset['pipeline']
    init_default_scope('mmdet')
    return DATASETS.build(
        dict(
            dataset,
            pipeline=[*steps, *extra, pack],
            data_root=str(folder),
            ann_file='annotations/train.json',
            filter_cfg=None,
        )
    )


def near(image, k):
    """(h, w) bool: where a picture has the colour of object k."""
    return (np.abs(image.astype(int) - color_of(k)) <= NEAR).all(axis=2)


def check(image, sample) -> int:
    """Hold each object against the pixels; gives how many were seen."""
    objects = [
        (int(label), attrs, mask.astype(np.uint8))
        for part in (sample.gt_instances, sample.ignored_instances)
        for label, attrs, mask in zip(
            part.labels, part.attr_labels.tolist(), part.masks.masks, strict=True
        )
    ]
    for k, attrs, mask in objects:
        expected = attrs_of(k) + [PADDING] * (14 - len(attrs_of(k)))
        assert attrs == expected, f'attributes of {k}'
        above = [m for other, _, m in objects if other > k]
        seen = mask & ~np.any([np.zeros_like(mask), *above], axis=0)
        inside = cv2.erode(seen, EDGE, iterations=2, borderValue=0) > 0
        assert inside.sum() > 20
        assert near(image, k)[inside].all(), f'another colour within {k}'
        beside = near(image, k) & (cv2.dilate(mask, EDGE) == 0)
        # Of blended edges a pixel may look like any object.
        assert beside.sum() <= 3, f'{k} beside its mask'
    return len(objects)


def run(dataset, painted, monkeypatch) -> None:
    """Every picture through the pipeline; each has to be decoded small."""
    reductions, decode = [], encoded_image.EncodedImage.decode

    def watched(picture, reduction=1, **options):
        reductions.append(reduction)
        return decode(picture, reduction, **options)

    with monkeypatch.context() as patch:
        patch.setattr(encoded_image.EncodedImage, 'decode', watched)
        packed = [dataset[i] for i in range(len(dataset))]
    assert len(reductions) == len(packed) and min(reductions) > 1
    seen = sum(
        check(p['inputs'].permute(1, 2, 0).numpy(), p['data_samples']) for p in packed
    )
    assert seen == len(painted.masks)


def paint(sizes) -> Painted:
    return Painted([(size, [draw(s, size) for s in SHAPES]) for size in sizes])


large = st.tuples(st.integers(300, 800), st.integers(300, 800))


# Making a failure smaller would take minutes.
@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(sizes=st.lists(large, min_size=2, max_size=3), seed=st.integers(0, 999))
def test_who_is_who_in_training(tmp_path_factory, sizes, seed):
    folder = tmp_path_factory.mktemp('painted')
    painted = paint(sizes)
    painted.write(folder, 'jpg')
    np.random.seed(seed)
    with pytest.MonkeyPatch.context() as patch:
        run(dataset_of(folder, 'train'), painted, patch)


@pytest.mark.parametrize(
    'broken, message',
    [
        ('picture', 'another colour within'),
        ('moved', 'another colour within'),
        ('masks', 'another colour within'),
        ('attributes', 'attributes of'),
    ],
)
def test_each_break_is_found(tmp_path, broken, message, monkeypatch):
    def step(results):
        if broken == 'picture':
            return dict(results, img=results['img'][:, ::-1])
        if broken == 'moved':
            return dict(results, img=np.roll(results['img'], 3, axis=1))
        if broken == 'masks':
            return dict(results, gt_masks=results['gt_masks'].flip('horizontal'))
        return dict(results, gt_attr_labels=results['gt_attr_labels'][::-1])

    painted = paint([(500, 701)])
    painted.write(tmp_path, 'jpg')
    np.random.seed(0)
    run(dataset_of(tmp_path, 'train'), painted, monkeypatch)
    with pytest.raises(AssertionError, match=message):
        run(dataset_of(tmp_path, 'train', [step]), painted, monkeypatch)
