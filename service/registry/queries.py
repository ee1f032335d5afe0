"""Reads of model versions."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.registry.errors import ChampionUnusable
from service.registry.tables import Artifact, ModelVersion, State


def champion(session: Session) -> ModelVersion | None:
    """Return the version that decides now."""
    live = select(ModelVersion).where(ModelVersion.state == State.CHAMPION)
    return session.scalars(live.execution_options(populate_existing=True)).one_or_none()


def champion_id(session: Session) -> tuple[int, str] | None:
    """Return the id and digest of the version that decides now: cheap enough for every batch."""
    live = select(ModelVersion.id, ModelVersion.digest).where(ModelVersion.state == State.CHAMPION)
    found = session.execute(live).one_or_none()
    return None if found is None else (found.id, found.digest)


def champion_thresholds(session: Session) -> dict[str, Any] | None:
    """Return the thresholds that the version that decides now advises, by label."""
    advised = ModelVersion.info[("training", "thresholds")]
    found: dict[str, Any] | None = session.scalar(
        select(advised).where(ModelVersion.state == State.CHAMPION)
    )
    return found


def champion_supports(session: Session) -> dict[str, list[str]] | None:
    """Return the languages that the version that decides now knows each label in."""
    supported = ModelVersion.info["supported"]
    found: dict[str, list[str]] | None = session.scalar(
        select(supported).where(ModelVersion.state == State.CHAMPION)
    )
    return found


def content(session: Session, digest: str) -> bytes:
    """Return the artifact's bytes, checked.

    Raises:
        ChampionUnusable: they are not those of the digest, or missing.
    """
    stored: bytes | None = session.scalar(select(Artifact.content).where(Artifact.digest == digest))
    if stored is None or "sha256:" + hashlib.sha256(stored).hexdigest() != digest:
        raise ChampionUnusable(f"The artifact {digest} is missing or damaged: promote another.")
    return stored
