"""What a moderator's screen rests on: evidence, what changed, and comments left to a lead."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.moderators import actions as moderators
from service.moderators.tables import Role
from service.review import actions, claims, counts, escalations, queue, settling, standing
from service.review.actions import Wish
from service.review.errors import ClaimedByAnother, DecidedMeanwhile, LeftToLead, NotHeld
from service.review.evidence import evidence
from service.review.queue_names import Queue, Sort
from service.review.tables import ChoiceState, Escalation
from tests.factories.comments import CommentChanges, a_comment, stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score

LEASE, WINDOW = timedelta(minutes=2), timedelta(seconds=8)
MOST = 20
APPROVE = Wish(Status.APPROVED, revision=1)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


@pytest.fixture
def comment(session: Session, desk: Desk, now: datetime) -> Comment:
    return stored_held_comment(session, desk.site, now=now)


def _page(
    session: Session, desk: Desk, now: datetime, queue_: Queue, sort: Sort = Sort.PRIORITY
) -> list[Comment]:
    return queue.page(
        session,
        desk.site_ids,
        desk.moderator,
        queue=queue_,
        sort=sort,
        after=None,
        limit=10,
        now=now,
    )


def test_the_evidence_puts_each_score_beside_the_sites_thresholds(
    session: Session, comment: Comment, now: datetime
) -> None:
    stored_score(session, comment, insult=0.75, now=now)
    found = {each.label: each for each in evidence(session, comment, now=now).scores}
    insult, spam = found[Label.INSULT], found[Label.SPAM]
    assert (insult.score, insult.hold is not None, insult.reject is not None) == (0.75, True, True)
    assert spam.score is None  # the model version does not support it in this language


def test_a_score_of_a_text_that_was_replaced_is_no_evidence(
    session: Session, comment: Comment, now: datetime
) -> None:
    stored_score(session, comment, insult=0.75, now=now)
    decisions.edit(session, comment, "Another text.", now=now)
    found = evidence(session, comment, now=now)
    assert {each.score for each in found.scores} == {None}
    assert [each.body for each in found.revisions] == ["They are all the same."]


def test_the_evidence_shows_the_thread_above_and_below(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    reply = stored_comment(session, desk.site, body="A reply.", parent_id=comment.id)
    comment.has_replies = True
    session.flush()
    assert list(evidence(session, comment, now=now).replies) == [reply]
    assert list(evidence(session, reply, now=now).ancestors) == [comment]


def test_the_authors_record_counts_thirty_days(
    session: Session, comment: Comment, now: datetime
) -> None:
    card = evidence(session, comment, now=now).card
    for days, status in ((1, Status.APPROVED), (29, Status.REJECTED), (31, Status.REJECTED)):
        at = now - timedelta(days=days)
        session.add(a_comment(card.article, card.author, status=status, created_at=at))
    session.flush()
    record = evidence(session, comment, now=now).author
    assert (record.approved, record.rejected, len(record.recent)) == (1, 1, 3)


def test_a_comment_left_to_a_lead_waits_in_its_own_queue_until_it_is_decided(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    args = (session, desk.moderator, desk.site_ids, comment.id)
    for _ in range(2):
        escalations.escalate(*args, note="Slander?", now=now)
    assert _page(session, desk, now, Queue.HELD) == []
    assert _page(session, desk, now, Queue.ESCALATED) == [comment]
    assert (
        claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
        is None
    )
    found = {each.queue: each.count for each in counts.waiting(session, desk.site_ids)}
    assert (found[Queue.HELD], found[Queue.ESCALATED]) == (0, 1)
    lead = stored_desk(session, site=desk.site, role=Role.LEAD, now=now)
    theirs = (session, lead.moderator, desk.site_ids, comment.id)
    claims.claim(*theirs, most=MOST, now=now, lease=LEASE)
    actions.decide(*theirs, APPROVE, now=now, window=timedelta(0))
    assert _page(session, desk, now, Queue.ESCALATED) == []


def test_what_was_left_to_a_lead_only_a_lead_of_that_site_takes_or_decides(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    escalations.escalate(
        session, desk.moderator, desk.site_ids, comment.id, note="Slander?", now=now
    )
    colleague = stored_desk(session, site=desk.site, now=now)
    lead_elsewhere = stored_desk(session, slug="elsewhere", role=Role.LEAD, now=now)
    moderators.add_membership(session, lead_elsewhere.moderator, desk.site, Role.MODERATOR, now=now)
    for each in (desk, colleague, lead_elsewhere):
        args = (session, each.moderator, desk.site_ids, comment.id)
        with pytest.raises(LeftToLead):
            claims.claim(*args, most=MOST, now=now, lease=LEASE)
        with pytest.raises(LeftToLead):
            actions.decide(*args, APPROVE, now=now, window=WINDOW)
    escalations.take_back(session, desk.moderator, desk.site_ids, comment.id)
    args = (session, colleague.moderator, desk.site_ids, comment.id)
    assert actions.decide(*args, APPROVE, now=now, window=WINDOW).status is Status.APPROVED


def test_an_escalation_is_forgotten_when_the_site_or_the_policy_has_moved_the_comment(
    session: Session, desk: Desk, now: datetime
) -> None:
    ids = []
    for _ in range(3):
        comment = stored_held_comment(session, desk.site, now=now)
        escalations.escalate(session, desk.moderator, desk.site_ids, comment.id, note=None, now=now)
        ids.append(comment.id)
    withdrawn, edited, held = ids
    decisions.withdraw(session, session.get_one(Comment, withdrawn), now=now)
    decisions.edit(session, session.get_one(Comment, edited), "Another text.", now=now)
    escalations.forget_ended(session)
    assert set(session.scalars(select(Escalation.comment_id))) == {edited, held}


def test_an_escalation_is_taken_back_by_whoever_made_it(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, now=now)
    args = (desk.site_ids, comment.id)
    escalations.escalate(session, desk.moderator, *args, note=None, now=now)
    escalations.take_back(session, colleague.moderator, *args)
    assert _page(session, desk, now, Queue.HELD) == []
    escalations.take_back(session, desk.moderator, *args)
    assert _page(session, desk, now, Queue.HELD) == [comment]


def test_only_what_waits_and_is_free_is_left_to_a_lead(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, now=now)
    args = (session, desk.moderator, desk.site_ids)
    theirs = (session, colleague.moderator, desk.site_ids)
    claims.claim(*theirs, comment.id, most=MOST, now=now, lease=LEASE)
    with pytest.raises(ClaimedByAnother):
        escalations.escalate(*args, comment.id, note=None, now=now)
    actions.decide(*theirs, comment.id, APPROVE, now=now, window=WINDOW)
    with pytest.raises(DecidedMeanwhile):
        escalations.escalate(*args, comment.id, note=None, now=now)
    pending = stored_comment(session, desk.site)
    with pytest.raises(NotHeld):
        escalations.escalate(*args, pending.id, note=None, now=now)


def test_a_queue_is_read_in_any_order(session: Session, desk: Desk, now: datetime) -> None:
    a, b, c = (
        stored_held_comment(
            session, desk.site, urgency=urgency, now=now, changes={"margin": margin}
        )
        for urgency, margin in ((0.5, 0.1), (0.9, 0.3), (0.1, 0.2))
    )
    orders = {
        Sort.PRIORITY: [b, a, c],
        Sort.HIGHEST: [b, a, c],
        Sort.NEAREST: [a, c, b],
        Sort.LOWEST: [c, a, b],
        Sort.OLDEST: [a, b, c],
        Sort.NEWEST: [c, b, a],
    }
    assert {sort: _page(session, desk, now, Queue.HELD, sort) for sort in Sort} == orders


@pytest.mark.parametrize("sort", Sort)
def test_every_order_goes_on_where_the_page_before_ended(
    client: TestClient, database: Database, now: datetime, sort: Sort
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        for number in range(7):
            changes: CommentChanges = {"margin": number % 2 / 10}
            stored_held_comment(session, desk.site, urgency=number % 3, now=now, changes=changes)
    whole = client.get(f"/v1/review/queue?sort={sort}", headers=desk.bearer).json()["items"]
    seen: list[str] = []
    cursor = ""
    while True:
        path = f"/v1/review/queue?sort={sort}&limit=3{cursor}"
        page = client.get(path, headers=desk.bearer).json()
        seen += [card["id"] for card in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [card["id"] for card in whole]


def test_the_screen_learns_what_a_colleague_did(
    session: Session, comment: Comment, desk: Desk, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    theirs = (session, colleague.moderator, desk.site_ids, comment.id)

    def seen() -> standing.Standing:
        ids = [comment.id]
        return standing.standings(session, desk.site_ids, ids, now=now)[0]

    claims.claim(*theirs, most=MOST, now=now, lease=LEASE)
    assert (seen().claimed_by, seen().holder_id) == ("Baurzhan", colleague.moderator.id)
    actions.decide(*theirs, APPROVE, now=now, window=WINDOW)
    chosen = seen().choice
    assert chosen == standing.Chosen(
        colleague.moderator.id, "Baurzhan", Status.APPROVED, ChoiceState.OPEN
    )
    settling.settle_due(session, now=now + WINDOW)
    assert seen().status is Status.APPROVED


def test_arrivals_are_what_was_held_since(session: Session, desk: Desk, now: datetime) -> None:
    for minutes in (-1, 1, 2):
        stored_held_comment(session, desk.site, now=now + timedelta(minutes=minutes))
    args = (session, desk.site_ids, desk.moderator)
    assert standing.arrived(*args, since=now, now=now) == 2


def test_a_moderator_sees_the_own_pace(session: Session, desk: Desk, now: datetime) -> None:
    for seconds in (3, 7, 20):
        comment = stored_held_comment(session, desk.site, now=now)
        args = (session, desk.moderator, desk.site_ids, comment.id)
        claims.claim(*args, most=MOST, now=now, lease=LEASE)
        actions.decide(*args, APPROVE, now=now + timedelta(seconds=seconds), window=WINDOW)
    pace = standing.pace(session, desk.moderator, now=now)
    assert (pace.decided, pace.median_seconds, pace.in_hand) == (3, 7.0, 0)


def test_keeping_many_in_hand_answers_for_each(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        colleague = stored_desk(session, site=desk.site, now=now)
        free, taken = (stored_held_comment(session, desk.site, now=now) for _ in range(2))
        args = (session, colleague.moderator, desk.site_ids)
        claims.claim(*args, taken.id, most=MOST, now=now, lease=LEASE)
    sent = {"comments": [str(free.id), str(taken.id), str(desk.site.id)]}
    kept = client.put("/v1/review/claims", json=sent, headers=desk.bearer).json()
    assert [(each["card"] is not None, each["code"]) for each in kept] == [
        (True, None),
        (False, "claimed_by_another"),
        (False, "comment_not_found"),
    ]
    assert client.delete("/v1/review/claims", headers=desk.bearer).status_code == 204
    assert client.get("/v1/review/claims", headers=desk.bearer).json() == []
