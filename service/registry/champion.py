"""The live model versions in this process: loaded once, swapped when another is promoted.

A version that cannot be loaded never decides. What decided before goes on, in a process that was
just started too, and the registry is told, so that it is seen (`parley_model_versions_damaged`).
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from service.registry import actions, queries
from service.registry.errors import ChampionUnusable, NoChampion

_log = structlog.get_logger(__name__)

Loaded = TypeVar("Loaded")

# A version takes some 20 MB; sites' own ones are loaded while they are asked for.
_KEPT = 8
# Whatever was wrong with an artifact may have been mended.
_SECONDS_TO_TRY_AGAIN = 60.0


@dataclass(frozen=True, slots=True)
class Live(Generic[Loaded]):
    """A loaded classifier, and which row of ``model_versions`` it is."""

    version_id: int
    classifier: Loaded


class Champion(Generic[Loaded]):
    """Keeps the champions loaded; ``load`` turns an artifact's bytes into a classifier."""

    def __init__(self, load: Callable[[bytes], Loaded]) -> None:
        self._load = load
        self._kept: OrderedDict[int, Live[Loaded]] = OrderedDict()
        self._last: dict[UUID | None, Live[Loaded]] = {}
        self._unusable: dict[int, float] = {}

    def current(self, session: Session, site_id: UUID | None = None) -> Live[Loaded]:
        """Return the champion as the database has it now; loads it when it is another one.

        Raises:
            NoChampion: no version is live.
            ChampionUnusable: the live one cannot be loaded, and no earlier one either.
        """
        sites = () if site_id is None else (site_id,)
        found = queries.champion_ids(session, sites)
        key = site_id if site_id in found else None
        return self._of(session, key, found)

    def of_sites(self, session: Session, site_ids: Collection[UUID]) -> dict[UUID, Live[Loaded]]:
        """Return the champion of each site, by one look at the database.

        Raises:
            NoChampion: no version is live.
            ChampionUnusable: as above.
        """
        found = queries.champion_ids(session, site_ids)
        live = {key: self._of(session, key, found) for key in {*found} & {None, *site_ids}}
        if any(site_id not in live for site_id in site_ids) and None not in live:
            raise NoChampion
        return {site_id: live.get(site_id) or live[None] for site_id in site_ids}

    def version(self, session: Session, version_id: int, digest: str) -> Live[Loaded]:
        """Return a version that may not be the champion, such as a shadow.

        Raises:
            ChampionUnusable: it cannot be loaded.
        """
        kept = self._kept.get(version_id)
        if kept is None:
            kept = Live(version_id, self._load(queries.content(session, digest)))
            self._kept[version_id] = kept
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(version_id)
        return kept

    def _of(
        self, session: Session, key: UUID | None, found: dict[UUID | None, tuple[int, str]]
    ) -> Live[Loaded]:
        if key not in found:
            raise NoChampion
        version_id, digest = found[key]
        try:
            live = self._usable(session, version_id, digest)
        except ChampionUnusable:
            live = self._instead(session, key, found)
            # With something to go on with, there is time; without, every batch tries again.
            self._unusable.setdefault(version_id, time.monotonic())
        self._last[key] = live
        return live

    def _usable(self, session: Session, version_id: int, digest: str) -> Live[Loaded]:
        tried = self._unusable.get(version_id)
        if tried is not None and time.monotonic() - tried < _SECONDS_TO_TRY_AGAIN:
            raise ChampionUnusable(f"The artifact {digest} could not be loaded a moment ago.")
        self._unusable.pop(version_id, None)
        try:
            live = self.version(session, version_id, digest)
        except ChampionUnusable as error:
            _log.error("model_version_unusable", version=version_id, reason=error.detail)
            actions.note_damage(session, version_id, now=datetime.now(UTC))
            raise
        if tried is not None:
            actions.note_mended(session, version_id)
        return live

    def _instead(
        self, session: Session, key: UUID | None, found: dict[UUID | None, tuple[int, str]]
    ) -> Live[Loaded]:
        """Return what decided before the unusable one: here, or else as the registry has it."""
        last = self._last.get(key)
        if last is not None:
            return last
        for version_id, digest in queries.earlier(session, key):
            try:
                live = self.version(session, version_id, digest)
            except ChampionUnusable:
                continue
            _log.warning("earlier_model_version_decides", version=version_id)
            return live
        if key is not None:
            return self._of(session, None, found)
        raise ChampionUnusable("The live model version cannot be loaded: promote another.")
