import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.comments.news import Kind, News, tell
from service.comments.status import Status
from service.db import Database, new_id
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.moderators import actions as moderators
from service.moderators.queries import digest_of
from service.review import actions, claims
from service.review.actions import Wish
from service.review.errors import TooManyListeners
from service.review.listening import (
    APPLICATION,
    Arrived,
    Changed,
    Counted,
    Every,
    Listening,
    Missed,
    Told,
)
from service.review.queue_names import Queue
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment

QUICK = Every(gathered=0.01, counted=0.05, looked=0.3)
LEASE, WINDOW, MOST = timedelta(minutes=2), timedelta(seconds=8), 20
APPROVE = Wish(Status.APPROVED, revision=1)


class Page:
    """One page that listens, and what it was told so far."""

    def __init__(self, listening: Listening, desk: Desk) -> None:
        self.told: list[Told] = []
        token = desk.bearer["Authorization"].removeprefix("Bearer ")
        self.listener = listening.join(desk.moderator.id, digest_of(token), desk.site_ids)
        self._task = asyncio.create_task(self._listen(listening))

    async def hears(self, is_it: Callable[[Told], bool]) -> None:
        """Wait until the page is told something of which ``is_it`` says yes."""
        for _ in range(6000):
            if any(map(is_it, self.told)):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"was told only {self.told}")

    async def is_let_go(self) -> None:
        await asyncio.wait_for(self._task, 60)

    async def _listen(self, listening: Listening) -> None:
        async for something in listening.stream(self.listener):
            self.told.append(something)


@pytest.fixture
def desk(database: Database, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now)


@pytest.fixture
def listening(database: Database, database_url: str, now: datetime) -> Listening:
    return Listening(
        database_url, database, (), most=3, most_each=2, clock=lambda: now, every=QUICK
    )


