from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.review import aftermath
from service.review.tables import SearchWord
from tests.factories.review import stored_desk, stored_held_comment


def test_a_decision_of_a_smaller_number_and_a_later_time_is_not_skipped(
    session: Session, now: datetime
) -> None:
    desk = stored_desk(session, now=now)
    stored_held_comment(session, desk.site, body="Lorem.", now=now + timedelta(minutes=1))
    stored_held_comment(session, desk.site, body="Ipsum.", now=now)
    assert aftermath.read_on(session, now=now + timedelta(seconds=90)) == 0
    assert aftermath.read_on(session, now=now + timedelta(minutes=3)) == 2
    assert {"lorem", "ipsum"} <= set(session.scalars(select(SearchWord.word)))
