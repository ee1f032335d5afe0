"""The live model version in this process: loaded once, swapped when another is promoted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from service.registry import queries
from service.registry.errors import NoChampion

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Live(Generic[Loaded]):
    """A loaded classifier, and which row of ``model_versions`` it is."""

    version_id: int
    classifier: Loaded


class Champion(Generic[Loaded]):
    """Keeps the champion loaded; ``load`` turns an artifact's bytes into a classifier."""

    def __init__(self, load: Callable[[bytes], Loaded]) -> None:
        self._load = load
        self._live: Live[Loaded] | None = None

    def current(self, session: Session) -> Live[Loaded]:
        """Return the champion as the database has it now; loads it when it is another one.

        Raises:
            NoChampion: no version is live.
            ChampionUnusable: the live one cannot be loaded.
        """
        found = queries.champion_id(session)
        if found is None:
            raise NoChampion
        version_id, digest = found
        if self._live is None or self._live.version_id != version_id:
            self._live = Live(version_id, self._load(queries.content(session, digest)))
        return self._live
