"""Pictures by themselves and in pairs: cuts, kinds, hashes and their search."""

import io

import numpy as np
import pytest
from check_folders import draw, encode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from projects.fashion_attr.datasets.checks.fingerprint import NEAR, fingerprint
from projects.fashion_attr.datasets.checks.near_duplicates import nearest
from projects.fashion_attr.datasets.checks.pictures import look_at

MIRROR = Image.Transpose.FLIP_LEFT_RIGHT


def look(folder, data, name='x.jpg'):
    path = folder / name
    path.write_bytes(data)
    return look_at(path)


def large(seed=0, size=(700, 500)):
    return draw(seed).resize(size, Image.Resampling.BICUBIC)


def distance(a, b) -> int:
    return int(np.bitwise_count(a ^ b).sum())


def prints_of(picture):
    return fingerprint(np.asarray(picture.convert('L')))


@pytest.mark.parametrize('progressive', [False, True])
@pytest.mark.parametrize('size', [(40, 48), (700, 500)], ids=['small', 'scaled'])
def test_a_jpeg_cut_off_anywhere_is_truncated(tmp_path, size, progressive):
    data = encode(large(size=size), quality=90, progressive=progressive)
    assert look(tmp_path, data).faults == []
    header = data.index(b'\xff\xda') + 14
    for end in (header, *(int(len(data) * s) for s in (0.9, 0.99)), len(data) - 2):
        for rest in (b'', bytes(len(data) - end)):  # absent, or never filled in
            [(code, message)] = look(tmp_path, data[:end] + rest).faults
            assert (code, 'truncated' in message) == ('picture-truncated', True), end


@pytest.mark.parametrize('kind', ['PNG', 'GIF', 'WEBP', 'BMP', 'TIFF'])
def test_other_formats_cut_off_are_errors(tmp_path, kind):
    data, name = encode(draw(0), kind), f'x.{kind.lower()}'
    assert look(tmp_path, data, name).faults == []
    for share in (0.3, 0.9, 0.99):
        [(code, _)] = look(tmp_path, data[: int(len(data) * share)], name).faults
        assert code in ('picture-truncated', 'picture-unreadable')


@pytest.mark.parametrize(
    'name, make, expected',
    [
        ('x.jpg', lambda: b'', {'picture-unreadable': 'the file has 0 bytes'}),
        ('x.jpg', lambda: b'<html>', {'picture-unreadable': 'the file is no picture'}),
        ('x.jpg', lambda: encode(draw(0), 'PNG'),
         {'picture-format': 'the file is PNG'}),
        ('x.jpg', lambda: encode(draw(0), 'MPO', save_all=True,
                                 append_images=[draw(1)]), {}),
        ('x.JPEG', lambda: encode(draw(0)), {}),
        ('x.jpg', lambda: encode(draw(0).convert('L')),
         {'picture-mode': 'the pixels are grey'}),
        ('x.jpg', lambda: encode(draw(0).convert('CMYK')),
         {'picture-mode': 'the pixels are CMYK'}),
        ('x.png', lambda: encode(draw(0).convert('RGBA'), 'PNG'),
         {'picture-mode': 'the pixels are with alpha'}),
        ('x.png', lambda: encode(Image.fromarray(
            np.asarray(draw(0).convert('L')).astype(np.uint16) * 256), 'PNG'),
         {'picture-mode': 'the pixels are 16-bit, grey'}),
        ('x.gif', lambda: encode(draw(0), 'GIF', save_all=True,
                                 append_images=[draw(1)]),
         {'picture-animated': 'the file has 2 frames'}),
        ('x.ico', lambda: encode(draw(0), 'ICO'), {'picture-unreadable':
         'OpenCV, which loads pictures in training, cannot decode it'}),
    ],
    ids=['zero', 'html', 'png', 'mpo', 'jpeg', 'grey', 'cmyk', 'alpha', '16-bit',
         'frames', 'ico'],
)  # fmt: skip
def test_kinds_of_files(tmp_path, name, make, expected):
    assert dict(look(tmp_path, make(), name).faults) == expected


def test_no_file(tmp_path):
    assert look_at(tmp_path / 'x.jpg').faults[0][0] == 'picture-missing'
    (tmp_path / 'x.jpg').mkdir()
    assert look_at(tmp_path / 'x.jpg').faults[0][0] == 'picture-unreadable'


def test_the_largest_picture_of_the_set_is_no_bomb(tmp_path, recwarn):
    facts = look(tmp_path, encode(Image.new('L', (10717, 8688), 77)))
    assert facts.size == (8688, 10717)
    assert [code for code, _ in facts.faults] == ['picture-mode']
    assert facts.prints is None  # of one colour
    assert not recwarn.list


@pytest.mark.parametrize('orientation', range(1, 9))
def test_sizes_are_those_of_the_stored_pixels(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ('JPEG', 'PNG'):
        data = encode(draw(0), kind, exif=exif)
        facts = look(tmp_path, data, f'x.{kind.lower()}')
        assert facts.size == (48, 40)
        assert bool(facts.faults) == (orientation > 1)


def test_hash_survives_compression_and_scaling_and_tells_pictures_apart():
    original = prints_of(large())[0]
    versions = [
        Image.open(io.BytesIO(encode(large(), quality=20))),
        large().resize((233, 167), Image.Resampling.BICUBIC),
        large().convert('L'),
    ]
    assert max(distance(original, prints_of(v)[0]) for v in versions) <= 16
    others = [distance(original, prints_of(large(s))[0]) for s in range(1, 9)]
    assert min(others) > 2 * NEAR


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_the_second_hash_is_that_of_the_mirror_image(seed):
    # Of 64 pixels, so that no resize rounds; equal values at the median may differ.
    picture = large(seed, (64, 64))
    assert distance(prints_of(picture)[1], prints_of(picture.transpose(MIRROR))[0]) <= 2


@given(st.data())
@settings(max_examples=60)
def test_search_finds_what_brute_force_finds(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n = data.draw(st.integers(0, 12))
    # Few bits are random, so that distances around the threshold are common.
    mask = np.uint64(data.draw(st.sampled_from([0xFF, 0xFFFFFFFF, 2**64 - 1])))
    hashes = rng.integers(0, 2**64, (n, 4), np.uint64, endpoint=False) & mask
    most = data.draw(st.integers(0, 140))
    start = data.draw(st.integers(0, n))
    first = data.draw(st.sampled_from([None, start]))
    index, bits = nearest(hashes[start:], hashes, most, first)
    for query, (i, found) in enumerate(zip(index, bits, strict=True), start):
        end = n if first is None else query
        oracle = [
            sum(int(a ^ b).bit_count() for a, b in zip(hashes[query], h, strict=True))
            for h in hashes[:end]
        ]
        if min(oracle, default=999) > most:
            assert i == -1
        else:
            assert (i, found) == (oracle.index(min(oracle)), min(oracle))


def test_opposite_hashes_do_not_wrap_around():
    zeros, ones = np.zeros((1, 4), np.uint64), np.full((1, 4), 2**64 - 1, np.uint64)
    assert nearest(zeros, ones, 40)[0].tolist() == [-1]
    assert [a.tolist() for a in nearest(zeros, ones, 256)] == [[0], [256]]
