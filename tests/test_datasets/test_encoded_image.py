"""Pictures of every kind: read as people see them, turned, or refused by name."""

import numpy as np
import pytest
from odd_pictures import (
    colors,
    damaged_pictures,
    encoded,
    sound_pictures,
    with_orientation,
)
from PIL import Image, ImageOps

from projects.fashion_attr.datasets.bad_images import BadImage
from projects.fashion_attr.datasets.exif import turned, viewers_turn
from projects.fashion_attr.datasets.transforms import DecodeResize, LoadEncodedImage
from projects.fashion_attr.datasets.transforms.encoded_image import (
    EncodedImage,
    on_white,
)

SOUND, DAMAGED = sound_pictures(), damaged_pictures()
LOSSY = ('jpeg', 'progressive', 'cmyk', 'grey jpeg')


@pytest.mark.parametrize('by_path', [True, False], ids=['path', 'bytes'])
@pytest.mark.parametrize('name', SOUND)
def test_pictures_are_read_as_people_see_them(tmp_path, name, by_path):
    data, expected = SOUND[name]
    (tmp_path / 'a').write_bytes(data)
    picture = EncodedImage(str(tmp_path / 'a'), None if by_path else data)
    found = picture.decode()[..., ::-1]
    assert picture.size == found.shape[1::-1] == expected.shape[1::-1]
    difference = np.abs(found.astype(int) - expected)
    assert difference.max() <= (12 if name in LOSSY else 1)


def test_animated_gifs_show_their_first_picture(tmp_path):
    frames = [Image.new('P', (20, 10), color) for color in (3, 9)]
    frames[0].putpalette(bytes(range(30)))
    frames[1].putpalette(bytes(range(30)))
    data = encoded('GIF', frames[0], save_all=True, append_images=frames[1:])
    try:
        found = EncodedImage('a.gif', data).decode()
    except BadImage as error:  # OpenCV before 4.11 reads no GIF: it says so
        assert 'a.gif cannot be decoded' in str(error)
    else:
        assert (found == (11, 10, 9)).all()


@pytest.mark.parametrize('by_path', [True, False], ids=['path', 'bytes'])
@pytest.mark.parametrize('name', DAMAGED)
def test_damaged_pictures_are_named(tmp_path, name, by_path):
    path = tmp_path / 'a.jpg'
    path.write_bytes(DAMAGED[name])
    with pytest.raises(
        BadImage, match=r'a\.jpg cannot be (read|decoded): \w'
    ) as caught:
        EncodedImage(str(path), None if by_path else DAMAGED[name]).decode()
    assert '\n' not in str(caught.value)


def test_a_missing_picture_is_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'gone\.jpg'):
        EncodedImage(str(tmp_path / 'gone.jpg'))


@pytest.mark.parametrize('kind', ['JPEG', 'WEBP'])
@pytest.mark.parametrize('said', range(10))
def test_turned_as_viewers_turn(said, kind):
    picture = EncodedImage('a', with_orientation(said, kind), turn=True)
    stored = EncodedImage('a', with_orientation(said, kind))
    exif = Image.Exif()
    exif[0x0112] = said
    plain = Image.fromarray(stored.decode())
    plain.getexif()[0x0112] = said
    oracle = np.asarray(ImageOps.exif_transpose(plain))
    assert np.array_equal(picture.decode(), oracle)
    assert picture.size == oracle.shape[1::-1]
    assert stored.size == picture.stored_size == colors().shape[1::-1]
    assert np.array_equal(picture.decode(turn=False), stored.decode())


def test_a_tiff_is_not_turned_twice():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded('TIFF', exif=exif)
    one, other = (EncodedImage('a', data, turn=turn) for turn in (True, False))
    assert np.array_equal(one.decode(), other.decode())


def test_png_says_its_orientation_before_its_pixels(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 8
    (tmp_path / 'a.png').write_bytes(encoded('PNG', exif=exif))
    with Image.open(tmp_path / 'a.png') as picture:
        assert viewers_turn(picture) == 8


@pytest.mark.parametrize('scale', [(60, 40), (20, 14), (9, 9)], ids=str)
@pytest.mark.parametrize('keep_ratio', [True, False])
@pytest.mark.parametrize('said', range(1, 9))
def test_every_decode_turns_alike(tmp_path, said, keep_ratio, scale):
    """The oracle turns all pixels, then resizes: size, factors and place are its."""
    path = tmp_path / 'a.jpg'
    path.write_bytes(with_orientation(said))
    upright = EncodedImage(str(path), turn=True).decode()
    settings = dict(scale=scale, keep_ratio=keep_ratio)
    oracle = DecodeResize(**settings)(dict(img=upright, img_shape=upright.shape[:2]))
    for decode in ('exact', 'scaled'):
        sample = LoadEncodedImage(turn=True)(dict(img_path=str(path)))
        assert sample['ori_shape'] == upright.shape[:2]
        found = DecodeResize(decode=decode, **settings)(sample)
        assert found['img_shape'] == oracle['img_shape'] == found['img'].shape[:2]
        assert found['scale_factor'] == pytest.approx(oracle['scale_factor'])
        assert np.allclose(found['homography_matrix'], oracle['homography_matrix'])
        difference = np.abs(found['img'].astype(int) - oracle['img'])
        assert difference.max() <= (1 if decode == 'exact' else 22)
        assert difference.mean() < (0.3 if decode == 'exact' else 4)


def test_on_white_by_hand():
    image = np.zeros((70, 2, 4), np.uint8)  # rows beyond a block, too
    image[:, 0] = 10, 20, 30, 255
    image[:, 1] = 10, 20, 30, 51  # a fifth
    assert (on_white(image)[:, 0] == (10, 20, 30)).all()
    assert (on_white(image)[:, 1] == (206, 208, 210)).all()
    assert np.array_equal(on_white(image.astype(np.uint16) * 257), on_white(image))


def test_turned_by_hand():
    image = np.arange(6).reshape(1, 2, 3)
    assert turned(image, 6).shape == (2, 1, 3)
    assert turned(image, 3)[0, 0].tolist() == [3, 4, 5]
