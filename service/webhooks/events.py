"""What a site is told, as values. Thin on purpose: texts and names are asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from service.comments.status import Status


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A comment of the site has a new status."""

    site_id: UUID
    comment_id: UUID
    external_id: str | None
    article_id: UUID
    revision: int
    status: Status
    reason: str

    @property
    def event(self) -> str:
        return f"comment.{self.status}"

    def data(self, *, article: str, at: str) -> dict[str, Any]:
        return {
            "id": str(self.comment_id),
            "external_id": self.external_id,
            "article": article,
            "revision": self.revision,
            "status": self.status.value,
            "reason": self.reason,
            "decided_at": at,
        }


@dataclass(frozen=True, slots=True)
class AppealDecided:
    """Somebody has read an author's appeal; ``outcome`` is *upheld* or *overturned*."""

    site_id: UUID
    appeal_id: UUID
    comment_id: UUID
    external_id: str | None
    article_id: UUID
    outcome: str

    @property
    def event(self) -> str:
        return "appeal.decided"

    def data(self, *, article: str, at: str) -> dict[str, Any]:
        return {
            "id": str(self.appeal_id),
            "comment": {"id": str(self.comment_id), "external_id": self.external_id},
            "article": article,
            "outcome": self.outcome,
            "decided_at": at,
        }


@dataclass(frozen=True, slots=True)
class QueueStale:
    """The oldest held comment waits longer than the site wants: told once, when it begins."""

    site_id: UUID
    comment_id: UUID
    external_id: str | None
    article_id: UUID
    waits_since: datetime
    most: timedelta

    @property
    def event(self) -> str:
        return "queue.stale"

    def data(self, *, article: str, at: str) -> dict[str, Any]:
        since = self.waits_since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {
            "oldest": {"id": str(self.comment_id), "external_id": self.external_id},
            "article": article,
            "waits_since": since,
            "alert_seconds": round(self.most.total_seconds()),
            "told_at": at,
        }


Event = StatusChange | AppealDecided | QueueStale
