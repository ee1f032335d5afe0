"""Where a person and the classifier, or two people, say different things of a comment."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.quality import actions as quality
from service.quality.rules import Opinion
from service.review import queries
from service.review.queue_names import Queue
from service.review.tables import Choice, Disagreement
from service.scoring.tables import Score
from service.sites.reasons import RejectReason, find, of_site
from service.sites.tables import Site

# So far apart, one of the two is most likely wrong; what lies between is what people are for.
DOUBTED_FROM: Final = 0.8


def gap(status: Status, scores: Mapping[Label, float], labels: Collection[Label]) -> float | None:
    """Return how far the highest score lies from what a person said, in [0, 1].

    An approval says of every label that it is not so; a rejection says of those that its reason
    teaches that one of them is. None where the scores say nothing about that: a comment that is off
    topic may be as polite as it likes.
    """
    if status is Status.APPROVED:
        return max(scores.values(), default=None)
    judged = [scores[label] for label in labels if label in scores]
    return 1 - max(judged) if judged else None


def compare(session: Session, recorded: Sequence[Choice], *, now: datetime) -> None:
    """Close the doubts about these comments, and open one where the scores contradict the person.

    What a lead has settled, and what a second person said to an appeal, is not doubted again.
    """
    close(session, [choice.comment_id for choice in recorded], now=now)
    open_to_doubt = [
        choice for choice in recorded if choice.queue not in {Queue.DISAGREEMENT, Queue.APPEALS}
    ]
    if not open_to_doubt:
        return
    scores = _scores(session, open_to_doubt)
    reasons = _reasons(session, open_to_doubt)
    rows = []
    for choice in open_to_doubt:
        reason = find(reasons[choice.site_id], choice.reason)
        labels = () if reason is None else reason.labels
        found = gap(choice.status, scores.get(choice.comment_id, {}), labels)
        if found is not None and found >= DOUBTED_FROM:
            rows.append(_row(choice, choice.decision_id, is_audit=False, gap=found, now=now))
    _open(session, rows)


def hear(session: Session, opinions: Sequence[tuple[Choice, Comment]], *, now: datetime) -> None:
    """Keep what was said in the audit, and open a doubt where it contradicts what was decided.

    Where a person has decided the comment meanwhile, the contradiction is to the policy alone.
    """
    found = quality.second_opinion(session, [_opinion(choice) for choice, _ in opinions], now=now)
    differing = [
        choice
        for choice, comment in opinions
        if choice.comment_id in found and choice.status is not comment.status
    ]
    newest = queries.newest_decision_ids(session, [each.comment_id for each in differing])
    _open(
        session,
        [
            _row(choice, newest[choice.comment_id], is_audit=True, gap=None, now=now)
            for choice in differing
        ],
    )


def _opinion(choice: Choice) -> Opinion:
    is_rejection = choice.status is Status.REJECTED
    return Opinion(
        comment_id=choice.comment_id,
        moderator_id=choice.moderator_id,
        status=choice.status,
        reason=choice.reason if is_rejection else None,
        judged_at=choice.chosen_at,
        revision=choice.revision,
    )


def close(session: Session, comment_ids: Iterable[UUID], *, now: datetime) -> None:
    """Say that a person has decided these comments anew, whatever the doubt was."""
    session.execute(
        update(Disagreement)
        .where(Disagreement.comment_id.in_(comment_ids), Disagreement.closed_at.is_(None))
        .values(closed_at=now)
        .execution_options(synchronize_session=False)
    )


def about(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Disagreement]:
    """Return the open doubt about each of these comments that has one."""
    found = select(Disagreement).where(
        Disagreement.comment_id.in_(comment_ids), Disagreement.closed_at.is_(None)
    )
    return {each.comment_id: each for each in session.scalars(found)}


def _scores(session: Session, choices: Sequence[Choice]) -> dict[UUID, dict[Label, float]]:
    """Return the newest scores of the texts that were judged."""
    revisions = {choice.comment_id: choice.revision for choice in choices}
    found = (
        select(Score)
        .ext(distinct_on(Score.comment_id))
        .where(Score.comment_id.in_(revisions))
        .order_by(Score.comment_id, Score.id.desc())
    )
    return {
        score.comment_id: score.by_label()
        for score in session.scalars(found)
        if score.revision == revisions[score.comment_id]
    }


def _reasons(session: Session, choices: Sequence[Choice]) -> dict[UUID, tuple[RejectReason, ...]]:
    sites = {choice.site_id for choice in choices}
    rows = session.execute(select(Site.id, Site.reject_reasons).where(Site.id.in_(sites)))
    return {site_id: of_site(own) for site_id, own in rows}


def _row(
    choice: Choice, decision_id: int | None, *, is_audit: bool, gap: float | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "site_id": choice.site_id,
        "comment_id": choice.comment_id,
        "decision_id": decision_id,
        "moderator_id": choice.moderator_id,
        "said": choice.status,
        "is_audit": is_audit,
        "gap": gap,
        "opened_at": now,
    }


def _open(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    opened = insert(Disagreement).values(list(rows))
    session.execute(
        opened.on_conflict_do_update(
            index_elements=[Disagreement.comment_id],
            index_where=Disagreement.closed_at.is_(None),
            set_={
                name: opened.excluded[name]
                for name in ("decision_id", "moderator_id", "said", "is_audit", "gap", "opened_at")
            },
        )
    )
