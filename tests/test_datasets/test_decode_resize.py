"""LoadEncodedImage and DecodeResize, held against LoadImageFromFile and Resize."""

import pickle
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmengine.fileio import BaseStorageBackend, register_backend
from mmengine.registry import init_default_scope
from PIL import Image

from projects.fashion_attr import ops

ops.install()  # before mmdet's transforms

from mmdet.datasets.transforms import PackDetInputs, RandomFlip, Resize  # noqa: E402
from mmdet.registry import TRANSFORMS  # noqa: E402
from mmdet.structures.bbox import HorizontalBoxes  # noqa: E402
from mmdet.structures.mask import BitmapMasks  # noqa: E402

from projects.fashion_attr.datasets.transforms import (  # noqa: E402
    DecodeResize,
    LoadEncodedImage,
    encoded_image,
)
from projects.fashion_attr.datasets.transforms.decode_resize import (  # noqa: E402
    greatest_reduction,
)

EXIF_ROTATED = Image.Exif()
EXIF_ROTATED[274] = 6
KINDS = {  # name: (PIL mode, file format, settings)
    'jpeg': ('RGB', 'JPEG', dict(quality=90)),
    'rotated': ('RGB', 'JPEG', dict(exif=EXIF_ROTATED)),
    'grey': ('L', 'JPEG', {}),
    'cmyk': ('CMYK', 'JPEG', {}),
    'progressive': ('RGB', 'JPEG', dict(progressive=True)),
    'png': ('RGBA', 'PNG', {}),
    'palette': ('P', 'PNG', {}),
    'webp': ('RGB', 'WEBP', dict(quality=80)),
    'tiff': ('RGB', 'TIFF', dict(exif=EXIF_ROTATED)),
}
SCALES = st.one_of(
    st.builds(
        lambda scale, keep_ratio: dict(scale=scale, keep_ratio=keep_ratio),
        # From 4: below, OpenCV refuses sizes of which a side is rounded to 0.
        st.tuples(st.integers(4, 150), st.integers(4, 150)) | st.integers(4, 150),
        st.booleans(),
    ),
    st.builds(
        lambda factor, keep_ratio: dict(scale_factor=factor, keep_ratio=keep_ratio),
        st.floats(0.1, 2.0) | st.tuples(st.floats(0.1, 2.0), st.floats(0.1, 2.0)),
        st.booleans(),
    ),
)
SIZES = st.tuples(st.integers(16, 120), st.integers(16, 120))


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    return tmp_path_factory.mktemp('pictures') / 'a.jpg'


def smooth(width, height) -> np.ndarray:
    """(height, width, 3) uint8 of soft colours."""
    y, x = np.linspace(0, 5, height)[:, None], np.linspace(0, 5, width)
    waves = np.stack([np.sin(x + y), np.cos(x - 2 * y), np.sin(x * y)], axis=-1)
    return np.uint8(127 + 100 * waves)


def write(path, kind, size) -> None:
    mode, file_format, settings = KINDS[kind]
    picture = Image.fromarray(smooth(*size)).convert(mode)
    picture.save(path, file_format, **settings)


def jpeg(kind) -> bytes:
    """A JPEG's content; MPO has the same picture twice, here the first one alone."""
    mode, file_format, settings = KINDS['jpeg' if kind == 'mpo' else kind]
    buffer, picture = BytesIO(), Image.fromarray(smooth(230, 170)).convert(mode)
    if kind == 'mpo':
        twice = dict(save_all=True, append_images=[picture])
        picture.save(buffer, 'MPO', **twice)
        start = buffer.getvalue().index(b'\xff\xda')
        return buffer.getvalue()[: buffer.getvalue().index(b'\xff\xd9', start) + 2]
    picture.save(buffer, file_format, **settings)
    return buffer.getvalue()


def annotated(results: dict) -> dict:
    """Adds two boxes with masks."""
    height, width = results['ori_shape']
    corners = [[0, 0, width / 2, height], [width / 3, 5, width, height / 1.5]]
    y, x = np.ogrid[:height, :width]
    masks = [x < width / 2, (x > width / 3) & (y > 5) & (y < height / 1.5)]
    masks = np.stack([np.broadcast_to(mask, (height, width)) for mask in masks])
    return dict(
        results,
        gt_bboxes=HorizontalBoxes(torch.tensor(corners)),
        gt_masks=BitmapMasks(masks.astype(np.uint8), height, width),
    )


