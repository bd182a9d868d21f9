"""What the server refuses and forbids, beside Gradio's own rules."""

from collections.abc import Awaitable, Callable
from typing import Any

# The page takes nothing from elsewhere and tells nobody of itself.
# Gradio's own programs stand in the page and make functions of text.
_POLICY = '; '.join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
    )
)
_HEADERS = (
    (b'content-security-policy', _POLICY.encode()),
    (b'referrer-policy', b'no-referrer'),
    (b'x-content-type-options', b'nosniff'),
)
_REFUSAL = b'pictures from elsewhere are not fetched: download them first'


class Guard:
    """ASGI middleware: no page fetched for others, no request to others.

    Args:
        app (Callable): what is guarded.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive, send) -> None:
        """Answer a request, see ASGI."""
        if scope['type'] != 'http':
            await self.app(scope, receive, send)
            return

        async def send_with_headers(event: dict[str, Any]) -> None:
            if event['type'] == 'http.response.start':
                event['headers'] = [*event.get('headers', ()), *_HEADERS]
            await send(event)

        if _fetches(scope['path']):
            await _refuse(send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


def _fetches(path: str) -> bool:
    """Whether Gradio would fetch a page from elsewhere: '/gradio_api/file=https:...'"""
    target = path.lower().partition('=')[2].strip()
    return target.startswith(('http:', 'https:', '//'))


async def _refuse(send: Callable[..., Awaitable[None]]) -> None:
    headers = [(b'content-type', b'text/plain; charset=utf-8')]
    await send(dict(type='http.response.start', status=403, headers=headers))
    await send(dict(type='http.response.body', body=_REFUSAL))
