"""The server: no file outside its folder, no page from elsewhere; how it starts."""

import http.client
import json
import os
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np
import pytest

from projects.fashion_attr.apis.app import AppRequest, demo_checkpoint, run_app, serve
from projects.fashion_attr.apis.app.examples import draw_examples
from tests.fake_backend import FakeBackend
from tests.test_apis.test_app.served import fake_page

ROOT = Path(__file__).resolve().parents[3]
needs_gradio = pytest.mark.skipif(
    serve.importlib.util.find_spec('gradio') is None,
    reason='requirements/app.txt is not installed',
)


@pytest.fixture(scope='module')
def url():
    """Address of the page, in an environment that allows every file."""
    os.environ['GRADIO_ALLOWED_PATHS'] = '/'  # taken away when it is served
    with fake_page() as (address, _):
        yield address


def ask(url: str, path: str, body: dict | None = None):
    """Status, headers and body; the path goes out as it is, with its dots."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    if body is None:
        connection.request('GET', path)
    else:
        headers = {'Content-Type': 'application/json'}
        connection.request('POST', path, json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.headers), answer.read()


@needs_gradio
def test_page_takes_nothing_from_elsewhere(url):
    status, headers, body = ask(url, '/')
    assert status == 200 and b'Garments and their attributes' in body
    policy = headers['content-security-policy']
    assert "default-src 'self'" in policy and 'http' not in policy
    assert headers['x-content-type-options'] == 'nosniff'


@needs_gradio
@pytest.mark.parametrize('prefix', ['/gradio_api/file=', '/gradio_api/file/', '/'])
@pytest.mark.parametrize(
    'path',
    [
        '/etc/passwd',
        '../../../../../../../../etc/passwd',
        '{folder}/../../etc/passwd',
        '{folder}%2f..%2f..%2fetc%2fpasswd',
        '{root}/README.md',
        '{root}/projects/fashion_attr/../../pyproject.toml',
        'README.md',
        '{folder}',
    ],
)
def test_files_outside_are_not_to_be_had(prefix, path, url):
    folder = os.environ['GRADIO_TEMP_DIR']
    status, _, body = ask(url, prefix + path.format(folder=folder, root=ROOT))
    assert status in (403, 404), body[:200]
    files = Path('/etc/passwd'), ROOT / 'README.md', ROOT / 'pyproject.toml'
    assert not any(file.read_bytes()[:40] in body for file in files)


@needs_gradio
def test_files_of_the_page_are_to_be_had(url):
    example = Path(os.environ['GRADIO_TEMP_DIR'], 'example_1.jpg')
    status, _, body = ask(url, f'/gradio_api/file={quote(str(example))}')
    assert status == 200 and body == example.read_bytes()


@needs_gradio
@pytest.mark.parametrize('target', ['http://127.0.0.1:{port}/', 'HTTPS://example.org'])
def test_pages_from_elsewhere_are_not_fetched(target, url):
    target = target.format(port=urlsplit(url).port)
    status, _, body = ask(url, f'/gradio_api/file={target}')
    assert status == 403 and b'are not fetched' in body


@needs_gradio
@pytest.mark.parametrize('path', ['/etc/passwd', str(ROOT / 'docs/ablations.png')])
def test_upload_must_have_been_uploaded(path, url):
    """A page of one's own making may claim that any file was its upload."""
    config = json.loads(ask(url, '/config')[2])
    event = next(d for d in config['dependencies'] if d['targets'][0][1] == 'upload')
    file = dict(path=path, meta={'_type': 'gradio.FileData'})
    question = dict(
        data=[file, None, 0.3, 0.4, False], fn_index=event['id'], session_hash='a'
    )
    status, _, _ = ask(url, '/gradio_api/queue/join', question)
    assert status == 200
    _, _, events = ask(url, '/gradio_api/queue/data?session_hash=a')
    assert b'was not uploaded by a user' in events and b'"success":false' in events


def test_examples_are_always_the_same(tmp_path):
    (tmp_path / 'again').mkdir()
    first, again = draw_examples(tmp_path, 2), draw_examples(tmp_path / 'again', 2)
    assert [Path(path).name for path in first] == ['example_1.jpg', 'example_2.jpg']
    for a, b in zip(first, again, strict=True):
        assert Path(a).read_bytes() == Path(b).read_bytes()
    sizes = [len(Path(path).read_bytes()) for path in first]
    assert sizes[0] != sizes[1] and np.min(sizes) > 2000


def test_demo_checkpoint_is_the_last_wherever_the_folder_went(tmp_path):
    with pytest.raises(FileNotFoundError, match='no checkpoint given.*`make demo`'):
        demo_checkpoint(tmp_path)
    (tmp_path / 'last_checkpoint').write_text('/gone/epoch_8.pth\n')
    with pytest.raises(FileNotFoundError, match='names /gone/epoch_8.pth, which is go'):
        demo_checkpoint(tmp_path)
    (tmp_path / 'epoch_8.pth').touch()
    assert demo_checkpoint(tmp_path) == str(tmp_path / 'epoch_8.pth')
    other = tmp_path / 'other.pth'
    other.touch()
    (tmp_path / 'last_checkpoint').write_text(str(other))
    assert demo_checkpoint(tmp_path) == str(other)


@needs_gradio
def test_taken_port_is_named(url):
    port = urlsplit(url).port
    with pytest.raises(OSError, match=str(port)):
        run_app(AppRequest(port=port), backend=FakeBackend())


@needs_gradio
@pytest.mark.parametrize('answers, served', [(2, True), (99, False)])
def test_a_busy_machine_is_asked_again(monkeypatch, answers, served):
    from gradio import networking

    late, url_ok = iter([False] * answers), networking.url_ok
    monkeypatch.setattr(
        networking, 'url_ok', lambda url: next(late, True) and url_ok(url)
    )
    if served:
        with fake_page() as (address, _):
            assert ask(address, '/')[0] == 200
    else:
        match = 'does not answer at 127.0.0.1'
        with pytest.raises(ConnectionError, match=match), fake_page():
            pass


def test_missing_gradio_is_told_with_the_way_out(monkeypatch):
    monkeypatch.setattr(serve.importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(ImportError, match=r'pip install -r requirements/app\.txt'):
        run_app(AppRequest(), backend=FakeBackend())


@needs_gradio
@pytest.mark.parametrize(
    'wrong, error, message',
    [
        (dict(port=70_000), ValueError, r'port must lie in 1\.\.65535, got 70000'),
        (dict(port=0), ValueError, r'port must lie in 1\.\.65535, got 0'),
        (dict(attr_thr=2.0), ValueError, r'attribute threshold must lie in 0\.\.1, go'),
        (dict(attr_thr=float('nan')), ValueError, 'attribute threshold .* got nan'),
        (dict(score_thr=-1.0), ValueError, r'score threshold must lie in 0\.\.1, got'),
        (dict(host='no.such.invalid'), OSError, 'no.such.invalid is no address of th'),
    ],
)
def test_wrong_settings_are_named(wrong, error, message):
    with pytest.raises(error, match=message):
        run_app(AppRequest(**wrong), backend=FakeBackend())
