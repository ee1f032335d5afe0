from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site(preferences={"reports_hold_at": 3})
    session.add(site)
    session.flush()
    return site


@pytest.fixture
def comment(session: Session, site: Site, now: datetime) -> Comment:
    return stored_decided_comment(session, site, now=now)


@pytest.fixture
def moderator(session: Session, site: Site) -> Moderator:
    return stored_moderator(session, site)
