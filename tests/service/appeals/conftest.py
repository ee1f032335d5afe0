from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site()
    session.add(site)
    session.flush()
    return site


@pytest.fixture
def aziza(session: Session, site: Site) -> Moderator:
    """Return the moderator who rejects."""
    return stored_moderator(session, site, name="Aziza")


@pytest.fixture
def baurzhan(session: Session, site: Site) -> Moderator:
    """Return the moderator who reads the appeal."""
    return stored_moderator(session, site, name="Baurzhan")


@pytest.fixture
def rejected(session: Session, site: Site, aziza: Moderator, now: datetime) -> Comment:
    """Return a comment that Aziza rejected as an insult."""
    return stored_decided_comment(
        session,
        site,
        Status.REJECTED,
        by=aziza,
        reason="insult",
        sentence="The comment belittles a person or a group of people.",
        now=now,
    )
