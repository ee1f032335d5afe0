"""What the link of a notice's receipt opens."""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from service.reports.tables import Notice
from service.settings import Settings
from service.signed_links import Kind, LinkNotKnown, SignedLinks

TEXTS: Final = Path(__file__).parent / "texts"


def opened(session: Session, settings: Settings, token: str, *, now: datetime) -> Notice:
    """Return the notice whose giver holds the link.

    Raises:
        LinkNotKnown: the link is none of ours.
        LinkExpired: its time is over.
    """
    notice_id = SignedLinks.of(settings).read(Kind.NOTICE, token, now=now)
    notice: Notice | None = session.get(Notice, notice_id)
    if notice is None:
        raise LinkNotKnown
    return notice