def _run(listening: Listening, story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        async with listening.opened():
            await story()

    asyncio.run(told())


def test_who_stops_listening_waits_for_what_is_being_read(
    listening: Listening, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Event(), Event()

    def slow(*_: object) -> list[object]:
        begun.set()
        time.sleep(0.3)
        ended.set()
        return []

    monkeypatch.setattr("service.review.counts.waiting", slow)

    async def has_waited() -> bool:
        async with listening.opened():
            Page(listening, desk)
            await asyncio.to_thread(begun.wait, 60)
        return ended.is_set()

    assert asyncio.run(has_waited())


def _counts(held: int) -> Callable[[Told], bool]:
    def is_it(told: Told) -> bool:
        return isinstance(told, Counted) and any(
            each.queue is Queue.HELD and each.count == held for each in told.overview.waiting
        )

    return is_it


def _arrives(comment_id: UUID) -> Callable[[Told], bool]:
    return lambda told: isinstance(told, Arrived) and comment_id in told.comment_ids


def _stands(comment_id: UUID, *, by: str | None, chosen: Status | None) -> Callable[[Told], bool]:
    def is_it(told: Told) -> bool:
        return isinstance(told, Changed) and any(
            each.id == comment_id
            and each.claimed_by == by
            and (each.choice and each.choice.status) == chosen
            for each in told.standings
        )

    return is_it


def _hold(session: Session, desk: Desk, *, now: datetime) -> UUID:
    """Have the policy hold a comment that waited for it."""
    comment = stored_comment(session, desk.site)
    decisions.record(
        session, comment, Status.HELD, actor=Actor.POLICY, reason="score_insult", now=now
    )
    return comment.id


def test_the_counts_come_at_once_and_again_when_they_change(
    database: Database, listening: Listening, desk: Desk, now: datetime
) -> None:
    async def story() -> None:
        page = Page(listening, desk)
        await page.hears(_counts(0))
        with database.transaction() as session:
            held = _hold(session, desk, now=now)
        await page.hears(_arrives(held))
        await page.hears(_counts(1))

    _run(listening, story)


def test_what_a_colleague_does_is_told_as_it_happens(
    database: Database, listening: Listening, desk: Desk, now: datetime
) -> None:
    with database.transaction() as session:
        colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
        comment_id = stored_held_comment(session, desk.site, now=now).id
    theirs = (colleague.moderator, desk.site_ids, comment_id)

    async def story() -> None:
        page = Page(listening, desk)
        await page.hears(_counts(1))
        with database.transaction() as session:
            claims.claim(session, *theirs, most=MOST, now=now, lease=LEASE)
        await page.hears(_stands(comment_id, by="Baurzhan", chosen=None))
        with database.transaction() as session:
            choice = actions.decide(session, *theirs, APPROVE, now=now, window=WINDOW)
        await page.hears(_stands(comment_id, by="Baurzhan", chosen=Status.APPROVED))
        await page.hears(_counts(0))
        page.told.clear()
        with database.transaction() as session:
            actions.undo(session, colleague.moderator, choice.id, now=now)
            claims.release(session, colleague.moderator, comment_id)
        await page.hears(_stands(comment_id, by=None, chosen=Status.APPROVED))
        await page.hears(_counts(1))

    _run(listening, story)


def test_neither_another_site_nor_what_never_was_is_told(
    database: Database, listening: Listening, desk: Desk, now: datetime
) -> None:
    with database.transaction() as session:
        elsewhere = stored_desk(session, slug="elsewhere", now=now)

    async def story() -> None:
        page = Page(listening, desk)
        with database.transaction() as session:
            _hold(session, elsewhere, now=now)
        with database.transaction() as session:
            _hold(session, desk, now=now)
            session.rollback()
        with database.transaction() as session:
            held = _hold(session, desk, now=now)
        await page.hears(_arrives(held))
        arrived = [each for each in page.told if isinstance(each, Arrived)]
        assert [list(each.comment_ids) for each in arrived] == [[held]]

    _run(listening, story)


@pytest.mark.parametrize("leaves", ["sign-in ends", "is dismissed", "is off the site"])
def test_whoever_may_not_listen_any_more_is_let_go(
    database: Database, listening: Listening, desk: Desk, now: datetime, leaves: str
) -> None:
    async def story() -> None:
        page = Page(listening, desk)
        await page.hears(_counts(0))
        with database.transaction() as session:
            if leaves == "sign-in ends":
                token = desk.bearer["Authorization"].removeprefix("Bearer ")
                moderators.sign_out(session, token)
            elif leaves == "is dismissed":
                claims.dismiss(session, desk.moderator, now=now)
            else:
                moderators.remove_membership(session, desk.moderator, desk.site)
        await page.is_let_go()

    _run(listening, story)


def test_no_more_listen_than_can(
    database: Database, listening: Listening, desk: Desk, now: datetime
) -> None:
    with database.transaction() as session:
        others = [stored_desk(session, site=desk.site, now=now) for _ in range(2)]

    async def story() -> None:
        first, second = Page(listening, desk), Page(listening, desk)
        await first.hears(_counts(0))
        await second.hears(_counts(0))
        with pytest.raises(TooManyListeners):
            Page(listening, desk)
        third = Page(listening, others[0])
        await third.hears(_counts(0))
        with pytest.raises(TooManyListeners):
            Page(listening, others[1])
        listening.leave(first.listener)
        await first.is_let_go()
        await Page(listening, others[1]).hears(_counts(0))

    _run(listening, story)


def test_a_page_that_does_not_keep_up_is_let_go(
    database: Database, listening: Listening, desk: Desk, now: datetime
) -> None:
    token = desk.bearer["Authorization"].removeprefix("Bearer ")

    async def story() -> None:
        slow = listening.join(desk.moderator.id, digest_of(token), desk.site_ids)
        room = 0
        while slow.tell(Missed(now)):
            room += 1
        assert room == 100
        quick = Page(listening, desk)
        with database.transaction() as session:
            held = _hold(session, desk, now=now)
        await quick.hears(_arrives(held))
        with pytest.raises(TooManyListeners):
            # The slow one's place is free, and this page takes it; the next finds none.
            [Page(listening, desk) for _ in range(2)]

    _run(listening, story)


def test_a_page_that_never_read_anything_is_forgotten(listening: Listening, desk: Desk) -> None:
    token = desk.bearer["Authorization"].removeprefix("Bearer ")

    async def story() -> None:
        for _ in range(2):
            listening.join(desk.moderator.id, digest_of(token), desk.site_ids)
        with pytest.raises(TooManyListeners):
            Page(listening, desk)
        for _ in range(100):
            await asyncio.sleep(0.1)
            with suppress(TooManyListeners):
                await Page(listening, desk).hears(_counts(0))
                return
        raise AssertionError

    _run(listening, story)


def test_a_broken_line_to_the_database_is_taken_up_again_and_the_page_told_so(
    database: Database,
    listening: Listening,
    desk: Desk,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.review.listening._TRIED_AGAIN_SECONDS", (0.05,))
    end = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = :name AND datname = current_database()"
    ).bindparams(name=APPLICATION)

    async def story() -> None:
        page = Page(listening, desk)
        with database.transaction() as session:
            first = _hold(session, desk, now=now)
        await page.hears(_arrives(first))
        with database.transaction() as session:
            assert session.scalar(end) == 1
        await page.hears(lambda told: isinstance(told, Missed))
        with database.transaction() as session:
            second = _hold(session, desk, now=now)
        await page.hears(_arrives(second))

    _run(listening, story)


def test_news_come_out_as_they_went_in_and_are_never_too_long(session: Session) -> None:
    ids = tuple(sorted(new_id() for _ in range(200)))
    news = News(Kind.ARRIVED, new_id(), ids)
    assert News.decode(news.encode()) == news
    assert len(news.encode()) < 8000
    tell(session, Kind.CHANGED, {new_id(): [new_id() for _ in range(1000)]})
