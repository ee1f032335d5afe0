from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from service.authors import actions, queries
from service.authors.errors import AuthorNotFound, SanctionMeaningless
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author
from tests.factories.comments import an_author
from tests.factories.sites import a_site


@pytest.fixture
def author(session: Session) -> Author:
    site = a_site()
    session.add(site)
    session.flush()
    author = an_author(site)
    author.external_id = "user-17"
    session.add(author)
    session.flush()
    return author


def test_another_sanction_takes_the_place_of_the_one_before_and_the_log_keeps_both(
    session: Session, author: Author, now: datetime
) -> None:
    held = actions.lay_sanction(
        session, author, SanctionKind.ALWAYS_HOLD, why="rude", laid_by="Aziza", now=now
    )
    later = now + timedelta(days=1)
    banned = actions.lay_sanction(
        session, author, SanctionKind.BANNED, why="threats", laid_by="Timur", now=later
    )
    assert queries.sanctions(session, author.id) == [banned, held]
    session.refresh(held)
    assert (held.lifted_by, held.lifted_at, banned.lifted_at) == ("Timur", later, None)


def test_lifting_what_does_not_lie_there_does_nothing(
    session: Session, author: Author, now: datetime
) -> None:
    assert not actions.lift_sanction(session, author, lifted_by="Aziza", now=now)


@pytest.mark.parametrize("until", [None, timedelta(0), timedelta(days=-1)])
def test_a_suspension_ends_and_ends_later(
    session: Session, author: Author, now: datetime, until: timedelta | None
) -> None:
    end = None if until is None else now + until
    with pytest.raises(SanctionMeaningless):
        actions.lay_sanction(
            session, author, SanctionKind.SUSPENDED, until=end, why="x", laid_by="A", now=now
        )


def test_an_author_is_found_by_the_sites_own_id(session: Session, author: Author) -> None:
    assert queries.by_external_id(session, author.site_id, "user-17") is author
    with pytest.raises(AuthorNotFound, match="user-18"):
        queries.by_external_id(session, author.site_id, "user-18")
