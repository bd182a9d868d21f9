"""Pictures as they come: sound ones of unusual kinds, and damaged ones."""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 46, 34


def colors() -> np.ndarray:
    """(34, 46, 3) uint8 RGB, smooth, another one in each corner."""
    corners = [[(200, 30, 30), (30, 200, 30)], [(30, 30, 200), (220, 220, 40)]]
    size = WIDTH, HEIGHT
    return cv2.resize(np.array(corners, np.uint8), size, interpolation=cv2.INTER_LINEAR)


def encoded(kind: str, picture: Image.Image | None = None, **options) -> bytes:
    """A file's content by PIL."""
    stream = BytesIO()
    (picture or Image.fromarray(colors())).save(stream, kind, **options)
    return stream.getvalue()


def with_orientation(said: int, kind: str = 'JPEG') -> bytes:
    """A file that is stored as `colors`, to be turned."""
    exif = Image.Exif()
    exif[0x0112] = said
    options = dict(quality=95) if kind == 'JPEG' else dict(lossless=True)
    return encoded(kind, exif=exif, **options)


def _transparent() -> Image.Image:
    """The upper half is not there, though it has colours; below, half of it is."""
    alpha = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
    alpha[: HEIGHT // 2] = 0
    alpha[HEIGHT // 2 : HEIGHT // 2 + 9] = 128
    return Image.fromarray(np.concatenate([colors(), alpha], axis=2))


def sound_pictures() -> dict[str, tuple[bytes, np.ndarray]]:
    """By name: a file, and the (34, 46, 3) uint8 RGB that people see."""
    rgb, picture = colors(), Image.fromarray(colors())
    grey = np.asarray(picture.convert('L'))
    palette = picture.quantize(32)
    indices = np.asarray(palette)
    hidden = int(indices[0, 0])
    shown = np.array(palette.convert('RGB'))
    on_white = np.where((indices == hidden)[..., None], np.uint8(255), shown)
    page = Image.new('RGBA', (WIDTH, HEIGHT), 'white')
    page.alpha_composite(_transparent())
    page = np.asarray(page.convert('RGB'))
    frames = dict(save_all=True, append_images=[picture.rotate(180)])
    sixteen = cv2.imencode('.png', rgb[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
    grey16 = cv2.imencode('.png', grey.astype(np.uint16) * 257)[1].tobytes()
    grey3 = np.repeat(grey[..., None], 3, axis=2)
    return {
        'jpeg': (encoded('JPEG', quality=95), rgb),
        'progressive': (encoded('JPEG', quality=95, progressive=True), rgb),
        'cmyk': (encoded('JPEG', picture.convert('CMYK'), quality=95), rgb),
        'grey jpeg': (encoded('JPEG', picture.convert('L'), quality=95), grey3),
        'grey': (encoded('PNG', picture.convert('L')), grey3),
        '16-bit': (sixteen, rgb),
        'grey 16-bit': (grey16, grey3),
        'palette': (encoded('PNG', palette), shown),
        'palette, one colour absent': (
            encoded('PNG', palette, transparency=hidden),
            on_white,
        ),
        'transparent': (encoded('PNG', _transparent()), page),
        'transparent WebP': (encoded('WEBP', _transparent(), lossless=True), page),
        'animated WebP': (encoded('WEBP', lossless=True, **frames), rgb),
        'animated PNG': (encoded('PNG', **frames), rgb),
    }


def damaged_pictures() -> dict[str, bytes]:
    """By name: files that nothing can be read from."""
    png = bytearray(encoded('PNG'))
    png[len(png) // 2 : len(png) // 2 + 9] = bytes(9)
    whole = {kind: encoded(kind) for kind in ('JPEG', 'PNG', 'WEBP', 'BMP', 'TIFF')}
    cut = {f'cut {kind}': data[: len(data) // 2] for kind, data in whole.items()}
    return {
        'empty': b'',
        'text': b'<html>404 not found</html>',
        'zeros': bytes(999),
        'broken PNG': bytes(png),
        'heic': b'\0\0\0\x18ftypheic\0\0\0\0mif1heic' + bytes(99),
        **cut,
    }
