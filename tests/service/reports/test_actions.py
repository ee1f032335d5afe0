from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions import queries as trail
from service.decisions.tables import Actor, Decision
from service.moderators.tables import Moderator
from service.reports import actions, queries
from service.reports.errors import GoodFaithMissing, NothingToReport, WordsUnfit
from service.reports.reason import NoticeState, ReportReason, Resolution
from service.reports.tables import Report
from service.sites.tables import Site
from service.webhooks.tables import Delivery
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.factories.webhooks import an_endpoint
from tests.service.reports.saying import a_notice, a_report, decide, status_of


def test_a_report_is_kept_with_the_words_of_the_reader(
    session: Session, comment: Comment, now: datetime
) -> None:
    kept = a_report(
        session, comment, 1, now, reason=ReportReason.THREAT, words="  He names my street.\r\n "
    )
    assert (kept.reason, kept.words) == (ReportReason.THREAT, "He names my street.")
    assert (kept.revision, kept.resolved_at) == (1, None)


def test_a_reader_who_reports_again_changes_nothing(
    session: Session, comment: Comment, now: datetime
) -> None:
    first = a_report(session, comment, 1, now, reason=ReportReason.SPAM, words="An advertisement.")
    for _ in range(5):
        again = a_report(session, comment, 1, now, reason=ReportReason.HATE, words="And hate.")
        assert (again.id, again.reason) == (first.id, ReportReason.SPAM)
    assert status_of(comment) is Status.APPROVED


def test_reports_of_enough_readers_hold_the_comment_again(
    session: Session, site: Site, comment: Comment, now: datetime
) -> None:
    session.add(an_endpoint(site))
    session.flush()
    for reader, reason in enumerate([ReportReason.SPAM, ReportReason.INSULT]):
        a_report(session, comment, reader, now, reason=reason)
    assert status_of(comment) is Status.APPROVED
    a_report(session, comment, 7, now)
    assert (comment.status, comment.public_revision) == (Status.HELD, None)
    newest = trail.history(session, comment.id)[-1]
    assert (newest.actor, newest.reason) == (Actor.POLICY, "reported")
    assert newest.reasons == [
        {
            "code": "reported",
            "sentence": "Readers reported it 3 times: 2 as an insult, 1 as spam.",
        }
    ]
    assert [each.event for each in session.scalars(select(Delivery))] == ["comment.held"]
    a_report(session, comment, 8, now)
    assert len(trail.history(session, comment.id)) == 2, "held once"


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


RESOLUTIONS = {Status.APPROVED: Resolution.DISMISSED, Status.REJECTED: Resolution.UPHELD}


@pytest.mark.parametrize("status", RESOLUTIONS)
def test_a_decision_resolves_the_open_reports(
    session: Session, comment: Comment, moderator: Moderator, now: datetime, status: Status
) -> None:
    a_report(session, comment, 1, now)
    decide(session, comment, status, moderator, now)
    session.expire_all()
    kept = session.scalars(select(Report)).one()
    assert (kept.resolved_at, kept.resolution) == (now, RESOLUTIONS[status])
    assert session.execute(queries.waiting_reports()).all() == []


@pytest.mark.parametrize("status", [Status.REJECTED, Status.PENDING, Status.WITHDRAWN])
def test_what_readers_do_not_see_cannot_be_reported(
    session: Session, site: Site, now: datetime, status: Status
) -> None:
    hidden = stored_decided_comment(session, site, status, now=now)
    with pytest.raises(NothingToReport):
        a_report(session, hidden, 1, now)
    with pytest.raises(NothingToReport):
        a_notice(session, hidden, now)


def test_a_report_is_of_the_text_that_readers_see_while_an_edit_waits(
    session: Session, site: Site, now: datetime
) -> None:
    edited = stored_decided_comment(
        session, site, Status.PENDING, now=now, changes={"revision": 2, "public_revision": 1}
    )
    assert a_report(session, edited, 1, now).revision == 1


