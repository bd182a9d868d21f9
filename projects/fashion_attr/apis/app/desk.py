"""What the page does when it is asked; knows nothing of the page itself."""

from dataclasses import dataclass, field
from pathlib import Path

from ..inferencer import FashionInferencer
from .cards import card_list, message
from .limits import UploadError, UploadLimits, read_upload
from .outbox import Outbox
from .session import Session
from .view import Choice, View, make_view


@dataclass(frozen=True, eq=False)
class User:
    """One user's own; nothing of it is shared.

    Attributes:
        outbox: files to download.
        session: the picture at hand; None where there is none.
    """

    outbox: Outbox
    session: Session | None = None


@dataclass(frozen=True)
class Shown:
    """What stands on the page.

    Attributes:
        message: HTML of one line.
        picture: path of the drawn picture.
        table: path of the JSON.
        cards: HTML of the garments.
        categories: counts by name, to filter by.
        attributes: likewise.
    """

    message: str
    picture: str | None = None
    table: str | None = None
    cards: str = ''
    categories: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)


WELCOME = Shown(message('Drop a picture, or take one of the examples.'))


class Desk:
    """Looks at uploads and shows them at thresholds.

    ::

        upload -> read_upload -> network -> Session -> make_view -> Outbox, HTML
                  limits.py                 kept       thresholds

    Args:
        inferencer (FashionInferencer): with the network.
        folder (Path): for files to download; it must exist.
        limits (UploadLimits): what may be uploaded.
    """

    def __init__(
        self,
        inferencer: FashionInferencer,
        folder: Path,
        limits: UploadLimits | None = None,
    ) -> None:
        self.inferencer = inferencer
        self.folder = folder
        self.limits = limits or UploadLimits()

    def look(self, user: User | None, path: str, choice: Choice) -> tuple[User, Shown]:
        """Find the garments of a picture.

        Args:
            user (User | None): None on the first picture.
            path (str): of the picture.
            choice (Choice): what to show.

        Returns:
            tuple[User, Shown]: the user with the picture at hand, and what to show: of
            a file that is refused the reason alone.
        """
        outbox = user.outbox if user else Outbox(self.folder)
        try:
            image = read_upload(path, self.limits)
        except UploadError as error:
            return User(outbox), Shown(message(str(error), failed=True))
        user = User(outbox, Session.of(Path(path).name, image, self.inferencer))
        return user, self.show(user, choice)

    def show(self, user: User | None, choice: Choice) -> Shown:
        """Show the picture at hand at other thresholds; the network does not run.

        Args:
            user (User | None): of `look`.
            choice (Choice): what to show.

        Returns:
            Shown: a word of welcome where no picture is at hand.
        """
        if user is None or user.session is None:
            return WELCOME
        view = make_view(self.inferencer, user.session, choice)
        picture, table = user.outbox.write(view)
        colors = self.inferencer.backend.dataset_meta['palette']
        names = [category.name for category in self.inferencer.vocabulary.categories]
        return Shown(
            message=message(_summary(view)),
            picture=picture,
            table=table,
            cards=card_list(
                view.result.garments, dict(zip(names, colors, strict=False))
            ),
            categories=view.categories,
            attributes=view.attributes,
        )


def _summary(view: View) -> str:
    shown, there = len(view.result.garments), sum(view.categories.values())
    if not there:
        return (
            f'No garment reaches a score of {view.choice.score_thr:.2f}: lower the '
            'threshold.'
        )
    if not shown:
        return f'None of the {there} garments passes the filters.'
    attributes = sum(len(garment.attributes) for garment in view.result.garments)
    garments = f'{shown} garment{"s" if shown > 1 else ""}'
    if shown < there:
        garments = f'{shown} of {there} garments'
    return f'{garments}, {attributes} attribute{"" if attributes == 1 else "s"}'
