"""Laying sanctions on authors, and lifting them. Every step stays in the log."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.authors.errors import SanctionMeaningless
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author, Sanction


def lay_sanction(
    session: Session,
    author: Author,
    kind: SanctionKind,
    *,
    why: str,
    laid_by: str,
    now: datetime,
    until: datetime | None = None,
) -> Sanction:
    """Lay a sanction on the author, in place of the one before; their next comments meet it.

    Raises:
        SanctionMeaningless: a suspension without an end, or an end that is over.
    """
    if kind is SanctionKind.SUSPENDED and until is None:
        raise SanctionMeaningless(SanctionMeaningless.lines[0])
    if until is not None and until <= now:
        raise SanctionMeaningless(SanctionMeaningless.lines[1])
    lift_sanction(session, author, lifted_by=laid_by, now=now)
    sanction = Sanction(
        author_id=author.id, kind=kind, until=until, why=why, laid_by=laid_by, laid_at=now
    )
    session.add(sanction)
    session.flush()
    return sanction


def lift_sanction(
    session: Session, author: Author, *, lifted_by: str, why: str | None = None, now: datetime
) -> bool:
    """Lift what lies on the author; say whether anything did."""
    # The author's row is the queue of those who do this at once.
    session.execute(select(Author.id).where(Author.id == author.id).with_for_update(key_share=True))
    lifted = session.scalars(
        update(Sanction)
        .where(Sanction.author_id == author.id, Sanction.lifted_at.is_(None))
        .values(lifted_by=lifted_by, lifted_at=now, lifted_why=why)
        .returning(Sanction.id)
    )
    return lifted.one_or_none() is not None
