"""Choices become decisions once they cannot be undone any more, and whatever waited is answered.

The comments are locked, in the order of their ids.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.comments import news
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.tables import Actor, Decision
from service.decisions.verdict import Verdict
from service.decisions.waiting import REPORTED
from service.quality import actions as quality
from service.reports import closing as reports
from service.review import claims, disagreements, queries, teaching
from service.review.queue_names import Queue
from service.review.tables import Choice, ChoiceState, Escalation

# In these something waits for an answer, which a choice must find still waiting.
ANSWERED: Final = frozenset(
    {Queue.REPORTED, Queue.NOTICES, Queue.APPEALS, Queue.AUDIT, Queue.DISAGREEMENT}
)
_SETTLED_AT_ONCE: Final = 200

_Due = tuple[Choice, Comment]


def settle_due(session: Session, *, now: datetime) -> int:
    """Make decisions of the choices whose window has passed, and return how many were looked at."""
    due = session.execute(
        select(Choice, Comment)
        .join(Comment, Comment.id == Choice.comment_id)
        .where(queries.IS_OPEN, Choice.settles_at <= now)
        .order_by(Comment.id)
        .limit(_SETTLED_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    settle(session, [(choice, comment) for choice, comment in due], now=now)
    return len(due)


def settle(session: Session, due: Sequence[_Due], *, now: datetime) -> None:
    """Make decisions of these choices, whose comments are locked."""
    if not due:
        return
    claims.end_of(session, [comment.id for _, comment in due])
    second_opinions = [each for each in due if each[0].queue is Queue.AUDIT]
    _decide(session, [each for each in due if each[0].queue is not Queue.AUDIT], now=now)
    disagreements.hear(session, [each for each in second_opinions if _stands(*each)], now=now)
    for choice, comment in second_opinions:
        stands = _stands(choice, comment)
        end(choice, ChoiceState.RECORDED if stands else ChoiceState.VOID, now=now)
    changed: dict[UUID, list[UUID]] = {}
    for choice, comment in due:
        changed.setdefault(choice.site_id, []).append(choice.comment_id)
        session.expire(comment)
    session.flush()
    news.tell(session, news.Kind.CHANGED, changed)


def end(choice: Choice, state: ChoiceState, *, now: datetime) -> None:
    choice.state, choice.ended_at = state, now


def _decide(session: Session, due: Sequence[_Due], *, now: datetime) -> None:
    ids = [comment.id for _, comment in due]
    session.execute(delete(Escalation).where(Escalation.comment_id.in_(ids)))
    overtaken = _overtaken(session, due)
    verdicts = [
        _verdict(choice, comment)
        for choice, comment in due
        if _stands(choice, comment) and comment.id not in overtaken
    ]
    decided = decisions.record_many(session, verdicts, now=now)
    newest = queries.newest_decision_ids(session, decided)
    for choice, _ in due:
        choice.decision_id = newest.get(choice.comment_id)
        is_recorded = choice.decision_id is not None
        end(choice, ChoiceState.RECORDED if is_recorded else ChoiceState.VOID, now=now)
    session.flush()
    recorded = [choice for choice, _ in due if choice.state is ChoiceState.RECORDED]
    _answer(session, recorded, now=now)
    disagreements.compare(session, recorded, now=now)
    teaching.teach(session, recorded, now=now)


def _answer(session: Session, recorded: Sequence[Choice], *, now: datetime) -> None:
    """Tell all that waited for a person's word on these comments what it was."""
    outcomes = {
        choice.comment_id: Closed(
            choice.status, choice.moderator_id, choice.revision, choice.chosen_at
        )
        for choice in recorded
    }
    reports.close(session, outcomes, now=now)
    answers = {choice.comment_id: choice.answer for choice in recorded if choice.answer}
    appeals.close(session, outcomes, answers=answers, now=now)
    by_leads = [each.comment_id for each in recorded if each.queue is Queue.DISAGREEMENT]
    quality.settle(session, {comment_id: outcomes[comment_id] for comment_id in by_leads})


def _stands(choice: Choice, comment: Comment) -> bool:
    """Say whether the text that was judged is still there."""
    return comment.status is not Status.WITHDRAWN and comment.revision == choice.revision


def _overtaken(session: Session, due: Sequence[_Due]) -> frozenset[UUID]:
    """Return the comments that were decided after the choice was made.

    What the policy makes of new scores does not count: a person's word outlasts it.
    """
    by_another = (Decision.actor != Actor.POLICY) | (Decision.reason == REPORTED)
    found = (
        select(Choice.comment_id)
        .join(Decision, Decision.comment_id == Choice.comment_id)
        .where(
            Choice.id.in_([choice.id for choice, _ in due]),
            Decision.id > Choice.seen_decision_id,
            by_another,
        )
    )
    return frozenset(session.scalars(found))


def _verdict(choice: Choice, comment: Comment) -> Verdict:
    actor = Actor.APPEAL if choice.queue is Queue.APPEALS else Actor.MODERATOR
    return replace(
        decisions.verdict_on(comment, choice.status, actor=actor, reason=choice.reason),
        reasons=choice.reasons,
        note=choice.note,
        moderator_id=choice.moderator_id,
    )
