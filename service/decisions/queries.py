"""Reads of what was decided."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.decisions.tables import Actor, Decision
from service.policy.queries import BUILT_IN_VERSION
from service.policy.tables import Policy
from service.registry.tables import ModelVersion
from service.scoring.tables import Score


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with what it rested on."""

    decision: Decision
    policy_version: int | None
    model_version: str | None
    scores: dict[Label, float] | None


def history(session: Session, comment_id: UUID) -> list[Decision]:
    """Return every decision on the comment, oldest first: its trail."""
    trail = select(Decision).where(Decision.comment_id == comment_id)
    return list(session.scalars(trail.order_by(Decision.id)))


def explained_history(session: Session, comment_id: UUID) -> list[Explained]:
    """Return the trail, each decision with policy version, model version and scores."""
    trail = (
        select(Decision, Policy.version, ModelVersion.digest, Score)
        .outerjoin(Policy, Policy.id == Decision.policy_id)
        .outerjoin(Score, Score.id == Decision.score_id)
        .outerjoin(ModelVersion, ModelVersion.id == Score.model_version_id)
        .where(Decision.comment_id == comment_id)
        .order_by(Decision.id)
    )
    return [
        Explained(
            decision,
            _policy_version(decision, version),
            digest,
            None if score is None else score.by_label(),
        )
        for decision, version, digest, score in session.execute(trail)
    ]


def _policy_version(decision: Decision, saved: int | None) -> int | None:
    """Return the version that ruled; one that nobody saved has no row."""
    if decision.actor is Actor.POLICY:
        return BUILT_IN_VERSION if saved is None else saved
    return saved
