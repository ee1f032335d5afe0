from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.appeals import actions, queries
from service.appeals.errors import (
    AlreadyAppealed,
    AppealDecided,
    AppealedTextChanged,
    AppealTextUnfit,
    AppealTooLate,
    NothingToAppeal,
    OwnDecision,
)
from service.appeals.outcome import AppealState, Outcome
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions import queries as trail
from service.decisions.closed import Closed
from service.decisions.tables import Actor
from service.examples.origin import Origin
from service.examples.tables import LabelledExample
from service.moderators.tables import Moderator
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site
from service.webhooks.tables import Delivery
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.factories.webhooks import an_endpoint

WINDOW = timedelta(days=183)
WORDS = "I quoted the minister, and do not agree with him."


def an_appeal(session: Session, comment: Comment, now: datetime, *, text: str = WORDS) -> Appeal:
    return actions.appeal(
        session, comment, text, language=ReaderLanguage.RUSSIAN, now=now, window=WINDOW
    )


def decide(
    session: Session,
    appeal: Appeal,
    outcome: Outcome,
    reader: Moderator,
    now: datetime,
    *,
    answer: str | None = None,
) -> Appeal:
    return actions.decide(
        session, appeal, outcome, moderator_id=reader.id, revision=1, answer=answer, now=now
    )


def readable(session: Session, site: Site, moderator: Moderator) -> list[UUID]:
    found = queries.to_read(session, [site.id], moderator.id, after=None, limit=10)
    return [each.appeal.id for each in found]


def status_of(comment: Comment) -> Status:
    return comment.status


def test_an_appeal_waits_for_another_person_than_who_decided(
    session: Session,
    site: Site,
    rejected: Comment,
    *,
    aziza: Moderator,
    baurzhan: Moderator,
    now: datetime,
) -> None:
    appeal = an_appeal(session, rejected, now)
    assert (appeal.state, appeal.text, appeal.rejected_by) == (
        AppealState.WAITING,
        WORDS,
        aziza.id,
    )
    assert readable(session, site, baurzhan) == [appeal.id]
    assert readable(session, site, aziza) == []
    [row] = session.execute(queries.waiting())
    assert (row.comment_id, row.item_id, row.not_by) == (rejected.id, appeal.id, aziza.id)


@pytest.mark.parametrize("outcome", Outcome)
def test_who_rejected_the_comment_cannot_decide_the_appeal(
    session: Session, rejected: Comment, aziza: Moderator, now: datetime, outcome: Outcome
) -> None:
    appeal = an_appeal(session, rejected, now)
    with pytest.raises(OwnDecision):
        decide(session, appeal, outcome, aziza, now)
    with pytest.raises(OwnDecision):
        actions.check_reader(session, rejected.id, aziza.id)
    assert (appeal.state, rejected.status) == (AppealState.WAITING, Status.REJECTED)


def test_what_was_rejected_automatically_may_be_read_by_anybody(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, Status.REJECTED, reason="links", now=now)
    appeal = an_appeal(session, comment, now)
    actions.check_reader(session, comment.id, aziza.id)
    decide(session, appeal, Outcome.UPHELD, aziza, now)
    assert appeal.state is AppealState.UPHELD


