"""The page in a real browser, as people use it."""

import json
import re
import shutil
import struct
import zlib

import cv2
import numpy as np
import pytest

from tests.test_apis.test_app.served import fake_page

pytest.importorskip('gradio', reason='requirements/app.txt is not installed')
playwright = pytest.importorskip(
    'playwright.sync_api', reason='playwright is not installed: requirements/dev.txt'
)
CHROMIUM = shutil.which('chromium')
if CHROMIUM is None:
    pytest.skip(
        'there is no chromium: apt-get install chromium', allow_module_level=True
    )
expect = playwright.expect


@pytest.fixture(scope='module')
def served():
    """Address of the page and the fake network."""
    with fake_page() as pair:
        yield pair


@pytest.fixture(scope='module')
def chromium():
    """A browser."""
    with playwright.sync_playwright() as tool:
        # Without a sandbox, as containers run everything as root.
        options = ['--no-sandbox', '--disable-dev-shm-usage']
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def context(chromium):
    """What tabs share; programs of the page are loaded once, which takes seconds."""
    return chromium.new_context()


@pytest.fixture
def visit(served, context):
    """Opens the page in a new tab, another user to it, each time it is called."""
    pages = []

    def open_page(width=1300):
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.set_viewport_size(dict(width=width, height=900))
        page.asked_for = []
        page.on('request', lambda request: page.asked_for.append(request.url))
        page.goto(served[0])
        page.locator('#upload input[type=file]').wait_for(state='attached')
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def picture(tmp_path):
    """Writes pictures that have so many garments for the fake network."""

    def write(number, name=None):
        path = str(tmp_path / (name or f'{number}.png'))
        cv2.imwrite(path, np.full((96, 64, 3), number, np.uint8))
        return path

    return write


def upload(page, path, message: str) -> None:
    """Upload a file and wait for what the page says."""
    page.set_input_files('#upload input[type=file]', path)
    says(page, message)


def says(page, message: str) -> None:
    """Wait for a message."""
    expect(page.locator('#message')).to_contain_text(
        re.compile(message), timeout=60_000
    )


def move(page, slider: str, value: float) -> None:
    """Type a threshold."""
    box = page.locator(f'#{slider} input[type=number]')
    box.fill(str(value))
    box.press('Tab')


def saved(page, button: str, folder):
    """Click a button and give what it downloads."""
    with page.expect_download() as waiting:
        page.click(f'#{button}')
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_upload_thresholds_filter_download(served, visit, picture, tmp_path):
    address, backend = served
    page = visit()
    expect(page.locator('#save_table')).to_be_disabled()
    upload(page, picture(3), '3 garments, 3 attributes')
    expect(page.locator('#result img')).to_be_visible()
    expect(page.locator('#cards li')).to_have_count(3)
    seen = list(backend.batches)

    move(page, 'attr', 0.2)
    says(page, '3 garments, 6 attributes')
    page.locator('#score input[type=range]').press('End')
    says(page, 'No garment reaches a score of 1.00')
    move(page, 'score', 0.75)
    says(page, '2 garments, 4 attributes')

    page.click('#categories input')
    page.click('role=option[name="dress (1)"]')
    says(page, '1 of 2 garments, 2 attributes')
    expect(page.locator('#cards li')).to_have_count(1)
    page.keyboard.press('Escape')

    table = json.loads(saved(page, 'save_table', tmp_path).read_text())
    assert [garment['category'] for garment in table['garments']] == ['dress']
    assert (table['width'], table['height'], table['score_thr']) == (64, 96, 0.75)
    drawn = saved(page, 'save_picture', tmp_path)
    assert drawn.name == '3_garments.jpg' and cv2.imread(str(drawn)).shape[0] >= 640

    assert backend.batches == seen, 'a threshold or filter ran the network'
    # 'data:' and 'blob:' are the page's own.
    foreign = [u for u in page.asked_for if u.startswith('http') and address not in u]
    assert not foreign


def test_new_picture_begins_anew(visit, picture):
    page = visit()
    upload(page, picture(2), '2 garments')
    page.click('#attributes input')
    page.locator('role=option').first.click()
    says(page, '1 of 2 garments')
    page.keyboard.press('Escape')
    page.click('#examples button >> nth=0')  # as many as reach 0.3
    says(page, '7 garments, 7 attributes')
    expect(page.locator('#upload')).to_contain_text('Drop File Here')
    upload(page, picture(3), '3 garments, 3')
    page.click('#upload button[aria-label=Clear]')
    says(page, 'Drop a picture')
    expect(page.locator('#result img')).to_have_count(0)
    expect(page.locator('#save_picture')).to_be_disabled()


def bomb() -> bytes:
    """A PNG of a few kB that decodes to 4 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack('>I', zlib.crc32(kind + data))
        return struct.pack('>I', len(data)) + kind + data + check

    header = struct.pack('>IIBBBBB', 2000, 2000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(2000 * 6001), 9)
    chunks = chunk(b'IHDR', header), chunk(b'IDAT', pixels), chunk(b'IEND', b'')
    return b'\x89PNG\r\n\x1a\n' + b''.join(chunks)


def test_wrong_and_huge_files_are_told_why(served, visit, picture, tmp_path):
    page, (_, backend) = visit(), served
    upload(page, picture(1), '1 garment,')
    seen = list(backend.batches)
    (tmp_path / 'notes.jpg').write_text('no picture')
    (tmp_path / 'bomb.png').write_bytes(bomb())
    (tmp_path / 'notes.txt').write_text('no picture')
    (tmp_path / 'huge.jpg').write_bytes(b'\xff\xd8' + bytes(600_000))

    def again(name, message):
        page.click('#upload button[aria-label=Clear]')
        upload(page, str(tmp_path / name), message)

    again('notes.jpg', 'notes.jpg is no picture that can be read here: JPEG, PNG')
    expect(page.locator('#result img')).to_have_count(0)
    again('bomb.png', r'bomb.png has 2,000 x 2,000 pixels, 4.0 megapixels; up to 1')
    toasts = page.locator('.toast-body')
    again('notes.txt', 'Drop a picture')
    expect(toasts.last).to_contain_text('Invalid file type: notes.txt')
    page.set_input_files('#upload input[type=file]', str(tmp_path / 'huge.jpg'))
    expect(toasts.last).to_contain_text('exceed the maximum allowed size of 512.0 Kb')
    assert backend.batches == seen


def test_users_do_not_meet(visit, picture):
    first, second = visit(), visit()
    upload(first, picture(1), '1 garment,')
    upload(second, picture(3), '3 garments,')
    move(first, 'attr', 0.2)
    says(first, '1 garment, 2 attributes')
    move(second, 'score', 0.75)
    says(second, '2 garments, 2 attributes')


@pytest.mark.parametrize('width', [1300, 420])
def test_page_fits_its_window(width, visit, picture, tmp_path):
    page = visit(width)
    upload(page, picture(3, f'{"long_name_" * 20}.png'), '3 garments')
    expect(page.locator('#result img')).to_be_visible()
    assert page.evaluate('document.documentElement.scrollWidth') <= width
    tops = {
        name: page.locator(name).bounding_box()['y']
        for name in ('#upload', '#result', '#score', '#cards')
    }
    order = ['#upload', '#result', '#score', '#cards']
    if width > 680:  # beside each other
        assert tops['#result'] < tops['#score'] and tops['#result'] < tops['#cards']
    else:
        assert sorted(order, key=tops.get) == order
    page.screenshot(path=tmp_path / 'page.png', full_page=True)
    image = cv2.imread(str(tmp_path / 'page.png'))
    assert image.shape[1] == width and image.std() > 10
