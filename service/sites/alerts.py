"""What the people of a site should know at once; any slice can have something to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to know: a stable ``code``, a sentence, and since when it is so, if known."""

    site_id: UUID
    code: str
    sentence: str
    since: datetime | None = None


# Looks at the given sites, by few and cheap queries: it is asked every second. A slice that has
# something to say offers one of these, and ``service/app.py`` lists it.
Source = Callable[[Session, Sequence[UUID], datetime], list[Alert]]
