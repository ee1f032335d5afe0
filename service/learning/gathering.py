"""Reads the examples that a model may learn from, with their texts as they are now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.comments.tables import Comment, Revision
from service.examples.origin import Origin, Trust
from service.examples.tables import LabelledExample

# Where nothing is said of it, a label is not judged.
Labels = Mapping[Label, float]


@dataclass(frozen=True, slots=True)
class Gathered:
    """An example with its text, and what ties it to others.

    ``thread`` is the comment at the top of its thread; None for a text that was no comment of ours.
    """

    id: UUID
    site_id: UUID
    text: str
    labels: Labels
    language: Language
    origin: Origin
    trust: Trust
    sender: str
    weight: float
    inclusion: float
    said_at: datetime
    author_id: UUID | None
    thread: UUID | None
    is_released: bool

    @property
    def is_piece(self) -> bool:
        """Whether it is a piece of a comment: it teaches, and never judges or counts as one."""
        return self.origin is Origin.HIGHLIGHT

    @property
    def is_harmful(self) -> bool:
        """Whether it says that the text does any harm. Swearing at nobody does none."""
        return any(
            value > 0.5  # noqa: PLR2004 - more yes than no
            for label, value in self.labels.items()
            if label is not Label.OBSCENITY
        )


# An edit moved the judged text into the revisions.
_WHOLE = case(
    (LabelledExample.comment_id.is_(None), LabelledExample.text),
    (Comment.revision == LabelledExample.revision, Comment.body),
    else_=Revision.body,
)
_TEXT = case(
    (LabelledExample.span_start.is_(None), _WHOLE),
    else_=func.substr(
        _WHOLE,
        LabelledExample.span_start + 1,
        LabelledExample.span_end - LabelledExample.span_start,
    ),
)
_HARMS = " || ".join(f"@.{label.value} > 0.5" for label in Label if label is not Label.OBSCENITY)
_SAYS_HARM = literal(f"$ ? ({_HARMS})", JSONPATH)
_IS_FREE: ColumnElement[bool] = LabelledExample.quarantine_id.is_(None)
_IS_WHOLE: ColumnElement[bool] = LabelledExample.span_start.is_(None)


def gather(
    session: Session,
    site_ids: Collection[UUID],
    *,
    limit: int,
    since: datetime | None = None,
) -> list[Gathered]:
    """Return the newest ``limit`` examples of these sites that may teach, oldest first.

    Pieces of comments come beside them, from the same time and no more than as many: of few
    comments there can be many, and they must not crowd out decisions. What waits for a lead is left
    out, and so is whatever has no text any more.
    """
    wanted = _wanted().where(LabelledExample.site_id.in_(site_ids), _IS_FREE)
    if since is not None:
        wanted = wanted.where(LabelledExample.said_at >= since)
    newest = wanted.order_by(LabelledExample.said_at.desc(), LabelledExample.id.desc()).limit(limit)
    whole = session.execute(newest.where(_IS_WHOLE)).all()
    pieces = newest.where(~_IS_WHOLE)
    if len(whole) == limit:
        pieces = pieces.where(LabelledExample.said_at >= whole[-1].said_at)
    found = [_gathered(row) for row in (*whole, *session.execute(pieces))]
    return sorted(found, key=lambda each: (each.said_at, each.id))


def by_ids(session: Session, example_ids: Sequence[UUID]) -> dict[UUID, Gathered]:
    """Return those of the examples that are still there, with a text, whatever their state."""
    found: dict[UUID, Gathered] = {}
    for start in range(0, len(example_ids), _AT_ONCE):
        some = list(example_ids[start : start + _AT_ONCE])
        rows = session.execute(_wanted().where(LabelledExample.id.in_(some)))
        found |= {each.id: each for each in map(_gathered, rows)}
    return found


_AT_ONCE = 10_000


def still_free(session: Session, example_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the examples that are still there and may still teach."""
    found: set[UUID] = set()
    for start in range(0, len(example_ids), _AT_ONCE):
        some = list(example_ids[start : start + _AT_ONCE])
        wanted = select(LabelledExample.id).where(LabelledExample.id.in_(some), _IS_FREE)
        found |= set(session.scalars(wanted))
    return found


def count(session: Session, site_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how many examples each site has that may teach, and how many of them say harm.

    Pieces of comments are not counted: of few comments there can be many.
    """
    harmful = func.count().filter(
        func.jsonb_path_exists(LabelledExample.labels, _SAYS_HARM)  # of any label but swearing
    )
    rows = session.execute(
        select(LabelledExample.site_id, func.count(), harmful)
        .where(
            LabelledExample.site_id.in_(site_ids),
            _IS_FREE,
            _IS_WHOLE,
        )
        .group_by(LabelledExample.site_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _wanted() -> Select[*tuple[Any, ...]]:
    return (
        select(
            LabelledExample.id,
            LabelledExample.site_id,
            _TEXT.label("text"),
            LabelledExample.labels,
            LabelledExample.language,
            LabelledExample.origin,
            LabelledExample.trust,
            LabelledExample.sender,
            LabelledExample.weight,
            LabelledExample.inclusion,
            LabelledExample.said_at,
            Comment.author_id,
            func.coalesce(Comment.thread_id, Comment.id).label("thread"),
            LabelledExample.released_at,
        )
        .outerjoin(Comment, Comment.id == LabelledExample.comment_id)
        .outerjoin(
            Revision,
            (Revision.comment_id == LabelledExample.comment_id)
            & (Revision.number == LabelledExample.revision),
        )
        .where(func.coalesce(_TEXT, "") != "")
    )


def _gathered(row: Row[Any]) -> Gathered:
    return Gathered(
        id=row.id,
        site_id=row.site_id,
        text=row.text,
        labels={Label(name): float(value) for name, value in row.labels.items()},
        language=row.language,
        origin=row.origin,
        trust=row.trust,
        sender=row.sender,
        weight=row.weight,
        inclusion=row.inclusion,
        said_at=row.said_at,
        author_id=row.author_id,
        thread=row.thread,
        is_released=row.released_at is not None,
    )