def test_an_edit_does_not_shake_off_the_reports(
    session: Session, comment: Comment, now: datetime
) -> None:
    for reader in range(2):
        a_report(session, comment, reader, now)
    decisions.edit(session, comment, "Something milder.", now=now)
    a_report(session, comment, 2, now)
    assert status_of(comment) is Status.PENDING, "the policy speaks first"
    decisions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    actions.hold_reported(session, [comment.id], now=now)
    assert status_of(comment) is Status.HELD


def test_a_reader_may_report_another_text_of_the_same_comment_and_counts_once(
    session: Session, comment: Comment, now: datetime
) -> None:
    first = a_report(session, comment, 1, now)
    decisions.edit(session, comment, "Something worse.", now=now)
    decisions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    for _ in range(3):
        assert a_report(session, comment, 1, now).id != first.id
    assert status_of(comment) is Status.APPROVED


@pytest.mark.parametrize("words", ["w" * 501, "a\x00b", "lone \ud800 half"])
def test_words_that_cannot_be_kept_are_refused(
    session: Session, comment: Comment, now: datetime, words: str
) -> None:
    with pytest.raises(WordsUnfit) as refused:
        a_report(session, comment, 1, now, words=words)
    assert refused.value.fields[0].pointer == "/words"


@pytest.mark.parametrize("words", [None, "", " \u200b\n"])
def test_words_that_say_nothing_are_none(
    session: Session, comment: Comment, now: datetime, words: str | None
) -> None:
    assert a_report(session, comment, 1, now, words=words).words is None


def test_a_notice_needs_the_confirmation_of_good_faith(
    session: Session, comment: Comment, now: datetime
) -> None:
    with pytest.raises(GoodFaithMissing):
        a_notice(session, comment, now, good_faith=False)


@pytest.mark.parametrize("missing", ["law", "explanation"])
def test_a_notice_names_the_law_and_says_why(
    session: Session, comment: Comment, now: datetime, missing: str
) -> None:
    with pytest.raises(WordsUnfit) as refused:
        a_notice(session, comment, now, **{missing: "  "})
    assert refused.value.fields[0].pointer == f"/{missing}"


def test_a_notice_waits_and_leaves_the_comment_where_it_is(
    session: Session, comment: Comment, now: datetime
) -> None:
    notice = a_notice(session, comment, now)
    assert notice.state is NoticeState.WAITING
    assert status_of(comment) is Status.APPROVED
    [row] = session.execute(queries.waiting_notices())
    assert tuple(row) == (comment.site_id, comment.id, notice.id, now, None)


def test_of_many_notices_the_first_ten_are_read_and_all_counted(
    session: Session, comment: Comment, now: datetime
) -> None:
    notices = [a_notice(session, comment, now) for _ in range(12)]
    about = queries.about_notices(session, [comment.id])[comment.id]
    assert (about.count, list(about.first)) == (12, notices[:10])


def test_one_row_of_the_queue_stands_for_all_that_is_said_of_a_comment(
    session: Session, comment: Comment, now: datetime
) -> None:
    reports = [a_report(session, comment, reader, now) for reader in range(2)]
    notices = [a_notice(session, comment, now) for _ in range(2)]
    [reported] = session.execute(queries.waiting_reports())
    [noticed] = session.execute(queries.waiting_notices())
    assert (reported.item_id, noticed.item_id) == (reports[0].id, notices[0].id)
    about = queries.about_reports(session, [comment.id])[comment.id]
    assert (about.count, about.by_reason) == (2, {ReportReason.INSULT: 2})
    assert queries.about_notices(session, [comment.id])[comment.id].first == notices


def test_moderators_are_told_by_how_many_networks_reports_count(
    session: Session, comment: Comment, now: datetime
) -> None:
    for reader in range(4):
        a_report(session, comment, reader, now, network=reader % 2)
    about = queries.about_reports(session, [comment.id])[comment.id]
    assert (about.count, about.counted) == (4, 2)


def test_as_many_readers_as_may_at_once_hold_a_comment_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        site = a_site(preferences={"reports_hold_at": 5})
        session.add(site)
        session.flush()
        comment = stored_decided_comment(session, site, now=now)

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
    with database.transaction() as session:
        site = a_site(preferences={"reports_hold_at": 3})
        session.add(site)
        session.flush()
        comment = stored_decided_comment(session, site, now=now)

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
