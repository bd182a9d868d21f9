"""The page, served with the fake network for as long as tests need it."""

from contextlib import contextmanager

from projects.fashion_attr.apis.app import AppRequest, UploadLimits, serving
from tests.fake_backend import FakeBackend

LIMITS = UploadLimits(megabytes=0.5, megapixels=1)


@contextmanager
def fake_page():
    """Serve the page; gives its address and the network."""
    backend = FakeBackend()
    with serving(AppRequest(limits=LIMITS), backend) as url:
        yield url.rstrip('/'), backend
