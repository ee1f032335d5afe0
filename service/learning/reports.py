"""A run's page with the texts that are there now; what was erased in between is not."""

import re
from collections.abc import Collection
from html import escape
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.learning import gathering
from service.learning.errors import ReportMissing
from service.learning.tables import Run

_MARKS = re.compile(r"<!--example ([0-9a-f-]{36})-->")
_GONE = "<i>(not here any more)</i>"
_OF_OTHERS = "<i>(of a site that you do not work on)</i>"


def page(session: Session, run: Run, site_ids: Collection[UUID] | None) -> str:
    """Return the run's report as HTML, texts of these sites filled in; None: of all.

    Raises:
        ReportMissing: the run ended before there was one.
    """
    stored = session.scalar(select(Run.page).where(Run.id == run.id))
    if stored is None:
        raise ReportMissing
    wanted = {UUID(found) for found in _MARKS.findall(stored)}
    texts = gathering.by_ids(session, sorted(wanted))

    def text(mark: re.Match[str]) -> str:
        example = texts.get(UUID(mark[1]))
        if example is None:
            return _GONE
        if site_ids is not None and example.site_id not in site_ids:
            return _OF_OTHERS
        return escape(example.text)

    return _MARKS.sub(text, stored)


def card(session: Session, run: Run) -> str:
    """Return the card of the run's challenger as Markdown.

    Raises:
        ReportMissing: the run ended before there was one.
    """
    stored = session.scalar(select(Run.card).where(Run.id == run.id))
    if stored is None:
        raise ReportMissing
    return stored
