"""The page in Gradio: what stands where, and which event calls what."""

from collections.abc import Sequence

import gradio as gr

from .desk import WELCOME, Desk, Shown, User
from .session import LEAST_SCORE
from .view import Choice

# Seconds that pictures and results are kept after their last use, and between looks.
KEEP, LOOK_EVERY = 3600, 600
# Requests in the queue, each a file on the disk and a few numbers; more are told to
# come again.
WAITING = 128


def build_page(desk: Desk, examples: list[str]) -> gr.Blocks:
    """Lay the page out.

    Args:
        desk (Desk): that does the work.
        examples (list[str]): paths of pictures to try.

    Returns:
        gr.Blocks: not launched yet; its queue runs one network at a time.
    """
    return Page(desk, examples).blocks


class Page:
    """Components and their events, see `build_page`."""

    def __init__(self, desk: Desk, examples: list[str]) -> None:
        self.desk = desk
        self.paths = examples
        with gr.Blocks(
            title='Garments and their attributes',
            analytics_enabled=False,
            delete_cache=(LOOK_EVERY, KEEP),
        ) as self.blocks:
            self.user = gr.State(time_to_live=KEEP, delete_callback=_forget)
            gr.HTML(
                '<h1>Garments and their attributes</h1>'
                '<p>What is worn in a picture: masks, classes and attributes.</p>',
                elem_id='head',
                padding=False,
            )
            with gr.Row(elem_id='columns'):
                with gr.Column(scale=2, min_width=300, elem_id='side'):
                    self._inputs()
                with gr.Column(scale=5, min_width=320, elem_id='main'):
                    self._outputs()
            self._events()
        self.blocks.queue(max_size=WAITING)

    def _inputs(self) -> None:
        self.file = gr.File(
            label='Picture',
            file_types=['image'],
            type='filepath',
            height=130,
            elem_id='upload',
        )
        gr.HTML(f'<p>{self.desk.limits}</p>', padding=False, elem_id='limits')
        self.examples = gr.Dataset(
            label='Examples',
            components=['image'],
            samples=[[path] for path in self.paths],
            type='index',
            layout='gallery',
            elem_id='examples',
        )
        self._thresholds()
        self.categories = gr.Dropdown(
            [], value=[], multiselect=True, label='Garments', elem_id='categories',
            info='All, or those chosen here.',
        )  # fmt: skip
        self.attributes = gr.Dropdown(
            [], value=[], multiselect=True, label='Attributes', elem_id='attributes',
            info='Any, or garments with one of those chosen here.',
            visible=self._has_attributes,
        )  # fmt: skip

    def _thresholds(self) -> None:
        inferencer = self.desk.inferencer
        own = inferencer.attr_thr
        calibrated = not isinstance(own, float)
        self.score = gr.Slider(
            LEAST_SCORE, 1, max(LEAST_SCORE, inferencer.score_thr), step=0.01,
            label='Class threshold', elem_id='score', buttons=[],
        )  # fmt: skip
        self.calibrated = gr.Checkbox(
            calibrated, label='Calibrated attribute thresholds', elem_id='calibrated',
            visible=calibrated and self._has_attributes,
        )  # fmt: skip
        self.attr = gr.Slider(
            0, 1, 0.5 if calibrated else own, step=0.01, label='Attribute threshold',
            elem_id='attr', buttons=[],
            visible=not calibrated and self._has_attributes,
        )  # fmt: skip

    @property
    def _has_attributes(self) -> bool:
        return bool(self.desk.inferencer.vocabulary.attributes)

    def _outputs(self) -> None:
        self.message = gr.HTML(WELCOME.message, padding=False, elem_id='message')
        self.picture = gr.Image(
            label='Result', show_label=False, type='filepath', interactive=False,
            buttons=['fullscreen'], elem_id='result',
        )  # fmt: skip
        with gr.Row(elem_id='save'):
            self.save_picture = gr.DownloadButton(
                'Download picture', interactive=False, size='md', elem_id='save_picture'
            )
            self.save_table = gr.DownloadButton(
                'Download JSON', interactive=False, size='md', elem_id='save_table'
            )
        self.cards = gr.HTML('', padding=False, elem_id='cards')

    def _events(self) -> None:
        settings = [self.score, self.attr, self.calibrated]
        filters = [self.categories, self.attributes]
        shown = [
            self.message, self.picture, self.save_picture, self.save_table, self.cards,
            *filters,
        ]  # fmt: skip
        hidden = dict(api_visibility='private')
        # One network at a time, however many users: the others wait in the queue.
        look = dict(
            hidden, outputs=[self.file, self.user, *shown], concurrency_limit=1,
            concurrency_id='network', show_progress_on=self.picture,
        )  # fmt: skip
        self.file.upload(self._upload, [self.file, self.user, *settings], **look)
        self.examples.click(
            self._example, [self.examples, self.user, *settings], **look
        )
        self.file.clear(self._clear, self.user, [self.user, *shown], **hidden)
        again = dict(
            hidden, outputs=shown, show_progress='hidden', trigger_mode='always_last',
            concurrency_limit=4, concurrency_id='show',
        )  # fmt: skip
        for component in (*settings, *filters):
            component.input(self._show, [self.user, *settings, *filters], **again)
        self.calibrated.input(
            lambda on: gr.update(visible=not on), self.calibrated, self.attr, **hidden
        )

    def _look(self, path: str, user: User | None, *settings) -> list:
        user, shown = self.desk.look(user, path, _choice(*settings))
        # Names to filter by are the last picture's: begin anew.
        return [user, *_updates(shown, value=[])]

    def _upload(self, path: str, *user_and_settings) -> list:
        return [gr.skip(), *self._look(path, *user_and_settings)]

    def _example(self, index: int, *user_and_settings) -> list:
        # The upload that was there is not what is shown now.
        return [None, *self._look(self.paths[index], *user_and_settings)]

    def _show(self, user: User | None, *settings) -> list:
        choice = _choice(*settings)
        return _updates(self.desk.show(user, choice), choice)

    def _clear(self, user: User | None) -> list:
        return [user and User(user.outbox), *_updates(WELCOME, value=[])]


def _choice(score, attr, calibrated, categories=(), attributes=()) -> Choice:
    return Choice(score, None if calibrated else attr, categories, attributes)


def _updates(shown: Shown, choice: Choice | None = None, **filters) -> list:
    """In the order of the outputs."""
    chosen = (choice.categories, choice.attributes) if choice else ((), ())
    there = shown.picture is not None
    return [
        shown.message,
        shown.picture,
        gr.update(value=shown.picture, interactive=there),
        gr.update(value=shown.table, interactive=there),
        shown.cards,
        gr.update(choices=_named(shown.categories, chosen[0]), **filters),
        gr.update(choices=_named(shown.attributes, chosen[1]), **filters),
    ]


def _named(counts: dict[str, int], chosen: Sequence[str]) -> list[tuple[str, str]]:
    """'sleeve (2)' for 'sleeve'; what is chosen stays to be taken away again."""
    counts = {**counts, **{name: 0 for name in chosen if name not in counts}}
    return [(f'{name} ({count})', name) for name, count in counts.items()]


def _forget(user: User | None) -> None:
    if user is not None:
        user.outbox.close()
