"""A comment's trail: what was decided, and what was chosen but never became a decision."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.decisions import queries as decisions
from service.decisions.tables import Actor, Decision
from service.moderators import queries as moderators
from service.policy.tables import Policy
from service.registry.tables import ModelVersion
from service.review.queries import NAMES
from service.review.tables import Choice, ChoiceState
from service.scoring.tables import Score


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
    decision_id: int | None
    policy_version: int | None
    model_version: str | None


def trail(session: Session, comment_id: UUID) -> list[Step]:
    """Return every step on the comment, oldest first."""
    recorded = decisions.history(session, comment_id)
    chosen = list(session.scalars(select(Choice).where(Choice.comment_id == comment_id)))
    people = {each.moderator_id for each in recorded if each.moderator_id}
    names = moderators.names(session, people | {each.moderator_id for each in chosen})
    policies, models = _policy_versions(session, recorded), _model_versions(session, recorded)
    in_bulk = {choice.decision_id for choice in chosen if choice.is_bulk}
    steps = [
        Step(
            at=each.decided_at,
            status=each.status,
            revision=each.revision,
            actor=each.actor,
            by=names[each.moderator_id] if each.moderator_id else NAMES[each.actor],
            state=ChoiceState.RECORDED,
            reason=each.reason,
            reasons=each.reasons,
            note=each.note,
            is_bulk=each.id in in_bulk,
            decision_id=each.id,
            policy_version=policies.get(each.policy_id) if each.policy_id else None,
            model_version=models.get(each.score_id) if each.score_id else None,
        )
        for each in recorded
    ]
    steps += [_never_recorded(each, names) for each in chosen if each.decision_id is None]
    return sorted(steps, key=lambda step: step.at)


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
        is_bulk=choice.is_bulk,
        decision_id=None,
        policy_version=None,
        model_version=None,
    )


def _policy_versions(session: Session, recorded: list[Decision]) -> dict[UUID, int]:
    ids = {each.policy_id for each in recorded if each.policy_id}
    return dict(session.execute(select(Policy.id, Policy.version).where(Policy.id.in_(ids))).all())


def _model_versions(session: Session, recorded: list[Decision]) -> dict[int, str]:
    """Return the model version's name by the id of the score that it gave."""
    ids = {each.score_id for each in recorded if each.score_id}
    found = (
        select(Score.id, ModelVersion.name)
        .join(ModelVersion, ModelVersion.id == Score.model_version_id)
        .where(Score.id.in_(ids))
    )
    return dict(session.execute(found).all())
