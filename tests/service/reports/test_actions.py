from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions import queries as trail
from service.decisions.tables import Actor
from service.moderators.tables import Moderator
from service.reports import actions, queries
from service.reports.errors import GoodFaithMissing, NothingToReport, WordsUnfit
from service.reports.reason import NoticeState, ReportReason, Resolution
from service.reports.tables import Report
from service.sites.tables import Site
from service.webhooks.tables import Delivery
from tests.factories.published import stored_decided_comment
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