def test_overturning_publishes_the_comment_corrects_the_label_and_tells_the_site(
    session: Session, site: Site, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    session.add(an_endpoint(site))
    session.flush()
    appeal = an_appeal(session, rejected, now)
    decide(session, appeal, Outcome.OVERTURNED, baurzhan, now, answer=" You are right. ")
    assert (rejected.status, rejected.public_revision) == (Status.APPROVED, 1)
    newest = trail.history(session, rejected.id)[-1]
    assert (newest.actor, newest.reason, newest.moderator_id) == (
        Actor.APPEAL,
        "appeal_overturned",
        baurzhan.id,
    )
    assert (appeal.state, appeal.answer) == (AppealState.OVERTURNED, "You are right.")
    taught = session.scalars(select(LabelledExample)).one()
    assert (taught.comment_id, taught.origin) == (rejected.id, Origin.APPEAL)
    assert taught.labels == dict.fromkeys(Label, 0.0)
    told = {each.event: each.payload["data"] for each in session.scalars(select(Delivery))}
    assert set(told) == {"comment.approved", "appeal.decided"}
    assert told["appeal.decided"] == {
        "id": str(appeal.id),
        "comment": {"id": str(rejected.id), "external_id": None},
        "article": told["comment.approved"]["article"],
        "outcome": "overturned",
        "decided_at": "2026-11-25T12:00:00Z",
    }


def test_upholding_leaves_the_comment_where_it_is_and_tells_the_site(
    session: Session, site: Site, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    session.add(an_endpoint(site))
    session.flush()
    appeal = an_appeal(session, rejected, now)
    decide(session, appeal, Outcome.UPHELD, baurzhan, now)
    assert (rejected.status, appeal.state) == (Status.REJECTED, AppealState.UPHELD)
    assert len(trail.history(session, rejected.id)) == 1
    assert [each.event for each in session.scalars(select(Delivery))] == ["appeal.decided"]
    assert session.scalars(select(LabelledExample)).all() == []


def test_there_is_one_appeal_for_each_decision(
    session: Session, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    first = an_appeal(session, rejected, now)
    assert an_appeal(session, rejected, now).id == first.id, "the same again is no error"
    with pytest.raises(AlreadyAppealed):
        an_appeal(session, rejected, now, text="And another thing.")
    decide(session, first, Outcome.UPHELD, baurzhan, now)
    with pytest.raises(AlreadyAppealed):
        an_appeal(session, rejected, now, text="And another thing.")


def test_a_new_rejection_of_what_an_appeal_restored_can_be_appealed_again(
    session: Session, rejected: Comment, *, baurzhan: Moderator, aziza: Moderator, now: datetime
) -> None:
    decide(session, an_appeal(session, rejected, now), Outcome.OVERTURNED, baurzhan, now)
    decisions.record(
        session,
        rejected,
        Status.REJECTED,
        actor=Actor.MODERATOR,
        reason="insult",
        moderator_id=baurzhan.id,
        now=now,
    )
    again = an_appeal(session, rejected, now)
    with pytest.raises(OwnDecision):
        decide(session, again, Outcome.OVERTURNED, baurzhan, now)
    decide(session, again, Outcome.OVERTURNED, aziza, now)
    assert status_of(rejected) is Status.APPROVED


def test_an_appeal_is_decided_once(
    session: Session, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    appeal = an_appeal(session, rejected, now)
    decide(session, appeal, Outcome.UPHELD, baurzhan, now)
    with pytest.raises(AppealDecided):
        decide(session, appeal, Outcome.OVERTURNED, baurzhan, now)
    assert rejected.status is Status.REJECTED


def test_a_text_that_changed_after_it_was_read_is_not_published_unread(
    session: Session, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    appeal = an_appeal(session, rejected, now)
    decisions.edit(session, rejected, "Something much worse.", now=now)
    with pytest.raises(AppealedTextChanged):
        decide(session, appeal, Outcome.OVERTURNED, baurzhan, now)
    assert status_of(rejected) is Status.REJECTED


@pytest.mark.parametrize("status", [Status.APPROVED, Status.HELD, Status.WITHDRAWN])
def test_only_what_stands_rejected_can_be_appealed(
    session: Session, site: Site, now: datetime, status: Status
) -> None:
    comment = stored_decided_comment(session, site, status, now=now)
    with pytest.raises(NothingToAppeal):
        an_appeal(session, comment, now)


def test_the_time_to_appeal_ends(session: Session, rejected: Comment, now: datetime) -> None:
    with pytest.raises(AppealTooLate):
        an_appeal(session, rejected, now + WINDOW)
    assert an_appeal(session, rejected, now + WINDOW - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "appeal.empty"),
        (" \u200b\n", "appeal.empty"),
        ("w" * 1001, "appeal.too_long"),
        ("a\x00b", "appeal.unfit"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(
    session: Session, rejected: Comment, now: datetime, text: str, line: str
) -> None:
    with pytest.raises(AppealTextUnfit) as refused:
        an_appeal(session, rejected, now, text=text)
    assert refused.value.line == line


def test_the_longest_appeal_counts_as_the_comment_section_does(
    session: Session, rejected: Comment, now: datetime
) -> None:
    family = "👩‍👩‍👧"
    assert len(an_appeal(session, rejected, now, text=family * 200).text) == 1000


CLOSED = {
    Status.APPROVED: (AppealState.OVERTURNED, AppealState.OVERTURNED),
    Status.REJECTED: (AppealState.UPHELD, AppealState.WAITING),
}


@pytest.mark.parametrize("status", CLOSED)
def test_a_decision_in_the_review_decides_the_appeal_unless_one_confirms_oneself(
    session: Session,
    rejected: Comment,
    *,
    aziza: Moderator,
    baurzhan: Moderator,
    now: datetime,
    status: Status,
) -> None:
    by_another, by_oneself = CLOSED[status]
    for moderator, wanted in ((aziza, by_oneself), (baurzhan, by_another)):
        with session.begin_nested() as undone:
            appeal = an_appeal(session, rejected, now)
            closed = Closed(status, moderator.id, rejected.revision)
            actions.close(session, {rejected.id: closed}, answers={rejected.id: "So."}, now=now)
            assert appeal.state is wanted
            undone.rollback()


def test_an_appeal_on_what_was_decided_otherwise_ends(
    session: Session, site: Site, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    appeal = an_appeal(session, rejected, now)
    decisions.withdraw(session, rejected, now=now)
    assert readable(session, site, baurzhan) == []
    actions.tidy(session, now=now)
    assert appeal.state is AppealState.MOOT


def test_two_tabs_that_appeal_at_once_make_one_appeal(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        comment = stored_decided_comment(session, site, Status.REJECTED, reason="links", now=now)

    def appeal(_: int) -> UUID:
        with database.transaction() as session:
            return an_appeal(session, session.get_one(Comment, comment.id), now).id

    with ThreadPoolExecutor(8) as tabs:
        made = set(tabs.map(appeal, range(16)))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Appeal)) == len(made) == 1
