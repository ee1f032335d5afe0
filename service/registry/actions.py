"""Verbs that change which model version is live."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.registry import queries
from service.registry.errors import DigestWrong
from service.registry.tables import Artifact, ModelVersion, State

_LOCK_KEY = 7_265_471  # any number that no other advisory lock has


def ensure_champion(
    session: Session,
    *,
    digest: str,
    name: str,
    content: bytes,
    info: dict[str, Any],
    now: datetime,
) -> ModelVersion:
    """See that a version is live, and return it: this one, unless there is one already.

    A champion stays: an upgrade that ships another model must not change decisions by itself. The
    offered version is then kept as a candidate, ready to be promoted.

    Raises:
        DigestWrong: ``digest`` is not that of ``content``.
    """
    _one_at_a_time(session)
    offered = register(session, digest=digest, name=name, content=content, info=info, now=now)
    return queries.champion(session) or promote(session, offered, now=now)


def register(
    session: Session,
    *,
    digest: str,
    name: str,
    content: bytes,
    info: dict[str, Any],
    now: datetime,
) -> ModelVersion:
    """Store an artifact and its version as a candidate, once; return the version.

    Raises:
        DigestWrong: ``digest`` is not that of ``content``.
    """
    if digest != digest_of(content):
        raise DigestWrong(digest)
    known = select(ModelVersion).where(ModelVersion.digest == digest)
    version = session.scalars(known).one_or_none()
    if version is not None:
        return version
    artifact = insert(Artifact).values(digest=digest, content=content, created_at=now)
    session.execute(artifact.on_conflict_do_nothing())
    candidate = insert(ModelVersion).values(
        digest=digest, name=name, state=State.CANDIDATE, info=info, created_at=now
    )
    session.execute(candidate.on_conflict_do_nothing())
    return session.scalars(known).one()


def promote(session: Session, version: ModelVersion, *, now: datetime) -> ModelVersion:
    """Make ``version`` the champion and retire the one before; workers swap at their next batch."""
    _one_at_a_time(session)
    before = queries.champion(session)
    if before is not None and before.id != version.id:
        before.state = State.RETIRED
        # The database allows one champion at any moment.
        session.flush()
    version.state, version.promoted_at = State.CHAMPION, now
    session.flush()
    return version


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _one_at_a_time(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
