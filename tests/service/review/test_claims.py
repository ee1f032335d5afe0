import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.errors import CommentNotFound
from service.comments.status import Status
from service.db import Database
from service.moderators import queries as moderators
from service.moderators.errors import NotSignedIn
from service.review import actions, claims
from service.review.errors import ClaimedByAnother, DecidedMeanwhile, NotHeld, TooManyClaims
from service.review.tables import Claim
from tests.factories.comments import stored_comment
from tests.factories.moderators import stored_moderator
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_site

LEASE = timedelta(minutes=2)
MOST = 200


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def test_the_most_urgent_comment_comes_first(session: Session, desk: Desk, now: datetime) -> None:
    for urgency in (0.2, 0.9, 0.5):
        stored_held_comment(session, desk.site, urgency=urgency, now=now)
    taken = claims.claim_some(
        session, desk.moderator, desk.site_ids, count=5, most=MOST, now=now, lease=LEASE
    )
    assert [comment.urgency for comment in taken] == [0.9, 0.5, 0.2]


def test_of_several_sites_the_most_urgent_comment_comes_first(
    session: Session, desk: Desk, now: datetime
) -> None:
    other = stored_site(session, "other")
    for site, urgency in ((desk.site, 0.2), (other, 0.9), (desk.site, 0.5), (other, 0.4)):
        stored_held_comment(session, site, urgency=urgency, now=now)
    both = (*desk.site_ids, other.id)
    taken = claims.claim_some(
        session, desk.moderator, both, count=9, most=MOST, now=now, lease=LEASE
    )
    assert [comment.urgency for comment in taken] == [0.9, 0.5, 0.4, 0.2]


def test_nothing_waits_for_who_works_on_no_site(session: Session, now: datetime) -> None:
    stored_held_comment(session, stored_site(session, "border"), now=now)
    nobody = stored_moderator(session)
    assert claims.claim_next(session, nobody, (), most=MOST, now=now, lease=LEASE) is None


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.HELD])
def test_only_held_comments_are_handed_out(
    session: Session, desk: Desk, now: datetime, status: Status
) -> None:
    comment = stored_comment(session, desk.site, status=status)
    assert (
        claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
        is None
    )
    with pytest.raises(NotHeld):
        claims.claim(
            session, desk.moderator, desk.site_ids, comment.id, most=MOST, now=now, lease=LEASE
        )


