"""Questions of one statement, asked either way: on a session, or from the event loop.

What every reader of every page asks is worth the short way: one trip to the database, without a
thread and without a transaction, on connections of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Row, TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from service.comments.intake import is_silence
from service.errors import Unavailable

Found = TypeVar("Found")
Rows = Sequence[Row[Any]]

CONNECTIONS: Final = 6


@dataclass(frozen=True, slots=True)
class Asked(Generic[Found]):
    """A statement, what is bound in it, and how its rows are read."""

    statement: TextClause
    given: Mapping[str, object]
    read: Callable[[Rows], Found]

    def on(self, session: Session) -> Found:
        return self.read(session.execute(self.statement, self.given).all())


class Asking:
    """Asks on connections of its own; used by one event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def answer(self, asked: Asked[Found]) -> Found:
        """Return what is found.

        Raises:
            Unavailable: the database does not answer.
        """
        try:
            rows = await self._rows(asked)
        except (DBAPIError, OSError, NoConnectionFree) as error:
            if not is_silence(error):
                raise
            rows = await self._rows_once_more(asked)
        return asked.read(rows)

    async def _rows_once_more(self, asked: Asked[Found]) -> Rows:
        """Ask on another connection: the old one may have died with a restarted database."""
        try:
            return await self._rows(asked)
        except (DBAPIError, OSError, NoConnectionFree) as error:
            if not is_silence(error):
                raise
            raise Unavailable("The database does not answer: try again in a moment.") from error

    async def _rows(self, asked: Asked[Found]) -> Rows:
        async with self._engine.connect() as connection:
            return (await connection.execute(asked.statement, asked.given)).all()
