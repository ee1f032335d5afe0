"""A comment's trail: what was decided, and what was chosen but never became a decision."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.decisions import queries as decisions
from service.decisions.queries import Explained
from service.decisions.tables import Actor
from service.moderators import queries as moderators
from service.review.queries import NAMES
from service.review.queue_names import Queue
from service.review.tables import Choice, ChoiceState


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``state`` is ``recorded`` for what counts."""

    at: datetime
    status: Status
    revision: int
    actor: Actor
    by: str
    state: ChoiceState
    reason: str
    reasons: list[dict[str, str]]
    note: str | None
    is_bulk: bool
    queue: Queue | None
    decision_id: int | None
    policy_version: int | None
    model_version: str | None


def trail(session: Session, comment_id: UUID) -> list[Step]:
    """Return every step on the comment, oldest first."""
    recorded = decisions.explained_history(session, comment_id)
    chosen = list(session.scalars(select(Choice).where(Choice.comment_id == comment_id)))
    people = {each.decision.moderator_id for each in recorded if each.decision.moderator_id}
    names = moderators.names(session, people | {each.moderator_id for each in chosen})
    choices = {choice.decision_id: choice for choice in chosen if choice.decision_id}
    steps = [_recorded(each, names, choices.get(each.decision.id)) for each in recorded]
    steps += [_never_recorded(each, names) for each in chosen if each.decision_id is None]
    return sorted(steps, key=lambda step: step.at)


def _recorded(explained: Explained, names: dict[UUID, str], choice: Choice | None) -> Step:
    decision = explained.decision
    moderator_id = decision.moderator_id
    return Step(
        at=decision.decided_at,
        status=decision.status,
        revision=decision.revision,
        actor=decision.actor,
        by=names[moderator_id] if moderator_id else NAMES[decision.actor],
        state=ChoiceState.RECORDED,
        reason=decision.reason,
        reasons=decision.reasons,
        note=decision.note,
        is_bulk=choice is not None and choice.bulk_id is not None,
        queue=None if choice is None else choice.queue,
        decision_id=decision.id,
        policy_version=explained.policy_version,
        model_version=explained.model_version,
    )


def _never_recorded(choice: Choice, names: dict[UUID, str]) -> Step:
    return Step(
        at=choice.chosen_at,
        status=choice.status,
        revision=choice.revision,
        actor=Actor.MODERATOR,
        by=names[choice.moderator_id],
        state=choice.state,
        reason=choice.reason,
        reasons=choice.reasons,
        note=choice.note,
        is_bulk=choice.bulk_id is not None,
        queue=choice.queue,
        decision_id=None,
        policy_version=None,
        model_version=None,
    )
