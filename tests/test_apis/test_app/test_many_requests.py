"""A hundred people at once: each is answered, one picture is in memory at a time."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

pytest.importorskip('gradio', reason='requirements/app.txt is not installed')

from projects.fashion_attr.apis.app import desk
from tests.test_apis.test_app.served import fake_page

PEOPLE = 100


class Counter:
    """How many are inside at a time, at most."""

    def __init__(self):
        self.now = self.most = self.all = 0
        self._lock = threading.Lock()

    def __enter__(self):
        with self._lock:
            self.now, self.all = self.now + 1, self.all + 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_):
        with self._lock:
            self.now -= 1


class Person:
    """A program that uses the page as a browser does."""

    def __init__(self, url, number):
        self.host, self.number = urlsplit(url).netloc, number

    def ask(self, method, path, body=None, kind='application/json') -> bytes:
        connection = http.client.HTTPConnection(self.host, timeout=300)
        connection.request(method, path, body, {'Content-Type': kind} if body else {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        assert answer.status == 200, (answer.status, data[:300])
        return data

    def upload(self) -> str:
        """A picture of as many garments as the person's number says, modulo 4."""
        pixels = np.full((500, 400, 3), self.number % 4, np.uint8)
        picture = cv2.imencode('.png', pixels)[1].tobytes()
        head = (
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
            'Content-Type: image/png\r\n\r\n'
        )
        body = head.encode() + picture + b'\r\n--x--\r\n'
        kind = 'multipart/form-data; boundary=x'
        return json.loads(self.ask('POST', '/gradio_api/upload', body, kind))[0]

    def look(self, event: int) -> str:
        """The message that the page shows for it."""
        file = dict(path=self.upload(), meta={'_type': 'gradio.FileData'})
        session = f'person{self.number}'
        data = [file, None, 0.3, 0.4, False]
        question = dict(data=data, fn_index=event, session_hash=session)
        self.ask('POST', '/gradio_api/queue/join', json.dumps(question))
        events = self.ask('GET', f'/gradio_api/queue/data?session_hash={session}')
        lines = [
            json.loads(x[5:]) for x in events.split(b'\n') if x.startswith(b'data')
        ]
        (done,) = [x for x in lines if x['msg'] == 'process_completed']
        assert done['success'], done
        return done['output']['data'][2]


def test_a_hundred_at_once_are_answered(monkeypatch):
    inside, read = Counter(), desk.read_upload

    def counted(*args):
        with inside:
            return read(*args)

    monkeypatch.setattr(desk, 'read_upload', counted)
    with fake_page() as (url, network):
        config = json.loads(Person(url, 0).ask('GET', '/config'))
        event = next(
            d['id'] for d in config['dependencies'] if d['targets'][0][1] == 'upload'
        )
        with ThreadPoolExecutor(PEOPLE) as pool:
            people = [Person(url, number) for number in range(PEOPLE)]
            messages = list(pool.map(lambda person: person.look(event), people))
    for number, message in enumerate(messages):
        wanted = f'{number % 4} garment' if number % 4 else 'No garment reaches'
        assert wanted in message, (number, message)
    assert network.batches == [1] * PEOPLE
    assert (inside.all, inside.most) == (PEOPLE, 1)
