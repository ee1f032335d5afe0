"""What people say of pieces of a comment that led the classifier: that is it, or it is harmless.

A word on a highlight is an example of its own: the piece, and the one label that was in question.
It stands beside what is said of the whole comment, whatever becomes of this, and it goes with the
comment: the piece is never copied, only where it lies is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from ml.normalise import normalise
from service.comments.tables import Comment
from service.db import new_id
from service.examples.actions import bury, languages_of
from service.examples.errors import HighlightOfAnother, HighlightUnfit, TooManyHighlights
from service.examples.origin import Origin, Removal, Trust
from service.examples.rules import weight_of
from service.examples.tables import LabelledExample

# More than anybody reads of one comment; each is an example, and all are shown.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, in code points: from ``start`` up to, and without, ``end``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the piece.

        Raises:
            HighlightUnfit: the text has no such piece, or no letter or digit is read in it.
        """
        piece = text[self.start : self.end] if 0 <= self.start < self.end <= len(text) else ""
        if not any(character.isalnum() for character in normalise(piece)):
            raise HighlightUnfit
        return piece


def say(
    session: Session,
    comment: Comment,
    span: Span,
    label: Label,
    *,
    is_right: bool,
    sender: str,
    now: datetime,
) -> LabelledExample:
    """Keep that the piece is what is wrong, or that it is harmless, as far as the label goes.

    It takes the place of what was said of the same piece and label before. The comment is locked.

    Raises:
        HighlightUnfit: the comment's text has no such piece, or nothing is read in it.
        TooManyHighlights: of ``MOST`` other pieces something is said.
    """
    span.of(comment.body)
    _check_room(session, comment, _subject(comment, span, label))
    take_back(session, comment, span, label, now=now)
    row = LabelledExample(
        id=new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        revision=comment.revision,
        span_start=span.start,
        span_end=span.end,
        labels={label.value: float(is_right)},
        language=languages_of(session, [comment.id]).get(comment.id, Language.OTHER),
        origin=Origin.HIGHLIGHT,
        trust=Trust.MODERATOR,
        sender=sender,
        weight=weight_of(Origin.HIGHLIGHT, Trust.MODERATOR),
        subject=_subject(comment, span, label),
        created_at=now,
        said_at=now,
    )
    session.add(row)
    session.flush()
    return row


def take_back(
    session: Session,
    comment: Comment,
    span: Span,
    label: Label,
    *,
    now: datetime,
    only_of: str | None = None,
) -> UUID | None:
    """Let go of what was said of the piece, if anything; return which example it was.

    Raises:
        HighlightOfAnother: whoever said it is not the sender ``only_of``.
    """
    subject = _subject(comment, span, label)
    if only_of is not None:
        said = select(LabelledExample.sender).where(
            LabelledExample.comment_id == comment.id, LabelledExample.subject == subject
        )
        if session.scalar(said) not in (None, only_of):
            raise HighlightOfAnother
    gone = session.execute(
        delete(LabelledExample)
        .where(
            LabelledExample.comment_id == comment.id,
            LabelledExample.subject == subject,
        )
        .returning(LabelledExample.id, LabelledExample.site_id)
    ).one_or_none()
    if gone is None:
        return None
    bury(session, [(gone.id, gone.site_id)], why=Removal.CORRECTED, now=now)
    example_id: UUID = gone.id
    return example_id


def of_text(session: Session, comment: Comment) -> list[LabelledExample]:
    """Return what was said of pieces of the comment's newest text, in the order of the text."""
    found = select(LabelledExample).where(
        LabelledExample.comment_id == comment.id,
        LabelledExample.span_start.is_not(None),
        LabelledExample.revision == comment.revision,
    )
    ordered = found.order_by(
        LabelledExample.span_start, LabelledExample.span_end, LabelledExample.id
    )
    return list(session.scalars(ordered))


def _check_room(session: Session, comment: Comment, subject: str) -> None:
    others = select(func.count()).where(
        LabelledExample.comment_id == comment.id,
        LabelledExample.span_start.is_not(None),
        LabelledExample.subject != subject,
    )
    if session.scalars(others).one() >= MOST:
        raise TooManyHighlights(MOST)


def _subject(comment: Comment, span: Span, label: Label) -> str:
    place = f"{comment.revision}:{span.start}-{span.end}"
    return f"comment:{comment.id}:{place}:{label.value}"
