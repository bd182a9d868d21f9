"""Which way up predictions are: as the page shows them, or as the data set has them."""

import json

import numpy as np
import pytest
from odd_pictures import HEIGHT, WIDTH, with_orientation

from projects.fashion_attr.apis.app import read_upload
from projects.fashion_attr.apis.app.limits import UploadLimits
from projects.fashion_attr.apis.inferencer import FashionInferencer, Picture
from projects.fashion_attr.apis.inferencer.drawing import read_rgb
from projects.fashion_attr.apis.prediction import PredictRequest, run_prediction
from tests.fake_backend import FakeBackend

STORED, TURNED = (WIDTH, HEIGHT), (HEIGHT, WIDTH)


@pytest.fixture
def path(tmp_path):
    """A picture on its side."""
    (tmp_path / 'a.jpg').write_bytes(with_orientation(6))
    return tmp_path / 'a.jpg'


@pytest.mark.parametrize(
    'settings, size',
    [
        ({}, TURNED),
        (dict(exif='turn', format='coco'), TURNED),
        (dict(exif='ignore'), STORED),
        (dict(format='coco'), STORED),
        (dict(image_ids=True), STORED),
    ],
    ids=str,
)
def test_sizes_of_results(path, tmp_path, settings, size):
    if settings.get('image_ids'):
        listed = tmp_path / 'ids.json'
        image = dict(id=7, file_name='a.jpg', width=WIDTH, height=HEIGHT)
        listed.write_text(json.dumps(dict(images=[image])))
        settings = dict(image_ids=listed)
    request = PredictRequest(images=[str(path)], out=tmp_path / 'out', **settings)
    run_prediction(request, print, FakeBackend())
    if request.format == 'coco':
        (found,) = json.loads((tmp_path / 'out/images.json').read_text())['images']
    else:
        found = json.loads((tmp_path / 'out/garments.jsonl').read_text())
    assert (found['width'], found['height']) == size


def test_page_and_prediction_see_the_same_pixels(path):
    seen = []

    class Watching(FakeBackend):
        def predict(self, loaded, least_score=0.0):
            seen.extend(loaded)
            return super().predict(loaded, least_score)

    FashionInferencer(backend=Watching())(str(path))
    uploaded = read_upload(path, UploadLimits())
    assert np.array_equal(seen[0], uploaded)
    drawn_on = read_rgb(Picture('a.jpg', str(path)), turn=True)
    assert np.array_equal(drawn_on[..., ::-1], uploaded)


def test_a_run_does_not_go_on_the_other_way_up(path, tmp_path):
    request = PredictRequest(images=[str(path)], out=tmp_path / 'out')
    run_prediction(request, print, FakeBackend())
    other = PredictRequest(images=[str(path)], out=tmp_path / 'out', exif='ignore')
    with pytest.raises(ValueError, match=r'another --exif \(turn, now ignore\)'):
        run_prediction(other, print, FakeBackend())
