"""What is sent, and when it is tried again. Pure."""

from datetime import UTC, datetime
from typing import Any

from service.webhooks.events import StatusChange


def payload(change: StatusChange, *, article: str, now: datetime) -> dict[str, Any]:
    """Return the body of a delivery, in the shape of Standard Webhooks 1.0.0."""
    at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {
        "type": change.event,
        "timestamp": at,
        "data": {
            "id": str(change.comment_id),
            "external_id": change.external_id,
            "article": article,
            "revision": change.revision,
            "status": change.status.value,
            "reason": change.reason,
            "decided_at": at,
        },
    }
