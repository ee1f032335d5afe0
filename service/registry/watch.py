"""Has a process that scores by itself follow the registry, without asking it at every request."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Event, Thread
from typing import Generic
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.db import Database
from service.errors import Unavailable
from service.registry import queries
from service.registry.champion import Champion, Loaded
from service.registry.errors import NoChampion

_log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=5)


class ChampionWatch(Generic[Loaded]):
    """Looks now and then, in a thread of its own, and hands over whatever is live.

    ``swap`` gets the shared champion, and those of the sites that have their own.
    """

    def __init__(
        self,
        database: Database,
        champion: Champion[Loaded],
        swap: Callable[[Loaded, Mapping[UUID, Loaded]], None],
        *,
        every: timedelta = EVERY,
    ) -> None:
        self._database = database
        self._champion = champion
        self._swap = swap
        self._every = every
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def look(self) -> None:
        """Hand over the champion; when it cannot be had, what was handed over before stays."""
        try:
            with self._database.transaction() as session:
                live = self._champion.current(session).classifier
                own = self._champion.of_sites(session, queries.sites_with_own(session))
        except NoChampion:
            # A new installation: the first worker that starts offers what ships.
            _log.info("no_champion_yet")
            return
        except (SQLAlchemyError, Unavailable) as error:
            _log.warning("champion_not_seen", error=type(error).__name__)
            return
        self._swap(live, {site_id: each.classifier for site_id, each in own.items()})

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every.total_seconds()):
            self.look()
