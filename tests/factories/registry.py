from datetime import UTC, datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from service.registry import actions
from service.registry.queries import digest_of
from service.registry.tables import ModelVersion


class Offer(TypedDict):
    digest: str
    name: str
    content: bytes
    info: dict[str, Any]


def offer(content: bytes = b"a model", *, info: dict[str, Any] | None = None) -> Offer:
    """Return a version to register, with the right digest."""
    return {
        "digest": digest_of(content),
        "name": "test",
        "content": content,
        "info": info or {},
    }


def stored_champion(session: Session) -> ModelVersion:
    """Store a version that decides."""
    return actions.ensure_champion(session, **offer(), now=datetime.now(UTC))
