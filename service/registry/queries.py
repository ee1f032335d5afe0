"""Reads of model versions. A site without a champion of its own goes by the shared one."""

import hashlib
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from service.registry.errors import ChampionUnusable, ModelVersionNotFound
from service.registry.tables import Artifact, ModelVersion, Promotion, State

_IS_CHAMPION = ModelVersion.state == State.CHAMPION


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def is_of(site_id: UUID | None) -> ColumnElement[bool]:
    """Say whether a version was made for this site alone; None: for all."""
    return ModelVersion.site_id.is_not_distinct_from(site_id)


def get(session: Session, version_id: int) -> ModelVersion:
    """Return a version.

    Raises:
        ModelVersionNotFound: there is none of this number.
    """
    found = session.get(ModelVersion, version_id)
    if found is None:
        raise ModelVersionNotFound(version_id)
    return found


def champion(session: Session, site_id: UUID | None = None) -> ModelVersion | None:
    """Return the version that decides now: the site's own one, or else the shared one."""
    live = _live(select(ModelVersion), site_id)
    return session.scalars(live.execution_options(populate_existing=True)).one_or_none()


def own_champion(session: Session, site_id: UUID | None) -> ModelVersion | None:
    """Return the champion that was made for exactly this site; None: the shared one."""
    own = select(ModelVersion).where(_IS_CHAMPION, is_of(site_id))
    return session.scalars(own.execution_options(populate_existing=True)).one_or_none()


def champion_id(session: Session, site_id: UUID | None = None) -> tuple[int, str] | None:
    """Return the id and digest of the version that decides now: cheap enough for every batch."""
    found = session.execute(
        _live(select(ModelVersion.id, ModelVersion.digest), site_id)
    ).one_or_none()
    return None if found is None else (found.id, found.digest)


def id_of(session: Session, digest: str) -> int | None:
    """Return the number of the version of this digest; None: the registry has none."""
    found: int | None = session.scalar(select(ModelVersion.id).where(ModelVersion.digest == digest))
    return found


def champion_ids(
    session: Session, site_ids: Collection[UUID]
) -> dict[UUID | None, tuple[int, str]]:
    """Return id and digest of the shared champion, under None, and of the sites' own ones."""
    live = select(ModelVersion.site_id, ModelVersion.id, ModelVersion.digest).where(
        _IS_CHAMPION, or_(ModelVersion.site_id.is_(None), ModelVersion.site_id.in_(site_ids))
    )
    return {row.site_id: (row.id, row.digest) for row in session.execute(live)}


def sites_with_own(session: Session) -> list[UUID]:
    """Return the sites that have a champion of their own."""
    own = select(ModelVersion.site_id).where(_IS_CHAMPION, ModelVersion.site_id.is_not(None))
    return [site_id for site_id in session.scalars(own) if site_id is not None]


def earlier(session: Session, site_id: UUID | None) -> list[tuple[int, str]]:
    """Return id and digest of the versions that decided before, the last one first."""
    before = (
        select(ModelVersion.id, ModelVersion.digest)
        .where(ModelVersion.state == State.RETIRED, is_of(site_id))
        .order_by(ModelVersion.promoted_at.desc().nulls_last())
        .limit(5)
    )
    return [(row.id, row.digest) for row in session.execute(before)]


def shadow(session: Session, site_id: UUID | None) -> ModelVersion | None:
    """Return the version that scores beside the champion that was made for exactly this site."""
    beside = select(ModelVersion).where(ModelVersion.state == State.SHADOW, is_of(site_id))
    return session.scalars(beside).one_or_none()


def shadows(session: Session) -> list[ModelVersion]:
    """Return the versions that score beside a champion, the shared one's first."""
    beside = select(ModelVersion).where(ModelVersion.state == State.SHADOW)
    return list(session.scalars(beside.order_by(ModelVersion.site_id.nulls_first())))


def versions(
    session: Session,
    site_ids: Collection[UUID] | None,
    *,
    after: int | None = None,
    limit: int,
) -> list[ModelVersion]:
    """Return shared versions and these sites' own ones, newest first; None: all there are."""
    wanted = select(ModelVersion).order_by(ModelVersion.id.desc()).limit(limit)
    if site_ids is not None:
        wanted = wanted.where(
            or_(ModelVersion.site_id.is_(None), ModelVersion.site_id.in_(site_ids))
        )
    if after is not None:
        wanted = wanted.where(ModelVersion.id < after)
    return list(session.scalars(wanted))


def promotions(session: Session, site_id: UUID | None, *, limit: int) -> list[Promotion]:
    """Return which version took over from which, newest first."""
    of_site = select(Promotion).where(Promotion.site_id.is_not_distinct_from(site_id))
    return list(session.scalars(of_site.order_by(Promotion.id.desc()).limit(limit)))


def last_promotion(session: Session, site_id: UUID | None) -> Promotion | None:
    found = promotions(session, site_id, limit=1)
    return found[0] if found else None


def champion_thresholds(session: Session, site_id: UUID | None = None) -> dict[str, Any] | None:
    """Return the thresholds that the version that decides now advises, by label."""
    advised = ModelVersion.info[("training", "thresholds")]
    found: dict[str, Any] | None = session.scalar(_live(select(advised), site_id))
    return found


def advised_thresholds(session: Session, version_id: int) -> dict[str, Any] | None:
    """Return the thresholds that this version advises, by label, whether it decides or not."""
    advised = ModelVersion.info[("training", "thresholds")]
    found: dict[str, Any] | None = session.scalar(
        select(advised).where(ModelVersion.id == version_id)
    )
    return found


def champion_supports(session: Session, site_id: UUID | None = None) -> dict[str, list[str]] | None:
    """Return the languages that the version that decides now knows each label in."""
    supported = ModelVersion.info["supported"]
    found: dict[str, list[str]] | None = session.scalar(_live(select(supported), site_id))
    return found


def content(session: Session, digest: str) -> bytes:
    """Return the artifact's bytes, checked.

    Raises:
        ChampionUnusable: they are not those of the digest, or missing.
    """
    stored: bytes | None = session.scalar(select(Artifact.content).where(Artifact.digest == digest))
    if stored is None or digest_of(stored) != digest:
        raise ChampionUnusable(f"The artifact {digest} is missing or damaged: promote another.")
    return stored


def count_damaged(session: Session) -> int:
    """Count the versions that should decide and cannot."""
    damaged = select(func.count()).where(_IS_CHAMPION, ModelVersion.damaged_at.is_not(None))
    return session.scalars(damaged).one()


def _live(wanted: Select[*tuple[Any, ...]], site_id: UUID | None) -> Select[*tuple[Any, ...]]:
    """Return the champion's row: the site's own before the shared one."""
    if site_id is None:
        return wanted.where(_IS_CHAMPION, ModelVersion.site_id.is_(None))
    return (
        wanted.where(
            _IS_CHAMPION, or_(ModelVersion.site_id.is_(None), ModelVersion.site_id == site_id)
        )
        .order_by(ModelVersion.site_id.nulls_last())
        .limit(1)
    )