def stock(path, to_float32=False, **settings) -> dict:
    load = TRANSFORMS.build(
        dict(
            type='mmcv.LoadImageFromFile',
            color_type='color_ignore_orientation',
            to_float32=to_float32,
        )
    )
    return Resize(**settings)(annotated(load(dict(img_path=str(path)))))


@register_backend('elsewhere', force=True)
class ElsewhereBackend(BaseStorageBackend):
    """Stands for a store that OpenCV cannot read from."""

    def get(self, filepath):
        return Path(filepath).read_bytes()

    def get_text(self, filepath):
        raise NotImplementedError


ELSEWHERE = dict(backend='elsewhere')


def ours(path, backend_args=None, **settings) -> dict:
    loaded = LoadEncodedImage(backend_args)(dict(img_path=str(path)))
    return DecodeResize(**settings)(annotated(loaded))


def assert_same(results: dict, expected: dict, pixels: bool) -> None:
    """Bit by bit, key by key; the picture's own values where asked for."""
    assert results.keys() == expected.keys()
    for key, value in expected.items():
        mine = results[key]
        if key == 'gt_bboxes':
            assert torch.equal(mine.tensor, value.tensor)
        elif key == 'gt_masks':
            assert np.array_equal(mine.masks, value.masks)
        elif key == 'img':
            assert (mine.shape, mine.dtype) == (value.shape, value.dtype)
            assert not pixels or np.array_equal(mine, value)
        elif isinstance(value, np.ndarray):
            assert np.array_equal(mine, value)
        else:
            assert mine == value, key


class TestExact:
    @settings(deadline=None)
    @given(size=SIZES, settings=SCALES, kind=st.sampled_from(sorted(KINDS)))
    def test_is_stock(self, path, size, settings, kind):
        write(path, kind, size)
        expected = stock(path, **settings)
        assert_same(ours(path, **settings), expected, pixels=True)
        assert_same(ours(path, ELSEWHERE, **settings), expected, pixels=True)

    @pytest.mark.parametrize('interpolation', ['nearest', 'area', 'bicubic', 'lanczos'])
    def test_takes_the_settings_of_resize(self, path, interpolation):
        write(path, 'jpeg', (90, 61))
        settings = dict(
            scale=(40, 30), interpolation=interpolation, clip_object_border=False
        )
        assert_same(ours(path, **settings), stock(path, **settings), pixels=True)

    def test_pillow_can_resize(self, path):
        write(path, 'jpeg', (90, 61))
        settings = dict(scale=(40, 30), backend='pillow')
        assert_same(ours(path, **settings), stock(path, **settings), pixels=True)

    def test_float32_is_that_of_the_loader(self, path):
        write(path, 'jpeg', (90, 61))
        settings = dict(scale=(40, 30), keep_ratio=True, to_float32=True)
        expected = stock(path, **settings)
        assert expected['img'].dtype == np.float32
        assert (expected['img'] % 1).any()  # was not rounded
        assert_same(ours(path, **settings), expected, pixels=True)

    def test_decoded_pictures_are_resized_as_by_resize(self):
        sample = annotated(dict(img=smooth(60, 40), ori_shape=(40, 60)))
        settings = dict(scale=(30, 30), keep_ratio=True)
        results = DecodeResize(**settings, decode='scaled')(deepcopy(sample))
        assert_same(results, Resize(**settings)(sample), pixels=True)


