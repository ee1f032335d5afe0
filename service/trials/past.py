"""A site's own past: what came, how it was scored, what was done, what its moderators said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, text
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.authors.tables import Author, Sanction
from service.comments.status import Status
from service.policy.tables import PreModeratedArticle
from service.trials.moment import PastSanction

PAST = timedelta(days=30)
COMMENTS_MAX = 100_000
# What a moderator takes for a comment on a site that has decided too few to tell.
PACE_UNKNOWN = timedelta(seconds=20)
_PACE_MIN_COUNT = 20


@dataclass(frozen=True, slots=True)
class PastComment:
    """A comment as it came, with the newest score of its text.

    ``done`` is what the policy did to it when it came; ``judged`` what a moderator says of it.
    """

    id: UUID
    author_id: UUID
    article_id: UUID
    created_at: datetime
    article_created_at: datetime
    author_external_id: str | None
    author_email: str | None
    approved: int
    rejected: int
    status: Status
    body: str
    scores: Mapping[Label, float] | None
    language: Language | None
    language_probability: float
    done: Status | None
    judged: Status | None


_LABELS = tuple(Label)
_LANGUAGES = {language.value: language for language in Language}
_STATUSES: Mapping[str | None, Any] = {
    None: None,
    **{status.value: status for status in Status},
}

# Newest first up to the limit, then in order. Identifiers grow with time, so the primary key finds
# the window; joins are one lookup by index for each comment.
_PAST = text(f"""
    WITH recent AS MATERIALIZED (
        SELECT id, author_id, article_id, created_at, status, revision,
            CASE WHEN :bodies THEN body ELSE '' END AS body
        FROM comments
        WHERE site_id = :site_id AND id >= CAST(:first AS uuid) AND created_at >= :since
            AND status NOT IN ('pending', 'withdrawn')
        ORDER BY id DESC LIMIT :limit
    )
    SELECT c.id, c.author_id, c.article_id, c.created_at, a.created_at, u.external_id, u.email,
        u.approved_count, u.rejected_count, c.status,
        c.body, d.done, d.judged,
        s.language, s.language_probability, {", ".join(f"s.{label}" for label in _LABELS)}
    FROM recent c
    JOIN articles a ON a.id = c.article_id
    JOIN authors u ON u.id = c.author_id
    LEFT JOIN LATERAL (
        SELECT * FROM scores WHERE comment_id = c.id AND revision = c.revision
        ORDER BY id DESC LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT
            (array_agg(status ORDER BY id) FILTER (WHERE actor = 'policy'))[1] AS done,
            (array_agg(status ORDER BY id DESC) FILTER (
                WHERE actor = 'moderator' AND status IN ('approved', 'rejected')
            ))[1] AS judged
        FROM decisions WHERE comment_id = c.id AND revision = c.revision
    ) d ON true
    ORDER BY c.id
""")  # noqa: S608 - the labels are ours


def comments(
    session: Session,
    site_id: UUID,
    *,
    now: datetime,
    with_bodies: bool,
    limit: int = COMMENTS_MAX,
    within: timedelta = PAST,
) -> list[PastComment]:
    """Return the site's comments of the last days, the newest ``limit`` of them, oldest first."""
    since = now - within
    rows = session.execute(
        _PAST,
        {
            "site_id": site_id,
            "first": first_id(since),
            "since": since,
            "bodies": with_bodies,
            "limit": limit,
        },
    )
    return [_past(tuple(row)) for row in rows]


def first_id(since: datetime) -> UUID:
    """Return what no version 7 UUID made since then is below (RFC 9562)."""
    milliseconds = int(since.timestamp() * 1000)
    return UUID(int=milliseconds << 80)


def _past(row: Sequence[Any]) -> PastComment:
    known, (status, body, done, judged, language, certainty, *probabilities) = row[:9], row[9:]
    scores = None
    if language is not None:
        pairs = zip(_LABELS, probabilities, strict=True)
        scores = {label: value for label, value in pairs if value is not None}
    opinion = scores, _LANGUAGES.get(language), certainty or 0.0
    return PastComment(
        *(*known, _STATUSES[status], body, *opinion, _STATUSES[done], _STATUSES[judged])
    )


def sanctions(
    session: Session, site_id: UUID, *, now: datetime, within: timedelta = PAST
) -> dict[UUID, list[PastSanction]]:
    """Return what was laid on the site's authors and in force in the last days, by author."""
    asked = (
        select(Sanction)
        .join(Author, Author.id == Sanction.author_id)
        .where(
            Author.site_id == site_id,
            or_(Sanction.lifted_at.is_(None), Sanction.lifted_at > now - within),
        )
        .order_by(Sanction.laid_at)
    )
    found: dict[UUID, list[PastSanction]] = {}
    for each in session.scalars(asked):
        ends = [end for end in (each.until, each.lifted_at) if end is not None]
        laid = PastSanction(each.kind, each.laid_at, min(ends, default=None))
        found.setdefault(each.author_id, []).append(laid)
    return found


def has_article_modes(session: Session, site_id: UUID) -> bool:
    """Tell whether people or raids set single articles of the site to pre-moderation."""
    asked = exists().where(PreModeratedArticle.site_id == site_id)
    return bool(session.scalar(select(asked)))


_PACE = text("""
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY gap), count(*) FROM (
        SELECT extract(epoch FROM chosen_at - lag(chosen_at) OVER (
            PARTITION BY moderator_id ORDER BY chosen_at
        )) AS gap
        FROM choices WHERE site_id = :site_id AND chosen_at >= :since
    ) AS gaps
    WHERE gap > 0 AND gap < 300
""")


def pace(session: Session, site_id: UUID, *, now: datetime) -> timedelta:
    """Return how long the site's moderators take for one comment: the median between choices."""
    median, count = session.execute(_PACE, {"site_id": site_id, "since": now - PAST}).one()
    return PACE_UNKNOWN if count < _PACE_MIN_COUNT else timedelta(seconds=float(median))
