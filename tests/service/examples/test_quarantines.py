"""What waits for a lead, and what comes after it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.examples import quarantines, rules
from service.examples.origin import Cause
from service.examples.suspicion import Burst
from service.examples.tables import LabelledExample, Quarantine
from tests.newsroom import Newsroom, a_newsroom, sayings


def set_aside(session: Session, newsroom: Newsroom, sender: str, *, now: datetime) -> Quarantine:
    own = select(LabelledExample.id).where(LabelledExample.sender == sender)
    ids: tuple[UUID, ...] = tuple(session.scalars(own))
    burst = Burst(sender, Cause.CONTRADICTS, ids, judged=20, contradictions=18, usual=0.1)
    return quarantines.set_aside(session, newsroom.site.id, burst, now=now)


def test_what_a_sender_says_while_a_lead_has_not_looked_waits_too(
    session: Session, now: datetime
) -> None:
    newsroom = a_newsroom(session, now=now)
    liar, honest = newsroom.moderators[:2]
    newsroom.decide(session, sayings(20), at=now, by=[liar])
    row = set_aside(session, newsroom, rules.moderator(liar), now=now)
    later = now + timedelta(days=1)
    newsroom.decide(session, sayings(5, seed=1), at=later, by=[liar])
    newsroom.decide(session, sayings(5, seed=2), at=later, by=[honest])
    assert quarantines.keep_apart(session, [newsroom.site.id]) == 5
    assert quarantines.keep_apart(session, [newsroom.site.id]) == 0
    assert row.examples == 25
    free = session.scalars(
        select(LabelledExample.sender).where(LabelledExample.quarantine_id.is_(None))
    )
    assert set(free) == {rules.moderator(honest)}


def test_once_a_lead_has_released_them_the_sender_teaches_again(
    session: Session, now: datetime
) -> None:
    newsroom = a_newsroom(session, now=now)
    accused, lead = newsroom.moderators[:2]
    newsroom.decide(session, sayings(20), at=now, by=[accused])
    row = set_aside(session, newsroom, rules.moderator(accused), now=now)
    quarantines.release(session, row, by=lead, now=now)
    newsroom.decide(session, sayings(5, seed=1), at=now + timedelta(days=1), by=[accused])
    assert quarantines.keep_apart(session, [newsroom.site.id]) == 0
