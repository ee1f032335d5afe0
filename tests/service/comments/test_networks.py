from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments import networks
from service.comments.tables import Comment
from tests.factories.comments import stored_comment
from tests.factories.sites import a_site

KEPT = timedelta(days=30)


def _id_of(at: datetime, number: int) -> UUID:
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | number)


def test_a_network_is_forgotten_when_its_time_is_over(session: Session, now: datetime) -> None:
    site = a_site()
    session.add(site)
    session.flush()
    ages = {1: KEPT + timedelta(seconds=1), 2: KEPT - timedelta(seconds=1), 3: timedelta(0)}
    for number, age in ages.items():
        comment = stored_comment(session, site, id=_id_of(now - age, number))
        comment.reader_network = "hash"
    session.flush()
    assert networks.forget(session, kept=KEPT, now=now) == 1
    assert networks.forget(session, kept=KEPT, now=now) == 0
    kept = session.execute(
        select(Comment.id, Comment.reader_network)
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    )
    assert [network for _, network in kept] == [None, "hash", "hash"]
