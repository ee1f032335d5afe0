from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.moderators.tables import Role
from service.review import bulk, claims, settling
from service.review.actions import Wish
from service.review.bulk import BINS, Range
from service.review.errors import ChoiceNotFound
from service.review.tables import Choice, ChoiceState
from service.review.trail import trail
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score

WINDOW = timedelta(seconds=8)
REJECT = Wish(Status.REJECTED, revision=1, reason="spam")

Held = Callable[[float], Comment]


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, role=Role.LEAD, now=now)


@pytest.fixture
def held(session: Session, desk: Desk, now: datetime) -> Held:
    return lambda urgency: stored_held_comment(session, desk.site, urgency=urgency, now=now)


def _decide(session: Session, desk: Desk, ids: list[UUID], now: datetime) -> bulk.Bulk:
    wishes = dict.fromkeys(ids, REJECT)
    return bulk.decide_many(session, desk.moderator, desk.site_ids, wishes, now=now, window=WINDOW)


def test_the_histogram_counts_each_comment_in_the_bin_of_its_score(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    for urgency in (0.0, 0.019, 0.5, 1.0):
        held(urgency)
    counts = bulk.histogram(session, desk.site_ids, desk.moderator, label=None, now=now)
    assert {bin_: count for bin_, count in enumerate(counts) if count} == {0: 2, 25: 1, 49: 1}
    assert len(counts) == BINS


def test_a_range_holds_what_its_bins_hold(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    for urgency in (0.1, 0.3, 0.5, 1.0):
        held(urgency)

    def urgencies(low: float, high: float) -> list[float]:
        wanted = Range(low, high)
        found = bulk.in_range(session, desk.site_ids, desk.moderator, wanted, limit=10, now=now)
        return [comment.urgency for comment in found]

    assert urgencies(0.3, 0.5) == [0.3]
    assert urgencies(0.5, 1.0) == [1.0, 0.5]
    assert urgencies(0.0, 1.0) == [1.0, 0.5, 0.3, 0.1]


def test_a_label_counts_by_the_newest_score_of_the_text_shown(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    comment = held(0.9)
    for insult in (0.25, 0.75):
        stored_score(session, comment, insult=insult, now=now)
    held(0.8)  # without a score: in no bin
    args = (session, desk.site_ids, desk.moderator)
    counts = bulk.histogram(*args, label=Label.INSULT, now=now)
    assert {bin_: count for bin_, count in enumerate(counts) if count} == {37: 1}
    wanted = Range(0.6, 0.8, Label.INSULT)
    assert bulk.in_range(*args, wanted, limit=10, now=now) == [comment]


def test_what_a_colleague_has_in_hand_is_in_no_bulk(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, now=now)
    comment = held(0.9)
    args = (session, colleague.moderator, desk.site_ids)
    claims.claim_next(*args, most=1, now=now, lease=timedelta(minutes=2))
    assert sum(bulk.histogram(session, desk.site_ids, desk.moderator, label=None, now=now)) == 0
    made = _decide(session, desk, [comment.id], now)
    assert [error.code for error in made.refused.values()] == ["claimed_by_another"]


def test_one_that_cannot_be_decided_stops_no_other(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    comments = [held(0.9) for _ in range(3)]
    decisions.withdraw(session, comments[1], now=now)
    made = _decide(session, desk, [c.id for c in comments], now)
    assert len(made.decided) == 2
    assert made.refused[comments[1].id].code == "withdrawn_meanwhile"
    settling.settle_due(session, now=now + WINDOW)
    assert [c.status for c in comments] == [Status.REJECTED, Status.WITHDRAWN, Status.REJECTED]
    assert trail(session, comments[0].id)[-1].is_bulk


def test_all_of_a_bulk_is_undone_together(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    ids = [held(0.9).id for _ in range(3)]
    made = _decide(session, desk, ids, now)
    assert bulk.undo_many(session, desk.moderator, made.id, now=now) == (3, 0)
    assert set(session.scalars(select(Choice.state))) == {ChoiceState.UNDONE}
    made = _decide(session, desk, ids, now)
    settling.settle_due(session, now=now + WINDOW)
    assert bulk.undo_many(session, desk.moderator, made.id, now=now + WINDOW) == (0, 3)


def test_a_bulk_is_undone_by_whoever_made_it(
    session: Session, desk: Desk, held: Held, now: datetime
) -> None:
    made = _decide(session, desk, [held(0.9).id], now)
    colleague = stored_desk(session, site=desk.site, role=Role.ADMIN, now=now)
    with pytest.raises(ChoiceNotFound):
        bulk.undo_many(session, colleague.moderator, made.id, now=now)


@pytest.mark.parametrize("role", Role)
def test_only_leads_and_admins_decide_many(
    client: TestClient, database: Database, now: datetime, role: Role
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, role=role, now=now)
        comment = stored_held_comment(session, desk.site, urgency=0.9, now=now)
    sent = {
        "comments": [{"id": str(comment.id), "revision": 1}],
        "status": "rejected",
        "reason": "spam",
    }
    answers = [
        client.get("/v1/review/histogram", headers=desk.bearer),
        client.get("/v1/review/range?low=0&high=1", headers=desk.bearer),
        client.post("/v1/review/bulk", json=sent, headers=desk.bearer),
    ]
    expected = 403 if role is Role.MODERATOR else 200
    assert [answer.status_code for answer in answers] == [expected] * 3
    if role is Role.MODERATOR:
        assert {answer.json()["code"] for answer in answers} == {"role_too_low"}
    else:
        made = answers[2].json()
        path = f"/v1/review/bulk/{made['id']}/undo"
        undone = client.post(path, headers=desk.bearer).json()
        assert undone == {"undone": 1, "too_late": 0}


def test_leading_one_site_gives_no_power_on_another(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        lead = stored_desk(session, role=Role.LEAD, slug="led", now=now)
        other = stored_desk(session, slug="other", now=now)
        from_other = stored_held_comment(session, other.site, urgency=0.9, now=now)
    sent = {"comments": [{"id": str(from_other.id), "revision": 1}], "status": "approved"}
    made = client.post("/v1/review/bulk", json=sent, headers=lead.bearer).json()
    assert made["decided"] == 0
    assert made["refused"][0]["code"] == "comment_not_found"
