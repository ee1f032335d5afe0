"""Where a version that decides nothing yet would have decided otherwise than the champion.

By scores alone: what word lists, floods or an author's record add, they add to both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.learning.tables import ShadowScore
from service.policy import in_force
from service.policy.in_force import InForce
from service.policy.outcomes import Outcome
from service.registry import queries as versions
from service.registry.tables import ModelVersion
from service.scoring.actions import Scored

LOOKED_AT = 2000
_LABELS = ", ".join(f"s.{label.value}" for label in Label)


@dataclass(frozen=True, slots=True)
class Unshadowed:
    """A comment that the champion has scored and the shadow has not."""

    comment_id: UUID
    site_id: UUID
    revision: int
    body: str
    language_hint: str | None


# The newest scores of the champions, by the primary key; few of them lack the shadow's.
_UNSHADOWED = text("""
    SELECT c.id, c.site_id, c.revision, c.body, c.language_hint
    FROM (SELECT id, comment_id, revision, model_version_id FROM scores ORDER BY id DESC LIMIT 4000)
        AS s
    JOIN comments c ON c.id = s.comment_id AND c.revision = s.revision
    WHERE s.model_version_id = :champion AND c.status NOT IN ('pending', 'withdrawn')
        AND NOT EXISTS (
            SELECT 1 FROM shadow_scores sh
            WHERE sh.comment_id = c.id AND sh.version_id = :shadow AND sh.revision = c.revision
        )
    ORDER BY s.id DESC LIMIT :limit
""")


def unshadowed(
    session: Session, champion_id: int, shadow_id: int, *, limit: int
) -> list[Unshadowed]:
    """Return comments that the champion scored lately and the shadow has not, newest first."""
    asked = {"champion": champion_id, "shadow": shadow_id, "limit": limit}
    found = {row.id: Unshadowed(*row) for row in session.execute(_UNSHADOWED, asked)}
    return list(found.values())


def record(session: Session, scored: Sequence[Scored], *, version_id: int, now: datetime) -> None:
    """Keep what a shadow gives comments; they stay as they are."""
    if not scored:
        return
    rows = [
        {
            "comment_id": each.comment_id,
            "version_id": version_id,
            "revision": each.revision,
            "language": each.language,
            "scores": {label.value: score for label, score in each.scores.items()},
            "scored_at": now,
        }
        for each in scored
    ]
    kept = insert(ShadowScore)
    session.execute(
        kept.on_conflict_do_update(
            index_elements=[ShadowScore.comment_id, ShadowScore.version_id],
            set_={
                name: kept.excluded[name]
                for name in ("revision", "language", "scores", "scored_at")
            },
        ),
        rows,
    )


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A comment on which the two would have decided differently, by scores alone."""

    comment_id: UUID
    site_id: UUID
    body: str
    status: str
    champion: Outcome
    shadow: Outcome
    champion_scores: dict[str, float]
    shadow_scores: dict[str, float]
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest comments that both have scored: how many, and on which they differ."""

    looked_at: int
    differing: list[Otherwise]


_BOTH = text(f"""
    SELECT c.id, c.site_id, c.body, c.status, sh.language, sh.scores, sh.scored_at,
        s.language AS champion_language, {_LABELS}
    FROM shadow_scores sh
    JOIN comments c ON c.id = sh.comment_id AND c.revision = sh.revision
    JOIN LATERAL (
        SELECT * FROM scores
        WHERE comment_id = c.id AND revision = c.revision AND model_version_id = :champion
        ORDER BY id DESC LIMIT 1
    ) s ON true
    WHERE sh.version_id = :shadow AND c.site_id = ANY(:sites) AND c.status <> 'withdrawn'
    ORDER BY sh.comment_id DESC LIMIT :limit
""")  # noqa: S608 - the labels are ours


def compare(
    session: Session,
    champion: ModelVersion,
    shadow: ModelVersion,
    site_ids: Sequence[UUID],
    *,
    limit: int = LOOKED_AT,
) -> Comparison:
    """Return where the shadow would have decided otherwise on these sites, newest first."""
    asked = {
        "champion": champion.id,
        "shadow": shadow.id,
        "sites": list(site_ids),
        "limit": limit,
    }
    rows = session.execute(_BOTH, asked).all()
    sites = {row.site_id for row in rows}
    ruling = [
        in_force.by_site(session, sites, model_version_id=each.id) for each in (champion, shadow)
    ]
    compared = [_compared(row, ruling[0][row.site_id], ruling[1][row.site_id]) for row in rows]
    return Comparison(len(rows), [each for each in compared if each.champion is not each.shadow])


def _compared(row: Any, before: InForce, after: InForce) -> Otherwise:  # noqa: ANN401 - a row of text
    old = {
        label.value: value for label in Label if (value := getattr(row, label.value)) is not None
    }
    return Otherwise(
        comment_id=row.id,
        site_id=row.site_id,
        body=row.body,
        status=row.status,
        champion=outcome(before, Language(row.champion_language), old),
        shadow=outcome(after, Language(row.language), row.scores),
        champion_scores=old,
        shadow_scores=row.scores,
        scored_at=row.scored_at,
    )


def outcome(ruling: InForce, language: Language, scores: dict[str, float]) -> Outcome:
    """Return what the policy's thresholds alone make of these scores."""
    limits = ruling.policy.thresholds_in(language)
    asked = [
        limit.outcome(scores[limit.label.value]) for limit in limits if limit.label.value in scores
    ]
    return max(asked, default=Outcome.HOLD)


def deciding(session: Session, shadow: ModelVersion) -> ModelVersion | None:
    """Return the champion beside which the shadow scores."""
    return versions.champion(session, shadow.site_id)
