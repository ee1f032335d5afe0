"""Reads of authors."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.authors.errors import AuthorNotFound
from service.authors.tables import Author, Sanction


def by_external_id(session: Session, site_id: UUID, external_id: str) -> Author:
    """Return the author whom the site knows by this id.

    Raises:
        AuthorNotFound: the site has sent no comment of theirs.
    """
    known = select(Author).where(Author.site_id == site_id, Author.external_id == external_id)
    # A site may have sent one author under several identities; the first one stands for all.
    found = session.scalars(known.order_by(Author.created_at, Author.id).limit(1)).one_or_none()
    if found is None:
        raise AuthorNotFound(external_id)
    return found


def get(session: Session, site_ids: Collection[UUID], author_id: UUID) -> Author:
    """Return the author.

    Raises:
        AuthorNotFound: there is none on these sites.
    """
    author: Author | None = session.get(Author, author_id)
    if author is None or author.site_id not in site_ids:
        raise AuthorNotFound
    return author


def sanction_in_force(session: Session, author_id: UUID, *, now: datetime) -> Sanction | None:
    """Return what lies on the author now."""
    return in_force(session, [author_id], now=now).get(author_id)


def in_force(
    session: Session, author_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Sanction]:
    """Return what lies on each of these authors now, of those on whom anything does."""
    laid = select(Sanction).where(
        Sanction.author_id.in_(author_ids),
        Sanction.lifted_at.is_(None),
        or_(Sanction.until.is_(None), Sanction.until > now),
    )
    return {sanction.author_id: sanction for sanction in session.scalars(laid)}


def sanctions(session: Session, author_id: UUID) -> list[Sanction]:
    """Return all that was ever laid on the author, newest first."""
    laid = select(Sanction).where(Sanction.author_id == author_id)
    return list(session.scalars(laid.order_by(Sanction.id.desc())))
