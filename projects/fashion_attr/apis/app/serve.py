"""From the flags of tools/app.py to a page that is served."""

import importlib.util
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mmengine.runner import find_latest_checkpoint

from ..inferencer import Backend, FashionInferencer
from ..inferencer.inferencer import SCORE_THR
from .desk import Desk
from .examples import draw_examples
from .limits import MEGABYTE, UploadLimits

DEMO = Path('work_dirs/demo')
PORT = 7860
_TRIES = 5  # of a machine that is busy with other work
USERS = 100  # whose pictures are kept at a time


@dataclass(frozen=True)
class AppRequest:
    """What tools/app.py is asked for.

    Attributes:
        checkpoint: path; None takes the demo's.
        config: path; None takes the checkpoint's own.
        device: such as 'cuda:0'; None takes a GPU where there is one.
        score_thr: class threshold to begin with.
        attr_thr: attribute threshold to begin with; None: what ``thresholds`` or the
            config says.
        thresholds: file of tools/calibrate_thresholds.py.
        host: address to listen at.
        port: None takes the first that is free from 7860 on.
        limits: what may be uploaded.
    """

    checkpoint: str | None = None
    config: str | None = None
    device: str | None = None
    score_thr: float = SCORE_THR
    attr_thr: float | None = None
    thresholds: Path | None = None
    host: str = '127.0.0.1'
    port: int | None = None
    limits: UploadLimits = UploadLimits()


def run_app(
    request: AppRequest,
    say: Callable[[str], None] = print,
    backend: Backend | None = None,
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        request (AppRequest): what to serve.
        say (Callable): is told where the page is.
        backend (Backend | None): network in place of config and checkpoint.

    Raises:
        ImportError: if Gradio is not installed.
        OSError: if a file is missing, or the port is taken.
        ValueError: if a file or a threshold is not sound.
    """
    # As Ctrl-C does it: pictures of people are not left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with serving(request, backend) as url:
        say(f'{url}   (Ctrl-C ends it)')
        threading.Event().wait()


@contextmanager
def serving(request: AppRequest, backend: Backend | None = None) -> Iterator[str]:
    """Serve the page for as long as the context is open, see `run_app`.

    Yields:
        str: its address.
    """
    _check(request)
    inferencer = _inferencer(request, backend)
    with tempfile.TemporaryDirectory(prefix='garments_') as folder:
        _set_up_gradio(folder)
        from .page import build_page

        desk = Desk(inferencer, Path(folder), request.limits)
        page = build_page(desk, draw_examples(Path(folder)))
        try:
            yield _launch(page, request)
        finally:
            page.close(verbose=False)


def demo_checkpoint(folder: Path = DEMO) -> str:
    """The checkpoint that `make demo` made last.

    Args:
        folder (Path): where it writes to.

    Returns:
        str: path.

    Raises:
        FileNotFoundError: if there is none.
    """
    pointer = folder / 'last_checkpoint'
    if not pointer.is_file():
        raise FileNotFoundError(
            f"no checkpoint given, and the demo's ({pointer}) is not there: "
            '`make demo` makes it, or give another with --checkpoint'
        )
    named = Path(find_latest_checkpoint(str(folder)))
    here = folder / named.name  # the folder may have been moved
    path = here if here.is_file() else named
    if not path.is_file():
        raise FileNotFoundError(
            f'{pointer} names {named}, which is gone: `make demo` makes it anew, or '
            'give another with --checkpoint'
        )
    return str(path)


def _inferencer(request: AppRequest, backend: Backend | None) -> FashionInferencer:
    files = ()
    if backend is None:
        checkpoint = request.checkpoint or demo_checkpoint()
        files = request.config, checkpoint, request.device
    return FashionInferencer(
        *files,
        backend=backend,
        score_thr=request.score_thr,
        attr_thr=request.thresholds or request.attr_thr,
    )


def _check(request: AppRequest) -> None:
    """Refuse what cannot be served before the network is loaded."""
    if importlib.util.find_spec('gradio') is None:
        raise ImportError('the page needs Gradio: pip install -r requirements/app.txt')
    if request.port is not None and not 1 <= request.port <= 65535:
        raise ValueError(f'the port must lie in 1..65535, got {request.port}')
    if request.attr_thr is not None and not 0 <= request.attr_thr <= 1:
        raise ValueError(
            f'the attribute threshold must lie in 0..1, got {request.attr_thr}'
        )
    try:
        socket.getaddrinfo(request.host, request.port)
    except socket.gaierror as error:
        raise OSError(
            f'{request.host} is no address of this machine ({error.strerror}); without '
            '--host it is 127.0.0.1'
        ) from error


def _set_up_gradio(folder: str) -> None:
    """Gradio reads these when it is imported or builds a page."""
    os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'
    # The only place that it serves files from, whatever another page was allowed.
    os.environ['GRADIO_TEMP_DIR'] = folder
    os.environ.pop('GRADIO_ALLOWED_PATHS', None)
    os.environ['GRADIO_EXAMPLES_CACHE'] = str(Path(folder, 'examples'))


def _launch(page, request: AppRequest) -> str:
    import gradio as gr
    from starlette.middleware import Middleware

    from .guard import Guard

    # Letters of the machine: none to fetch.
    theme = gr.themes.Default(
        font=['system-ui', 'sans-serif'], font_mono=['ui-monospace', 'monospace']
    ).set(
        body_text_color_subdued='*neutral_600',
        body_text_color_subdued_dark='*neutral_300',
    )
    options = dict(
        server_name=request.host,
        server_port=request.port,
        share=False,
        quiet=True,
        show_error=True,
        prevent_thread_lock=True,
        max_file_size=int(request.limits.megabytes * MEGABYTE),
        state_session_capacity=USERS,
        allowed_paths=[],
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        ssr_mode=False,
        mcp_server=False,
        theme=theme,
        css_paths=Path(__file__).parent / 'templates' / 'page.css',
        app_kwargs=dict(middleware=[Middleware(Guard)]),
    )
    for _ in range(_TRIES):
        try:
            return page.launch(**options)[1]
        except ValueError as error:
            # Gradio asks its own page once, and waits for three seconds.
            if 'localhost is not accessible' not in str(error):
                raise
            page.close()
    raise ConnectionError(
        f'the page is served, and does not answer at {request.host}: the machine may '
        'be very busy, or a proxy in between (NO_PROXY=localhost,127.0.0.1)'
    )
