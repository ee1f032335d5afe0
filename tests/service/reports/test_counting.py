"""By how many people reports count, and how many of them hold a comment again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor, Decision
from service.moderators.tables import Moderator
from service.reports import queries, rules
from service.reports.tables import Report
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.service.reports.saying import a_report, decide, status_of

few = st.sampled_from([b"a", b"b", b"c", b"d"])
reports = st.lists(st.tuples(few, few | st.none()))


@given(reports, reports)
def test_no_report_makes_the_others_count_less_nor_counts_for_more_than_one(
    said: list[tuple[bytes, bytes | None]], more: list[tuple[bytes, bytes | None]]
) -> None:
    before, after = rules.counted(said), rules.counted([*said, *more])
    assert before <= after <= before + len(more)
    assert rules.counted([*said, *said]) == before


def test_what_a_moderator_approved_after_reports_is_held_again_by_new_reports_alone(
    session: Session, comment: Comment, moderator: Moderator, now: datetime
) -> None:
    for reader in range(3):
        a_report(session, comment, reader, now)
    decide(session, comment, Status.APPROVED, moderator, now)
    for reader in range(8):  # the three again, and five more: less than twice the site's bound
        a_report(session, comment, reader, now)
    assert status_of(comment) is Status.APPROVED
    a_report(session, comment, 8, now)
    assert status_of(comment) is Status.HELD


def test_another_text_than_the_one_that_was_let_stand_is_held_by_as_many_as_any(
    session: Session, comment: Comment, moderator: Moderator, now: datetime
) -> None:
    a_report(session, comment, 0, now)
    decide(session, comment, Status.APPROVED, moderator, now)
    decisions.edit(session, comment, "Something worse.", now=now + timedelta(minutes=1))
    decisions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    for reader in range(2):
        a_report(session, comment, reader, now)
    assert status_of(comment) is Status.APPROVED
    a_report(session, comment, 2, now)
    assert status_of(comment) is Status.HELD


def test_many_readers_of_one_network_count_as_one(
    session: Session, comment: Comment, now: datetime
) -> None:
    for reader in range(20):
        a_report(session, comment, reader, now, network=1)
    a_report(session, comment, 20, now, network=2)
    assert status_of(comment) is Status.APPROVED
    a_report(session, comment, 21, now, network=3)
    assert status_of(comment) is Status.HELD


def test_one_reader_of_many_networks_counts_as_one(
    session: Session, comment: Comment, now: datetime
) -> None:
    for network in range(5):
        decisions.edit(session, comment, f"Text {network}.", now=now)
        decisions.record(
            session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now
        )
        a_report(session, comment, 1, now, network=network)
    assert len(session.scalars(select(Report)).all()) == 5
    assert status_of(comment) is Status.APPROVED


def test_moderators_are_told_by_how_many_networks_reports_count(
    session: Session, comment: Comment, now: datetime
) -> None:
    for reader in range(4):
        a_report(session, comment, reader, now, network=reader % 2)
    about = queries.about_reports(session, [comment.id])[comment.id]
    assert (about.count, about.counted) == (4, 2)


def _published(database: Database, *, reports_hold_at: int, now: datetime) -> Comment:
    """Store a published comment on a site that so many reports hold again."""
    with database.transaction() as session:
        site = a_site(preferences={"reports_hold_at": reports_hold_at})
        session.add(site)
        session.flush()
        return stored_decided_comment(session, site, now=now)


def test_as_many_readers_as_may_at_once_hold_a_comment_once(
    database: Database, now: datetime
) -> None:
    comment = _published(database, reports_hold_at=5, now=now)

    def one_more(reader: int) -> None:
        with database.transaction() as session:
            a_report(session, session.get_one(Comment, comment.id), reader, now)

    with ThreadPoolExecutor(8) as readers:
        list(readers.map(one_more, [*range(12), *range(12)]))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 12
        assert session.scalar(select(func.count()).where(Report.is_first)) == 1
        holds = select(func.count()).where(Decision.reason == "reported")
        assert session.scalar(holds) == 1


def test_many_names_of_one_network_never_hold_a_comment_however_fast_they_come(
    database: Database, now: datetime
) -> None:
    comment = _published(database, reports_hold_at=3, now=now)

    def one_more(reader: int) -> None:
        with database.transaction() as session:
            stored = session.get_one(Comment, comment.id)
            a_report(session, stored, reader, now, network=reader % 2)

    with ThreadPoolExecutor(8) as readers:
        list(readers.map(one_more, range(24)))
    with database.transaction() as session:
        assert session.get_one(Comment, comment.id).status is Status.APPROVED
        a_report(session, session.get_one(Comment, comment.id), 24, now, network=2)
        assert session.get_one(Comment, comment.id).status is Status.HELD


def test_reports_that_race_with_a_persons_approval_hold_once_or_count_twice_as_high(
    database: Database, now: datetime
) -> None:
    """Whoever is first: after the approval no fewer than twice the bound hold it again."""
    with database.transaction() as session:
        site = a_site(preferences={"reports_hold_at": 3})
        session.add(site)
        session.flush()
        moderator = stored_moderator(session, site)
        comment = stored_decided_comment(session, site, now=now)
        for reader in range(3):
            a_report(session, comment, reader, now)

    def act(reader: int | None) -> None:
        with database.transaction() as session:
            locked = comments.lock(session, comment.id)
            if reader is None:
                decide(session, locked, Status.APPROVED, moderator, now)
            else:
                a_report(session, locked, reader, now)

    with ThreadPoolExecutor(6) as people:
        list(people.map(act, [3, 4, None, 5, 6, 7]))
    with database.transaction() as session:
        stored = session.get_one(Comment, comment.id)
        assert stored.status is Status.APPROVED, "at most five have come after the approval"
        waiting = session.scalar(select(func.count()).where(Report.resolved_at.is_(None))) or 0
        for reader in range(8, 8 + 6 - waiting):
            assert status_of(stored) is Status.APPROVED
            a_report(session, stored, reader, now)
        assert status_of(stored) is Status.HELD
