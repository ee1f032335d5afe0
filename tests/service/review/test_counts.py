from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from service.db import new_id
from service.review import counts
from service.review.queue_names import Queue
from tests.factories.review import Desk, stored_desk, stored_held_comment


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _held(session: Session, desk: Desk) -> counts.Waiting:
    found = {each.queue: each for each in counts.waiting(session, desk.site_ids)}
    return found[Queue.HELD]


def test_what_waits_is_counted_up_to_a_limit_and_no_further(
    session: Session, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.review.counts.COUNTED_MOST", 3)
    for number in range(1, 6):
        stored_held_comment(session, desk.site, now=now)
        found = _held(session, desk)
        assert (found.count, found.is_capped) == (min(number, 3), number > 3)


def test_the_oldest_is_known_beyond_the_limit(
    session: Session, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.review.counts.COUNTED_MOST", 1)
    for minutes in (9, 5, 1):
        sent_at = now - timedelta(minutes=minutes)
        stored_held_comment(session, desk.site, now=now, changes={"created_at": sent_at})
    assert _held(session, desk).oldest_at == now - timedelta(minutes=9)


def test_what_is_far_from_every_operating_point_is_not_uncertain(
    session: Session, desk: Desk, now: datetime
) -> None:
    for margin in (0.01, 0.05, 0.06, None):
        stored_held_comment(session, desk.site, now=now, changes={"margin": margin})
    found = {each.queue: each.count for each in counts.waiting(session, desk.site_ids)}
    assert (found[Queue.UNCERTAIN], found[Queue.HELD]) == (2, 4)


def test_nothing_waits_for_who_works_on_no_site(session: Session) -> None:
    assert counts.waiting(session, ()) == []


def test_what_is_not_for_a_moderator_is_neither_counted_nor_the_oldest_for_that_one(
    now: datetime,
) -> None:
    site_id, ana, oldest, newer = new_id(), new_id(), now - timedelta(hours=2), now
    apart = (counts.Apart(ana, 2, oldest), counts.Apart(None, 3, newer))
    waiting = counts.Waiting(
        site_id, Queue.APPEALS, 5, is_capped=False, oldest_at=oldest, apart=apart
    )
    for_ana = waiting.as_seen_by(ana)
    assert (for_ana.count, for_ana.oldest_at) == (3, newer)
    assert waiting.as_seen_by(new_id()) == waiting


def test_what_is_decided_while_it_is_counted_does_not_make_less_than_nothing_wait(
    now: datetime,
) -> None:
    ana = new_id()
    waiting = counts.Waiting(
        new_id(),
        Queue.AUDIT,
        1,
        is_capped=False,
        oldest_at=now,
        apart=(counts.Apart(ana, 2, now),),
    )
    for_ana = waiting.as_seen_by(ana)
    assert (for_ana.count, for_ana.oldest_at) == (0, None)


def test_where_all_that_was_looked_at_is_ones_own_the_rest_waits_since_a_time(
    now: datetime,
) -> None:
    ana, oldest = new_id(), now - timedelta(hours=2)
    waiting = counts.Waiting(
        new_id(),
        Queue.AUDIT,
        1500,
        is_capped=False,
        oldest_at=oldest,
        apart=(counts.Apart(ana, 1000, oldest),),
    )
    for_ana = waiting.as_seen_by(ana)
    assert (for_ana.count, for_ana.oldest_at) == (500, oldest)
