import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.articles.errors import ArticleClosed
from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.errors import (
    ExternalIdTaken,
    ParentElsewhere,
    ParentNotFound,
    ParentWithdrawn,
)
from service.comments.intake import Intake
from service.comments.status import Status
from service.comments.submission import Stored, Submission
from service.comments.tables import Comment
from service.db import Database, asynchronous_engine
from service.decisions import actions as decisions
from service.errors import Unavailable
from tests.factories.comments import stored_comment
from tests.factories.submissions import a_sent_comment, a_submission, with_part
from tests.service.comments.conftest import OpenIntake
from tests.service.keys import Caller

Outcomes = list[Stored | BaseException]


async def _submit_all(intake: Intake, submissions: Sequence[Submission]) -> Outcomes:
    return await asyncio.gather(*map(intake.submit, submissions), return_exceptions=True)


def _store(open_intake: OpenIntake, submissions: Sequence[Submission]) -> Outcomes:
    async def within_a_loop() -> Outcomes:
        async with open_intake() as intake:
            return await _submit_all(intake, submissions)

    return asyncio.run(within_a_loop())


def _count(session: Session, table: type[Comment | Article | Author]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_a_comment_sent_many_times_at_once_is_stored_once(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    sent = a_sent_comment(external_id="comment-1")
    outcomes = _store(open_intake, [a_submission(caller.site, sent) for _ in range(32)])
    assert {o.id for o in outcomes if isinstance(o, Stored)} == {_only_id(database)}
    assert sum(isinstance(o, Stored) and o.is_new for o in outcomes) == 1
    assert len(outcomes) == 32


def _only_id(database: Database) -> object:
    with database.transaction() as session:
        return session.scalars(select(Comment.id)).one()


def test_thousands_with_doubles_among_them_are_stored_once_each(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    numbers = [number * 7919 % 1500 for number in range(4000)]
    sent = [
        with_part(
            with_part(
                a_sent_comment(external_id=f"c{n}", body=f"Comment {n}"),
                "article",
                id=f"a{n % 7}",
                title=f"A headline that changes all the time, {n}",
            ),
            "author",
            id=f"u{n % 100}",
        )
        for n in numbers
    ]

    async def from_two_processes() -> Outcomes:
        submissions = [a_submission(caller.site, each) for each in sent]
        async with open_intake() as one, open_intake() as other:
            halves = await asyncio.gather(
                _submit_all(one, submissions[::2]), _submit_all(other, submissions[1::2])
            )
        return [*halves[0], *halves[1]]

    outcomes = asyncio.run(from_two_processes())
    assert [o for o in outcomes if not isinstance(o, Stored)] == []
    assert sum(isinstance(o, Stored) and o.is_new for o in outcomes) == 1500
    with database.transaction() as session:
        counts = [_count(session, table) for table in (Comment, Article, Author)]
    assert counts == [1500, 7, 100]


def test_without_an_external_id_every_comment_is_a_new_one(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    _store(open_intake, [a_submission(caller.site) for _ in range(3)])
    with database.transaction() as session:
        assert _count(session, Comment) == 3


@pytest.mark.parametrize("at_once", [True, False])
def test_another_comment_under_the_same_external_id_is_refused(
    open_intake: OpenIntake, caller: Caller, *, at_once: bool
) -> None:
    one = a_submission(caller.site, a_sent_comment(external_id="c", body="One."))
    other = a_submission(caller.site, a_sent_comment(external_id="c", body="Another."))
    if at_once:
        outcomes = _store(open_intake, [one, other])
    else:
        outcomes = _store(open_intake, [one]) + _store(open_intake, [other])
    [stored] = [o for o in outcomes if isinstance(o, Stored)]
    [refused] = [o for o in outcomes if isinstance(o, ExternalIdTaken)]
    assert str(stored.id) in refused.detail


def test_what_is_sent_under_the_id_of_a_withdrawn_comment_is_that_comment(
    open_intake: OpenIntake, database: Database, caller: Caller, now: datetime
) -> None:
    sent = a_sent_comment(external_id="c")
    [first] = _store(open_intake, [a_submission(caller.site, sent)])
    assert isinstance(first, Stored)
    with database.transaction() as session:
        decisions.withdraw(session, session.get_one(Comment, first.id), now=now)
    other = a_sent_comment(external_id="c", body="Another.")
    outcomes = _store(open_intake, [a_submission(caller.site, each) for each in (sent, other)])
    assert all(isinstance(o, Stored) and not o.is_new for o in outcomes)
    assert {(o.id, o.status) for o in outcomes if isinstance(o, Stored)} == {
        (first.id, Status.WITHDRAWN)
    }
    with database.transaction() as session:
        assert _count(session, Comment) == 1
        assert session.get_one(Comment, first.id).body == ""


def test_two_sites_may_use_the_same_external_id(
    open_intake: OpenIntake, caller: Caller, stranger: Caller
) -> None:
    sent = a_sent_comment(external_id="c")
    outcomes = _store(open_intake, [a_submission(c.site, sent) for c in (caller, stranger)])
    assert all(isinstance(o, Stored) and o.is_new for o in outcomes)


def test_what_is_sent_again_answers_where_the_comment_stands_now(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    sent = a_sent_comment(external_id="c")
    _store(open_intake, [a_submission(caller.site, sent)])
    with database.transaction() as session:
        session.execute(update(Comment).values(status=Status.HELD, body="Edited since."))
    [again] = _store(open_intake, [a_submission(caller.site, sent)])
    assert isinstance(again, Stored)
    assert (again.status, again.is_new) == (Status.HELD, False)


def test_one_that_cannot_be_stored_does_not_take_its_neighbours_along(
    open_intake: OpenIntake,
    database: Database,
    caller: Caller,
) -> None:
    good = [a_submission(caller.site, a_sent_comment(external_id=f"c{n}")) for n in range(5)]
    bad = good[2]._replace(body="no rule would let \0 pass")
    outcomes = _store(open_intake, [*good[:2], bad, *good[3:]])
    assert [isinstance(o, Stored) for o in outcomes] == [True, True, False, True, True]
    assert isinstance(outcomes[2], DBAPIError)
    with database.transaction() as session:
        assert _count(session, Comment) == 4


def test_who_stops_waiting_takes_nothing_back(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    async def leave_at_once() -> None:
        async with open_intake() as intake:
            waiting = asyncio.create_task(intake.submit(a_submission(caller.site)))
            await asyncio.sleep(0)
            waiting.cancel()

    asyncio.run(leave_at_once())
    with database.transaction() as session:
        assert _count(session, Comment) == 1


def test_what_was_gathered_is_stored_at_shutdown(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    async def shut_down_before_the_linger_ends() -> Outcomes:
        async with open_intake(linger=timedelta(hours=1)) as intake, asyncio.TaskGroup() as tasks:
            submissions = [a_submission(caller.site) for _ in range(700)]
            waiting = tasks.create_task(_submit_all(intake, submissions))
            await asyncio.sleep(0.01)
            await intake.close()
        return waiting.result()

    outcomes = asyncio.run(shut_down_before_the_linger_ends())
    assert all(isinstance(o, Stored) for o in outcomes)
    with database.transaction() as session:
        assert _count(session, Comment) == 700


def test_a_burst_wakes_the_workers_a_few_times_and_always_after_its_last_commit(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    seen: list[int] = []

    def wake() -> None:
        with database.transaction() as session:
            seen.append(_count(session, Comment))

    async def send_a_burst() -> None:
        async with open_intake(wake=wake, most=10) as intake:
            await _submit_all(intake, [a_submission(caller.site) for _ in range(1000)])

    asyncio.run(send_a_burst())
    assert seen[-1] == 1000
    assert len(seen) < 100


def test_what_was_stored_before_wakes_nobody(open_intake: OpenIntake, caller: Caller) -> None:
    woken: list[None] = []

    async def send_again() -> None:
        async with open_intake(wake=lambda: woken.append(None)) as intake:
            await intake.submit(a_submission(caller.site, a_sent_comment(external_id="c")))

    asyncio.run(send_again())
    asyncio.run(send_again())
    assert len(woken) == 1


def test_a_reply_marks_its_parent_and_stands_under_it(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    [parent] = _store(open_intake, [a_submission(caller.site)])
    assert isinstance(parent, Stored)
    sent = a_sent_comment(parent_id=str(parent.id))
    [reply] = _store(open_intake, [a_submission(caller.site, sent)])
    assert isinstance(reply, Stored)
    with database.transaction() as session:
        assert session.get_one(Comment, parent.id).has_replies
        assert session.get_one(Comment, reply.id).parent_id == parent.id
        assert not session.get_one(Comment, reply.id).has_replies


def test_a_reply_needs_a_parent_of_its_own_site_and_article_that_is_not_withdrawn(
    open_intake: OpenIntake, database: Database, caller: Caller, stranger: Caller
) -> None:
    with database.transaction() as session:
        elsewhere = stored_comment(session, caller.site)
        foreign = stored_comment(session, stranger.site)
    [withdrawn] = _store(open_intake, [a_submission(caller.site)])
    assert isinstance(withdrawn, Stored)
    with database.transaction() as session:
        session.get_one(Comment, withdrawn.id).status = Status.WITHDRAWN
    parents = [elsewhere.id, foreign.id, withdrawn.id, a_submission(caller.site).id]
    replies = [a_submission(caller.site, a_sent_comment(parent_id=str(p))) for p in parents]
    outcomes = _store(open_intake, [*replies, a_submission(caller.site)])
    assert [type(o) for o in outcomes] == [
        ParentElsewhere,
        ParentNotFound,
        ParentWithdrawn,
        ParentNotFound,
        Stored,
    ]


def test_a_closed_article_takes_no_comment_but_remembers_those_it_has(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    sent = a_sent_comment(external_id="before")
    _store(open_intake, [a_submission(caller.site, sent)])
    with database.transaction() as session:
        session.execute(update(Article).values(is_open=False))
    late = a_submission(caller.site, a_sent_comment(external_id="after"))
    outcomes = _store(open_intake, [a_submission(caller.site, sent), late])
    assert [type(o) for o in outcomes] == [Stored, ArticleClosed]


def test_a_new_title_or_name_replaces_the_old_one_and_the_comment_keeps_the_name_it_came_with(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    before = a_sent_comment()
    after = with_part(before, "article", title="A new headline", url="https://news.example/new")
    after = with_part(after, "author", name="Malika K.", email="m@example.org")
    for sent in (before, after, with_part(after, "author", email=None)):
        _store(open_intake, [a_submission(caller.site, sent)])
    with database.transaction() as session:
        article = session.scalars(select(Article)).one()
        author = session.scalars(select(Author)).one()
        names = session.scalars(select(Comment.author_name).order_by(Comment.id)).all()
    assert (article.title, article.url) == ("A new headline", "https://news.example/new")
    assert (author.name, author.email) == ("Malika K.", "m@example.org")
    assert names == ["Malika", "Malika K.", "Malika K."]


def test_a_database_that_restarts_between_two_comments_is_met_again(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    async def lose_every_connection_in_between() -> Outcomes:
        async with open_intake() as intake:
            first = await _submit_all(intake, [a_submission(caller.site)])
            with database.transaction() as session:
                session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND application_name = 'parley intake'"
                    )
                )
            return first + await _submit_all(intake, [a_submission(caller.site)])

    outcomes = asyncio.run(lose_every_connection_in_between())
    assert all(isinstance(o, Stored) for o in outcomes)


def test_a_database_that_is_not_there_is_told_to_everybody_who_waits(
    caller: Caller,
) -> None:
    async def send() -> Outcomes:
        engine = asynchronous_engine("postgresql+asyncpg://u:p@127.0.0.1:1/none", pool_size=6)
        intake = Intake(engine, linger=timedelta(0), most=10, wake=lambda: None)
        outcomes = await _submit_all(intake, [a_submission(caller.site) for _ in range(25)])
        await intake.close()
        await engine.dispose()
        return outcomes

    assert {type(o) for o in asyncio.run(send())} == {Unavailable}


def test_a_batch_tried_again_after_a_commit_that_nobody_heard_of_finds_its_own(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    submission = a_submission(caller.site)
    _store(open_intake, [submission])
    [again] = _store(open_intake, [submission])
    assert isinstance(again, Stored)
    assert again.id == submission.id
    with database.transaction() as session:
        assert _count(session, Comment) == 1


def test_a_parent_that_is_withdrawn_while_its_reply_is_stored_gets_no_reply(
    open_intake: OpenIntake, database: Database, caller: Caller
) -> None:
    [parent] = _store(open_intake, [a_submission(caller.site)])
    assert isinstance(parent, Stored)
    reply = a_submission(caller.site, a_sent_comment(parent_id=str(parent.id)))

    async def reply_while_it_is_withdrawn() -> Outcomes:
        async with open_intake() as intake:
            with database.transaction() as session:
                session.get_one(Comment, parent.id).status = Status.WITHDRAWN
                session.flush()
                # The reply finds the parent as it was, and waits for its lock.
                waiting = asyncio.create_task(_submit_all(intake, [reply]))
                await _until_somebody_waits_for_a_lock(database)
            return await waiting

    assert [type(o) for o in asyncio.run(reply_while_it_is_withdrawn())] == [ParentWithdrawn]


async def _until_somebody_waits_for_a_lock(database: Database) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        with database.engine.connect() as connection:
            if connection.scalar(waits):
                return
        await asyncio.sleep(0.02)
    pytest.fail("nobody waits")
