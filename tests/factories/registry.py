from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from ml import artifact
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


def first_tier(folder: Path) -> Path:
    """Return the file of the model that ships, without its second tier, which reads slowly."""
    shipped = artifact.load(files("ml").joinpath("models", "parley.model").read_bytes())
    path = folder / "first-tier.model"
    artifact.save(shipped.model, path, info=shipped.info)
    return path
