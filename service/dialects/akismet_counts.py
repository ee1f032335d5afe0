"""How much a site asks in the Akismet dialect, by month and blog: counted after the answer."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.dialects.surroundings import Surroundings
from service.dialects.tables import AkismetMonth
from service.errors import Unavailable

_log = structlog.get_logger(__name__)

_BETWEEN: Final = 0.2
_KINDS: Final = ("spam", "ham", "missed_spam", "false_positives")
_BLOG_MAX_CHARS: Final = 253


class Counted(NamedTuple):
    """One call: ``kind`` is a column of ``akismet_months``."""

    site_id: UUID
    month: str
    blog: str
    kind: str


class Counts:
    """Gathers calls and writes them down a moment later, in one statement for each blog."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._gathered: Counter[Counted] = Counter()
        self._hurried = False
        self._writing: asyncio.Task[None] | None = None
        surroundings.before_closing(self.settle)

    def count(self, site_id: UUID, blog: str, kind: str) -> None:
        month = month_of(self._around.now())
        self._gathered[Counted(site_id, month, blog[:_BLOG_MAX_CHARS], kind)] += 1
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Return when all that was counted is written down."""
        self._hurried = True
        while self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        try:
            while self._gathered:
                gathered, self._gathered = self._gathered, Counter()
                await self._around.in_transaction(lambda session: add(session, gathered))  # noqa: B023 - awaited at once
                if not self._hurried:
                    await asyncio.sleep(_BETWEEN)
        except Unavailable:
            _log.warning("akismet_calls_not_counted")
        finally:
            self._writing = None


def month_of(now: datetime) -> str:
    return f"{now:%Y-%m}"


def add(session: Session, counted: Counter[Counted]) -> None:
    """Add the calls to their months."""
    for each, number in sorted(counted.items()):
        row = insert(AkismetMonth).values(
            site_id=each.site_id,
            month=each.month,
            blog=each.blog,
            **{kind: number if kind == each.kind else 0 for kind in _KINDS},
        )
        column = getattr(AkismetMonth, each.kind)
        session.execute(
            row.on_conflict_do_update(
                index_elements=[AkismetMonth.site_id, AkismetMonth.month, AkismetMonth.blog],
                set_={each.kind: column + number},
            )
        )


def checks(session: Session, site_id: UUID, month: str) -> int:
    """Return how many comments the site had checked in the month."""
    total = func.coalesce(func.sum(AkismetMonth.spam + AkismetMonth.ham), 0)
    mine = select(total).where(AkismetMonth.site_id == site_id, AkismetMonth.month == month)
    return int(session.scalars(mine).one())


def blogs(session: Session, site_id: UUID, month: str) -> list[AkismetMonth]:
    """Return the site's blogs in the month, the busiest first."""
    mine = select(AkismetMonth).where(AkismetMonth.site_id == site_id, AkismetMonth.month == month)
    return sorted(session.scalars(mine), key=lambda row: (-(row.spam + row.ham), row.blog))