class TestScaled:
    @settings(deadline=None)
    @given(size=SIZES, settings=SCALES, kind=st.sampled_from(sorted(KINDS)))
    def test_differs_from_stock_in_pixel_values_only(self, path, size, settings, kind):
        write(path, kind, size)
        results = ours(path, decode='scaled', **settings)
        assert_same(results, stock(path, **settings), pixels=False)
        again = ours(path, ELSEWHERE, decode='scaled', **settings)
        assert_same(again, results, pixels=True)

    def test_float32_is_that_of_the_reduced_picture(self, path):
        write(path, 'jpeg', (100, 80))
        settings = dict(scale=(33, 30), decode='scaled')
        whole = ours(path, **settings)['img']
        exact = ours(path, to_float32=True, **settings)['img']
        assert exact.dtype == np.float32 and (exact % 1).any()
        assert np.abs(exact - whole).max() <= 1

    @pytest.mark.parametrize(
        'kind, settings',
        [
            ('jpeg', dict(scale=(60, 200))),
            ('jpeg', dict(scale=(51, 20))),
            ('png', dict(scale=(20, 20))),
            ('jpeg', dict(scale=(20, 20), interpolation='nearest')),
        ],
        ids=['one side larger', 'less than halved', 'no jpeg', 'nearest'],
    )
    def test_decodes_exactly_what_it_cannot_reduce(self, path, kind, settings):
        write(path, kind, (100, 100))
        results = ours(path, decode='scaled', **settings)
        assert_same(results, stock(path, **settings), pixels=True)

    @pytest.mark.parametrize('kind', ['jpeg', 'rotated', 'grey', 'cmyk', 'progressive'])
    @pytest.mark.parametrize('factor', [0.125, 0.2, 0.3, 0.45])
    def test_looks_like_an_area_average(self, path, kind, factor):
        write(path, kind, (403, 317))
        full = stock(path, scale_factor=1.0)['img']
        results = ours(path, scale_factor=factor, decode='scaled')['img']
        expected = cv2.resize(
            full, results.shape[1::-1], interpolation=cv2.INTER_AREA
        ).astype(float)
        assert np.abs(results - expected).mean() < 3
        assert np.abs(results - expected.mean((0, 1))).mean() > 20

    @pytest.mark.parametrize(
        'width, target', [(801, 100), (801, 90), (803, 200), (805, 101), (1603, 100)]
    )
    @pytest.mark.parametrize('turned', [False, True], ids=['across', 'down'])
    def test_nothing_moves_at_the_far_edge(self, path, width, target, turned):
        """A ramp tells where a pixel is from; a plain resize is off by up to 0.95."""
        ramp = np.round(np.interp(np.arange(width) / width, [0.8, 1], [20, 235]))
        picture = np.tile(ramp.astype(np.uint8), (64, 1))
        Image.fromarray(picture.T if turned else picture).save(path, quality=100)
        scale = (6, target) if turned else (target, 6)
        results = ours(path, scale=scale, decode='scaled')['img'][..., 0]
        seen = (results[:, 4] if turned else results[4]).astype(float)
        places = (np.arange(target) + 0.5) * width / target - 0.5
        expected = np.interp(places, np.arange(width), ramp)
        moved = (seen - expected) * target * 0.2 / 215
        assert np.abs(moved[-target // 8 : -1]).max() < 0.15

    @settings(deadline=None)
    @given(size=SIZES, target=SIZES)
    def test_reduction_is_the_greatest_that_is_large_enough(self, path, size, target):
        write(path, 'jpeg', size)
        picture = LoadEncodedImage()(dict(img_path=str(path)))['img']
        decoded = {r: picture.decode(r).shape[1::-1] for r in (1, 2, 4, 8)}
        enough = [
            r for r, (w, h) in decoded.items() if w >= target[0] and h >= target[1]
        ]
        assert greatest_reduction(size, target) == max(enough, default=1)

    @pytest.mark.parametrize(
        'size, target, expected',
        [
            ((6000, 4000), (1200, 800), 4),
            ((5333, 4000), (1333, 1000), 4),
            ((16, 16), (2, 2), 8),
            ((17, 17), (3, 3), 8),
            ((17, 17), (4, 3), 4),
            ((16, 16), (9, 1), 1),
            ((640, 480), (1067, 800), 1),
        ],
    )
    def test_reductions(self, size, target, expected):
        assert greatest_reduction(size, target) == expected


class TestInPipelines:
    @pytest.mark.parametrize(
        'jitter',
        [
            dict(type='RandomResize', scale=(100, 80), ratio_range=(0.1, 2.0)),
            dict(type='RandomChoiceResize', scales=[(20, 10), (50, 40), (200, 160)]),
        ],
        ids=['RandomResize', 'RandomChoiceResize'],
    )
    @pytest.mark.parametrize('decode', ['exact', 'scaled'])
    def test_random_sizes(self, path, jitter, decode):
        init_default_scope('mmdet')
        write(path, 'jpeg', (120, 90))
        load = dict(type='LoadImageFromFile', color_type='color_ignore_orientation')
        plain = TRANSFORMS.build(dict(jitter, keep_ratio=True))
        mine = TRANSFORMS.build(
            dict(jitter, keep_ratio=True, resize_type='DecodeResize', decode=decode)
        )
        for seed in range(12):
            samples = []
            for loader, resize in [
                (TRANSFORMS.build(load), plain),
                (LoadEncodedImage(), mine),
            ]:
                np.random.seed(seed)
                samples.append(resize(annotated(loader(dict(img_path=str(path))))))
            assert_same(*reversed(samples), pixels=decode == 'exact')

    @pytest.mark.parametrize(
        'transform',
        [
            Resize(scale=(10, 10), keep_ratio=True),
            RandomFlip(prob=1.0),
            PackDetInputs(),
            TRANSFORMS.build(dict(type='RandomCrop', crop_size=(8, 8))),
            TRANSFORMS.build(dict(type='PhotoMetricDistortion')),
            TRANSFORMS.build(dict(type='mmdet.Pad', size=(300, 300))),
        ],
        ids=lambda transform: type(transform).__name__,
    )
    def test_transforms_that_need_pixels_say_what_is_missing(self, path, transform):
        write(path, 'jpeg', (20, 20))
        sample = annotated(LoadEncodedImage()(dict(img_path=str(path))))
        message = r'a\.jpg is not decoded yet and has no .*: put DecodeResize'
        with pytest.raises((AttributeError, TypeError), match=message):
            transform(sample)

    @pytest.mark.parametrize('backend_args', [None, ELSEWHERE], ids=['local', 'bytes'])
    def test_encoded_pictures_can_be_copied_and_sent(self, path, backend_args):
        write(path, 'jpeg', (20, 12))
        sample = LoadEncodedImage(backend_args)(dict(img_path=str(path)))
        expected = sample['img'].decode()
        for twin in (deepcopy(sample), pickle.loads(pickle.dumps(sample))):
            assert np.array_equal(twin['img'].decode(), expected)
        assert repr(sample['img']).endswith('a.jpg, 12 x 20 pixels)')


class TestErrors:
    def test_settings(self):
        with pytest.raises(ValueError, match=r"decode should be one of .*, got 'fast'"):
            DecodeResize(scale=(10, 10), decode='fast')
        with pytest.raises(ValueError, match="scaled' resizes with OpenCV.*'pillow'"):
            DecodeResize(scale=(10, 10), decode='scaled', backend='pillow')

    @pytest.mark.parametrize('decode', ['exact', 'scaled'])
    @pytest.mark.parametrize(
        'settings, target',
        [
            (dict(scale=(100, 80), keep_ratio=True), '0 x 100'),
            (dict(scale_factor=0.1, keep_ratio=True), '0 x 0'),
            (dict(scale_factor=0.1), '0 x 50'),
        ],
    )
    def test_a_side_that_is_rounded_to_0_is_named(self, path, settings, target, decode):
        write(path, 'jpeg', (500, 1))
        message = rf'a\.jpg, 1 x 500 pixels .*, cannot be resized to {target}: take'
        sample = LoadEncodedImage()(dict(img_path=str(path)))
        decoded = dict(sample, img=sample['img'].decode())
        for results in (sample, decoded):
            with pytest.raises(ValueError, match=message):
                DecodeResize(**settings, decode=decode)(results)

    @pytest.mark.parametrize('backend_args', [None, ELSEWHERE], ids=['local', 'bytes'])
    def test_missing_file(self, tmp_path, backend_args):
        with pytest.raises(FileNotFoundError, match='nowhere.jpg'):
            LoadEncodedImage(backend_args)(dict(img_path=str(tmp_path / 'nowhere.jpg')))

    @pytest.mark.parametrize(
        'content, message',
        [
            (b'', 'a.jpg cannot be read: the file has 0 bytes'),
            (b'no picture at all', 'a.jpg cannot be read: the file is no picture'),
            (b'\xff\xd8\xff\xe0\x00', 'a.jpg cannot be read: '),
        ],
        ids=['empty', 'text', 'cut in the header'],
    )
    def test_what_is_no_picture_is_named(self, path, content, message):
        path.write_bytes(content)
        for backend_args in (None, ELSEWHERE):
            with pytest.raises(ValueError, match=message):
                LoadEncodedImage(backend_args)(dict(img_path=str(path)))

    def test_damaged_content_is_named(self, path):
        buffer = BytesIO()
        Image.fromarray(smooth(60, 60)).save(buffer, 'PNG')
        path.write_bytes(buffer.getvalue()[:60])
        for backend_args in (None, ELSEWHERE):
            sample = LoadEncodedImage(backend_args)(dict(img_path=str(path)))
            with pytest.raises(ValueError, match=r'a\.jpg cannot be decoded: '):
                DecodeResize(scale=(10, 10))(sample)

    @pytest.mark.parametrize('backend_args', [None, ELSEWHERE], ids=['local', 'bytes'])
    @pytest.mark.parametrize('kind', ['jpeg', 'progressive', 'mpo'])
    def test_a_jpeg_cut_off_is_named(self, path, kind, backend_args):
        whole = jpeg(kind)
        header = whole.index(b'\xff\xda') + 14
        code = len(whole) - header
        for share in (0.1, 0.5, 0.9, 0.99, 0.999):
            kept = whole[: header + int(code * share)]
            for rest in (b'', bytes(len(whole) - len(kept))):  # never filled in
                path.write_bytes(kept + rest)
                sample = LoadEncodedImage(backend_args)(dict(img_path=str(path)))
                with pytest.raises(
                    ValueError, match=r'a\.jpg .* the file is truncated'
                ):
                    DecodeResize(scale=(10, 10))(sample)

    @pytest.mark.parametrize('backend_args', [None, ELSEWHERE], ids=['local', 'bytes'])
    @pytest.mark.parametrize('rest', [b'', b'\0' * 99, b'\n', b'\xff\xd8 more'])
    def test_what_comes_after_the_end_is_allowed(self, path, rest, backend_args):
        path.write_bytes(jpeg('jpeg') + rest)
        sample = LoadEncodedImage(backend_args)(dict(img_path=str(path)))
        full = stock(path, scale=(10, 10))['img']
        assert np.array_equal(DecodeResize(scale=(10, 10))(sample)['img'], full)

    @pytest.mark.parametrize('answer', [None, cv2.error('no')], ids=['None', 'error'])
    def test_an_opencv_that_reads_into_no_dst(self, path, answer, monkeypatch):
        """As OpenCV 4.10, whose imread with a dst gives None."""

        def imread(*_):
            if answer is not None:
                raise answer

        write(path, 'jpeg', (60, 40))
        expected = stock(path, scale=(10, 10))['img']
        monkeypatch.setattr(encoded_image.cv2, 'imread', imread)
        assert np.array_equal(ours(path, scale=(10, 10))['img'], expected)

    def test_a_file_gone_since_is_named(self, path):
        write(path, 'jpeg', (20, 20))
        sample = LoadEncodedImage()(dict(img_path=str(path)))
        path.unlink()
        with pytest.raises(ValueError, match=r'a\.jpg cannot be decoded: '):
            DecodeResize(scale=(10, 10))(sample)

    def test_a_header_that_lies_is_named(self, path):
        write(path, 'jpeg', (60, 40))
        sample = LoadEncodedImage()(dict(img_path=str(path)))
        sample['img'].stored_size = (90, 40)
        message = (
            r'a\.jpg, decoded at 1/1, is 40 x 60 pixels .*, its header says 40 x 90'
        )
        with pytest.raises(ValueError, match=message):
            DecodeResize(scale=(50, 50))(sample)
