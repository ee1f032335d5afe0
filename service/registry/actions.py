"""Verbs that change which model version is live."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.registry import queries
from service.registry.errors import (
    ArtifactDamaged,
    ChampionUnusable,
    DigestWrong,
    IsChampion,
    NothingToRollBack,
)
from service.registry.queries import digest_of
from service.registry.tables import Artifact, ModelVersion, Promotion, State

_log = structlog.get_logger(__name__)

_LOCK_KEY = 7_265_471  # any number that no other advisory lock has
PARLEY = "parley"
# Why a version took over, where nobody says it.
FIRST = "first"
ROLLED_BACK = "rolled back"


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
    one_at_a_time(session)
    offered = register(session, digest=digest, name=name, content=content, info=info, now=now)
    return queries.champion(session) or promote(session, offered, why=FIRST, now=now)


def register(
    session: Session,
    *,
    digest: str,
    name: str,
    content: bytes,
    info: dict[str, Any],
    site_id: UUID | None = None,
    lineage: dict[str, Any] | None = None,
    now: datetime,
) -> ModelVersion:
    """Store an artifact and its version as a candidate, once; return the version.

    Args:
        session: of the transaction.
        digest: of ``content``.
        name: for people.
        content: the artifact.
        info: what the artifact says of itself.
        site_id: the only site that it may decide on; without, any.
        lineage: what it was made of.
        now: the time.

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
        digest=digest,
        name=name,
        state=State.CANDIDATE,
        site_id=site_id,
        info=info,
        lineage=lineage or {},
        created_at=now,
    )
    session.execute(candidate.on_conflict_do_nothing())
    return session.scalars(known).one()


def promote(
    session: Session, version: ModelVersion, *, by: str = PARLEY, why: str = "", now: datetime
) -> ModelVersion:
    """Make ``version`` the champion of its site, or the shared one, and retire the one before.

    Every process swaps before its next batch. Promoting the champion changes nothing.

    Raises:
        ArtifactDamaged: its bytes are not those of its digest; what decides now goes on.
    """
    one_at_a_time(session)
    # The site lock is held; what was read before it may be old.
    session.refresh(version)
    before = queries.own_champion(session, version.site_id)
    if before is not None and before.id == version.id:
        return version
    _check(session, version, now=now)
    if before is not None:
        before.state = State.RETIRED
        # The database allows one champion at any moment.
        session.flush()
    version.state, version.promoted_at = State.CHAMPION, now
    _note(session, version.site_id, version, before, by=by, why=why, now=now)
    return version


def roll_back(
    session: Session, site_id: UUID | None, *, by: str, why: str = "", now: datetime
) -> ModelVersion | None:
    """Take the last promotion back; None: the site goes by the shared version again.

    Rolling back twice brings back what was rolled back first.

    Raises:
        NothingToRollBack: no version has replaced another here.
        ArtifactDamaged: the one before cannot decide any more.
    """
    one_at_a_time(session)
    last = queries.last_promotion(session, site_id)
    if last is None or (last.replaced_id is None and site_id is None):
        raise NothingToRollBack
    if last.replaced_id is not None:
        before = queries.get(session, last.replaced_id)
        return promote(session, before, by=by, why=why or ROLLED_BACK, now=now)
    own = queries.own_champion(session, site_id)
    if own is None:
        raise NothingToRollBack
    own.state = State.RETIRED
    _note(session, site_id, None, own, by=by, why=why or ROLLED_BACK, now=now)
    return None


def shadow(session: Session, version: ModelVersion) -> ModelVersion:
    """Have ``version`` score beside the champion from now on, in the place of any other shadow.

    Raises:
        IsChampion: it is the one that decides.
    """
    one_at_a_time(session)
    session.refresh(version)
    if version.state is State.CHAMPION:
        raise IsChampion
    end_shadow(session, version.site_id)
    version.state = State.SHADOW
    session.flush()
    return version


def end_shadow(session: Session, site_id: UUID | None) -> None:
    """Have no version score beside this champion; the one that did is a candidate again."""
    one_at_a_time(session)
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.state == State.SHADOW, queries.is_of(site_id))
        .values(state=State.CANDIDATE)
        .execution_options(synchronize_session="fetch")
    )


def refuse(session: Session, version: ModelVersion) -> None:
    """Say that the gate refused it; a person may still promote it. A champion stays one."""
    one_at_a_time(session)
    session.refresh(version)
    if version.state in (State.CANDIDATE, State.SHADOW):
        version.state = State.REFUSED
        session.flush()


def note_damage(session: Session, version_id: int, *, now: datetime) -> None:
    """Remember that the version's artifact cannot be used: a gauge and a page show it."""
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.id == version_id, ModelVersion.damaged_at.is_(None))
        .values(damaged_at=now)
        .execution_options(synchronize_session=False)
    )


def note_mended(session: Session, version_id: int) -> None:
    """Remember that the version's artifact can be used after all."""
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.id == version_id, ModelVersion.damaged_at.is_not(None))
        .values(damaged_at=None)
        .execution_options(synchronize_session=False)
    )


def _check(session: Session, version: ModelVersion, *, now: datetime) -> None:
    try:
        queries.content(session, version.digest)
    except ChampionUnusable as error:
        _log.error(
            "artifact_damaged", version=version.id, digest=version.digest, at=now.isoformat()
        )
        raise ArtifactDamaged(version.digest) from error


def _note(
    session: Session,
    site_id: UUID | None,
    version: ModelVersion | None,
    before: ModelVersion | None,
    *,
    by: str,
    why: str,
    now: datetime,
) -> None:
    session.add(
        Promotion(
            site_id=site_id,
            version_id=None if version is None else version.id,
            replaced_id=None if before is None else before.id,
            promoted_by=by,
            why=why,
            promoted_at=now,
        )
    )
    session.flush()


def one_at_a_time(session: Session) -> None:
    """Have nobody else promote or roll back until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
