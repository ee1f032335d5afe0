"""Keeping what people say of a text, and letting go of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from ml.labels import Language
from service.comments.tables import Comment, Revision
from service.db import new_id
from service.examples.origin import Removal, Trust
from service.examples.rules import Judged, Taught, weight_of
from service.examples.tables import LabelledExample, RemovedExample
from service.scoring.tables import Score


def learn(session: Session, site_id: UUID, judged: Judged, *, now: datetime) -> LabelledExample:
    """Keep ``judged``; it takes the place of what was said before about the same subject."""
    of_subject = (
        LabelledExample.site_id == site_id,
        LabelledExample.origin == judged.origin,
        LabelledExample.subject == judged.subject,
    )
    before = session.execute(
        select(LabelledExample.id, LabelledExample.site_id).where(*of_subject).with_for_update()
    ).all()
    bury(session, [(row.id, row.site_id) for row in before], why=Removal.CORRECTED, now=now)
    given = {
        # Another word is another example: what an old snapshot names does not change under it.
        "id": new_id(),
        "text": judged.text,
        "labels": {label.value: value for label, value in judged.labels.items()},
        "language": judged.language,
        "trust": judged.trust,
        "sender": judged.sender,
        "weight": weight_of(judged.origin, judged.trust),
        "said_at": now,
        "quarantine_id": None,
        "released_at": None,
    }
    stored: LabelledExample | None = session.scalar(
        insert(LabelledExample)
        .values(
            site_id=site_id,
            origin=judged.origin,
            subject=judged.subject,
            created_at=now,
            inclusion=1.0,
            **given,
        )
        .on_conflict_do_update(
            index_elements=[
                LabelledExample.site_id,
                LabelledExample.origin,
                LabelledExample.subject,
            ],
            set_={**given, "corrected_at": now},
        )
        .returning(LabelledExample),
        execution_options={"populate_existing": True},
    )
    assert stored is not None  # noqa: S101 - an upsert always returns its row
    return stored


def teach(session: Session, taught: Sequence[Taught], *, now: datetime) -> None:
    """Keep what a person says of comments that are locked, one word for each.

    It takes the place of what was said of the same comment before, through whatever door. Where
    nothing is said of the text's tone, nothing remains. What was said of pieces of it stays.
    """
    if not taught:
        return
    ids = [each.comment_id for each in taught]
    before = session.execute(
        delete(LabelledExample)
        .where(LabelledExample.comment_id.in_(ids), LabelledExample.span_start.is_(None))
        .returning(LabelledExample.id, LabelledExample.site_id)
    ).all()
    bury(session, [(row.id, row.site_id) for row in before], why=Removal.CORRECTED, now=now)
    languages = languages_of(session, ids)
    rows = [
        {
            "id": new_id(),
            "site_id": each.site_id,
            "comment_id": each.comment_id,
            "revision": each.revision,
            "labels": {label.value: value for label, value in each.labels.items()},
            "language": languages.get(each.comment_id, Language.OTHER),
            "origin": each.origin,
            "trust": Trust.MODERATOR,
            "sender": each.sender,
            "weight": weight_of(each.origin, Trust.MODERATOR),
            "inclusion": each.inclusion,
            "subject": f"comment:{each.comment_id}",
            "created_at": now,
            "said_at": now,
        }
        for each in taught
        if each.labels
    ]
    if rows:
        session.execute(insert(LabelledExample), rows)


def languages_of(session: Session, comment_ids: Sequence[UUID]) -> dict[UUID, Language]:
    """Return the language that each comment was last scored in."""
    newest = (
        select(Score.comment_id, Score.language)
        .ext(distinct_on(Score.comment_id))
        .where(Score.comment_id.in_(comment_ids))
        .order_by(Score.comment_id, Score.id.desc())
    )
    return {row.comment_id: row.language for row in session.execute(newest)}


def forget_comments(
    session: Session, comment_ids: Sequence[UUID], *, why: Removal, now: datetime
) -> int:
    """Let go of what was said of these comments, and of copies of their texts on the same site.

    Call it before the texts are erased: copies are found by them. The next snapshot is without
    them, and says so.
    """
    texts = _texts(session, comment_ids)
    is_copy = [
        and_(
            LabelledExample.site_id == site_id,
            # The index is over the digests.
            func.md5(LabelledExample.text) == func.md5(body),
            LabelledExample.text == body,
        )
        for site_id, body in texts
    ]
    gone = session.execute(
        delete(LabelledExample)
        .where(or_(LabelledExample.comment_id.in_(comment_ids), *is_copy))
        .returning(LabelledExample.id, LabelledExample.site_id)
    ).all()
    bury(session, [(row.id, row.site_id) for row in gone], why=why, now=now)
    return len(gone)


def _texts(session: Session, comment_ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    """Return every text that the comments have and had, with its site; not what is empty."""
    now_there = select(Comment.site_id, Comment.body).where(Comment.id.in_(comment_ids))
    before = (
        select(Comment.site_id, Revision.body)
        .join(Comment, Comment.id == Revision.comment_id)
        .where(Comment.id.in_(comment_ids))
    )
    return {
        (site_id, body)
        for wanted in (now_there, before)
        for site_id, body in session.execute(wanted)
        if body
    }


def bury(
    session: Session, gone: Sequence[tuple[UUID, UUID]], *, why: Removal, now: datetime
) -> None:
    """Remember that examples, each with its site, are gone: their ids, and why."""
    if gone:
        rows = [
            {"example_id": example_id, "site_id": site_id, "why": why, "removed_at": now}
            for example_id, site_id in gone
        ]
        session.execute(insert(RemovedExample).on_conflict_do_nothing(), rows)
