"""Labels that nobody learns from until a lead has looked at them: set aside, released, dropped."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.comments.tables import Comment, Revision
from service.db import new_id
from service.examples.actions import bury
from service.examples.errors import QuarantineNotFound, QuarantineSettled
from service.examples.origin import Cause, QuarantineState, Removal
from service.examples.suspicion import Burst
from service.examples.tables import LabelledExample, Quarantine
from service.paging import Cursor


def set_aside(session: Session, site_id: UUID, burst: Burst, *, now: datetime) -> Quarantine:
    """Keep the burst's labels from teaching."""
    found = {
        name: value
        for name, value in asdict(burst).items()
        if name not in ("example_ids", "sender", "cause")
    }
    row = Quarantine(
        id=new_id(),
        site_id=site_id,
        sender=burst.sender,
        cause=burst.cause,
        found=found | {"words": list(burst.words)},
        examples=len(burst.example_ids),
        opened_at=now,
    )
    session.add(row)
    session.flush()
    session.execute(
        update(LabelledExample)
        .where(
            LabelledExample.site_id == site_id,
            LabelledExample.id.in_(burst.example_ids),
            LabelledExample.released_at.is_(None),
        )
        .values(quarantine_id=row.id)
        .execution_options(synchronize_session=False)
    )
    return row


def keep_apart(session: Session, site_ids: Collection[UUID]) -> int:
    """Add what senders said since to what waits of them for a lead; return how many labels.

    One who contradicts everybody would otherwise teach again from the next day on, until there are
    contradictions enough to be noticed once more.
    """
    waiting = session.scalars(
        select(Quarantine)
        .where(
            Quarantine.site_id.in_(site_ids),
            Quarantine.state == QuarantineState.OPEN,
            Quarantine.cause == Cause.CONTRADICTS,
        )
        .order_by(Quarantine.id)
        .with_for_update()
    ).all()
    moved = 0
    for row in waiting:
        more = session.scalars(
            update(LabelledExample)
            .where(
                LabelledExample.site_id == row.site_id,
                LabelledExample.sender == row.sender,
                LabelledExample.said_at >= row.opened_at,
                LabelledExample.quarantine_id.is_(None),
                LabelledExample.released_at.is_(None),
            )
            .values(quarantine_id=row.id)
            .returning(LabelledExample.id)
            .execution_options(synchronize_session=False)
        ).all()
        row.examples += len(more)
        moved += len(more)
    return moved


def of_sites(
    session: Session,
    site_ids: Collection[UUID],
    *,
    state: QuarantineState | None,
    after: Cursor | None,
    limit: int,
) -> list[Quarantine]:
    """Return what was set aside, newest first, from the one after the cursor."""
    wanted = select(Quarantine).where(Quarantine.site_id.in_(site_ids))
    if state is not None:
        wanted = wanted.where(Quarantine.state == state)
    if after is not None:
        wanted = wanted.where(Quarantine.id < after.after)
    return list(session.scalars(wanted.order_by(Quarantine.id.desc()).limit(limit)))


def get(session: Session, site_ids: Collection[UUID], quarantine_id: UUID) -> Quarantine:
    """Return one.

    Raises:
        QuarantineNotFound: there is none on these sites.
    """
    found = session.get(Quarantine, quarantine_id)
    if found is None or found.site_id not in site_ids:
        raise QuarantineNotFound
    return found


def texts(
    session: Session, quarantine: Quarantine, *, limit: int
) -> list[tuple[LabelledExample, str]]:
    """Return what is inside, each with its text, newest first."""
    rows = session.execute(
        select(LabelledExample, Comment, Revision.body)
        .outerjoin(Comment, Comment.id == LabelledExample.comment_id)
        .outerjoin(
            Revision,
            (Revision.comment_id == LabelledExample.comment_id)
            & (Revision.number == LabelledExample.revision),
        )
        .where(LabelledExample.quarantine_id == quarantine.id)
        .order_by(LabelledExample.said_at.desc(), LabelledExample.id.desc())
        .limit(limit)
    )
    return [(example, _text(example, comment, old)) for example, comment, old in rows]


def _text(example: LabelledExample, comment: Comment | None, old: str | None) -> str:
    if comment is None:
        return example.text or ""
    text = (comment.body if comment.revision == example.revision else old) or ""
    # Of a whole comment both are None.
    return text[example.span_start : example.span_end]


def release(session: Session, quarantine: Quarantine, *, by: UUID, now: datetime) -> Quarantine:
    """Let the labels teach after all; nothing sets them aside again.

    Raises:
        QuarantineSettled: a lead has settled it otherwise.
    """
    if _settle(session, quarantine, QuarantineState.RELEASED, by=by, now=now):
        session.execute(
            update(LabelledExample)
            .where(LabelledExample.quarantine_id == quarantine.id)
            .values(quarantine_id=None, released_at=now)
            .execution_options(synchronize_session=False)
        )
    return quarantine


def drop(session: Session, quarantine: Quarantine, *, by: UUID, now: datetime) -> Quarantine:
    """Forget the labels, for good. Decisions stay as they are: they are another matter.

    Raises:
        QuarantineSettled: a lead has settled it otherwise.
    """
    if _settle(session, quarantine, QuarantineState.DROPPED, by=by, now=now):
        gone = session.execute(
            delete(LabelledExample)
            .where(LabelledExample.quarantine_id == quarantine.id)
            .returning(LabelledExample.id, LabelledExample.site_id)
        ).all()
        bury(session, [(row.id, row.site_id) for row in gone], why=Removal.DROPPED, now=now)
    return quarantine


def _settle(
    session: Session, quarantine: Quarantine, wanted: QuarantineState, *, by: UUID, now: datetime
) -> bool:
    """Move it; False: it stands there already."""
    session.refresh(quarantine, with_for_update=True)
    if quarantine.state is wanted:
        return False
    if quarantine.state is not QuarantineState.OPEN:
        raise QuarantineSettled(quarantine.state)
    quarantine.state, quarantine.settled_by, quarantine.settled_at = wanted, by, now
    session.flush()
    return True
