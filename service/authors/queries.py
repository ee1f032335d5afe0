"""Reads of authors."""

from uuid import UUID

from sqlalchemy import select
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


def sanctions(session: Session, author_id: UUID) -> list[Sanction]:
    """Return all that was ever laid on the author, newest first."""
    laid = select(Sanction).where(Sanction.author_id == author_id)
    return list(session.scalars(laid.order_by(Sanction.id.desc())))