def test_a_colleague_gets_it_only_when_the_lease_has_run_out(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    colleague = stored_desk(session, site=desk.site, now=now)
    claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
    just_before = now + LEASE - timedelta(seconds=1)
    ask = (session, colleague.moderator, colleague.site_ids)
    assert claims.claim_next(*ask, most=MOST, now=just_before, lease=LEASE) is None
    with pytest.raises(ClaimedByAnother, match="Aziza"):
        claims.claim(*ask, comment.id, most=MOST, now=just_before, lease=LEASE)
    assert claims.claim_next(*ask, most=MOST, now=now + LEASE, lease=LEASE) == comment


def test_renewing_keeps_the_claim_and_its_beginning(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    later = now + timedelta(minutes=1)
    for at in (now, later):
        claim = claims.claim(
            session, desk.moderator, desk.site_ids, comment.id, most=MOST, now=at, lease=LEASE
        )
    assert (claim.claimed_at, claim.expires_at) == (now, later + LEASE)


def test_what_is_given_back_is_free_at_once(session: Session, desk: Desk, now: datetime) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    colleague = stored_desk(session, site=desk.site, now=now).moderator
    claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
    claims.release(session, colleague, comment.id)  # not the colleague's to give back
    assert (
        claims.claim_next(session, colleague, desk.site_ids, most=MOST, now=now, lease=LEASE)
        is None
    )
    claims.release(session, desk.moderator, comment.id)
    assert (
        claims.claim_next(session, colleague, desk.site_ids, most=MOST, now=now, lease=LEASE)
        == comment
    )


def test_what_is_decided_is_not_handed_out_while_it_can_be_undone(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    colleague = stored_desk(session, site=desk.site, now=now).moderator
    wish = actions.Wish(Status.APPROVED, revision=1)
    args = (session, desk.moderator, desk.site_ids, comment.id, wish)
    actions.decide(*args, now=now, window=timedelta(hours=1))
    later = now + timedelta(minutes=59)
    assert (
        claims.claim_next(session, colleague, desk.site_ids, most=MOST, now=later, lease=LEASE)
        is None
    )
    with pytest.raises(DecidedMeanwhile, match="Aziza"):
        claims.claim(
            session, colleague, desk.site_ids, comment.id, most=MOST, now=later, lease=LEASE
        )


def test_another_sites_comment_is_not_there(session: Session, desk: Desk, now: datetime) -> None:
    theirs = stored_held_comment(session, stored_site(session, "other"), now=now)
    with pytest.raises(CommentNotFound):
        claims.claim(
            session, desk.moderator, desk.site_ids, theirs.id, most=MOST, now=now, lease=LEASE
        )


def test_nobody_hoards_the_queue(session: Session, desk: Desk, now: datetime) -> None:
    for _ in range(3):
        stored_held_comment(session, desk.site, now=now)
    args = (session, desk.moderator, desk.site_ids)
    assert len(claims.claim_some(*args, count=9, most=2, now=now, lease=LEASE)) == 2
    with pytest.raises(TooManyClaims):
        claims.claim_next(*args, most=2, now=now, lease=LEASE)
    later = now + LEASE
    assert len(claims.claim_some(*args, count=9, most=2, now=later, lease=LEASE)) == 2


def test_two_tabs_asking_at_once_take_no_more_than_there_can_be(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        ids = [stored_held_comment(session, desk.site, now=now).id for _ in range(40)]
    start = threading.Barrier(8)

    def take(tab: int) -> None:
        start.wait()
        for comment_id in ids[tab::8]:
            with database.transaction() as session, suppress(TooManyClaims):
                args = (session, desk.moderator, desk.site_ids)
                if tab % 2:
                    claims.claim(*args, comment_id, most=5, now=now, lease=LEASE)
                else:
                    claims.claim_next(*args, most=5, now=now, lease=LEASE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(8)))
    with database.transaction() as session:
        assert len(claims.mine(session, desk.moderator, now=now)) == 5


def test_who_leaves_is_signed_out_and_gives_everything_back(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    colleague = stored_desk(session, site=desk.site, now=now).moderator
    claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
    claims.dismiss(session, desk.moderator, now=now)
    assert (
        claims.claim_next(session, colleague, desk.site_ids, most=MOST, now=now, lease=LEASE)
        == comment
    )
    token = desk.bearer["Authorization"].removeprefix("Bearer ")
    with pytest.raises(NotSignedIn):
        moderators.signed_in(session, token, now=now)


@pytest.mark.parametrize("run", range(8))
def test_twelve_moderators_asking_at_once_never_get_the_same_comment(
    database: Database, now: datetime, run: int
) -> None:
    assert run >= 0
    with database.transaction() as session:
        desks = [stored_desk(session, now=now)]
        desks += [stored_desk(session, site=desks[0].site, now=now) for _ in range(11)]
        for number in range(40):
            stored_held_comment(session, desks[0].site, urgency=number / 40, now=now)
    start = threading.Barrier(len(desks))

    def take_all(desk: Desk) -> list[str]:
        taken: list[str] = []
        start.wait()
        while True:
            with database.transaction() as session:
                comment = claims.claim_next(
                    session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE
                )
            if comment is None:
                return taken
            taken.append(str(comment.id))

    with ThreadPoolExecutor(len(desks)) as pool:
        taken = [comment for each in pool.map(take_all, desks) for comment in each]
    assert [each for each, times in Counter(taken).items() if times > 1] == []
    with database.transaction() as session:
        assert {str(each) for each in session.scalars(select(Claim.comment_id))} == set(taken)
    # The last ones may be locked by a colleague at the very moment of asking; the next look finds
    # them. All that was handed out was handed out once.
    assert len(taken) == 40


def _claims_stored_backwards(database: Database, now: datetime) -> tuple[Desk, list[UUID]]:
    """Return comments by id whose claims, that have run out, lie in the table the other way round.

    A statement that takes claims as they lie meets the last comment first.
    """
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        ids = sorted(stored_held_comment(session, desk.site, now=now).id for _ in range(2))
        for comment_id in reversed(ids):
            session.add(
                Claim(
                    comment_id=comment_id,
                    moderator_id=desk.moderator.id,
                    claimed_at=now - LEASE,
                    expires_at=now,
                )
            )
            session.flush()
    return desk, ids


def _release_all(session: Session, desk: Desk, now: datetime) -> None:
    assert now
    claims.release_all(session, desk.moderator.id)


def _dismiss(session: Session, desk: Desk, now: datetime) -> None:
    claims.dismiss(session, desk.moderator, now=now)


def _end_expired(session: Session, desk: Desk, now: datetime) -> None:
    assert desk
    claims.end_expired(session, now=now)


@pytest.mark.parametrize("end", [_end_expired, _release_all, _dismiss])
def test_ending_claims_and_renewing_them_never_wait_for_each_other_in_a_circle(
    database: Database, now: datetime, end: Callable[[Session, Desk, datetime], None]
) -> None:
    desk, ids = _claims_stored_backwards(database, now)

    def end_all() -> None:
        with database.transaction() as session:
            end(session, desk, now)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            args = (session, desk.moderator, desk.site_ids)
            claims.claim(*args, ids[0], most=MOST, now=now, lease=LEASE)
            ending = pool.submit(end_all)
            wait([ending], timeout=0.5)
            claims.claim(*args, ids[1], most=MOST, now=now, lease=LEASE)
        ending.result()
    with database.transaction() as session:
        kept = claims.mine(session, desk.moderator, now=now)
    assert kept == (ids if end is _end_expired else [])
