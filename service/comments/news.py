"""Word of what happens to comments, for the pages that watch: PostgreSQL carries it on commit.

A listener that misses it has lost nothing: it asks again by itself.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

CHANNEL: Final = "parley_comments"
# PostgreSQL carries at most 8000 bytes at once; an id in hexadecimal has 32, and quotes.
_IDS_AT_ONCE: Final = 200


class Kind(StrEnum):
    """``arrived``: held from now on; ``changed``: decided, taken in hand or given back."""

    ARRIVED = "arrived"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class News:
    """What happened to some comments of one site."""

    kind: Kind
    site_id: UUID
    comment_ids: tuple[UUID, ...]

    def encode(self) -> str:
        ids = [each.hex for each in self.comment_ids]
        return json.dumps([self.kind, self.site_id.hex, *ids], separators=(",", ":"))

    @classmethod
    def decode(cls, payload: str) -> Self:
        kind, site_id, *ids = json.loads(payload)
        return cls(Kind(kind), UUID(site_id), tuple(map(UUID, ids)))


def tell(session: Session, kind: Kind, by_site: Mapping[UUID, Iterable[UUID]]) -> None:
    """Have the pages that watch these sites hear of it once the transaction is committed."""
    for site_id, comment_ids in by_site.items():
        ids = sorted(comment_ids)
        for first in range(0, len(ids), _IDS_AT_ONCE):
            news = News(kind, site_id, tuple(ids[first : first + _IDS_AT_ONCE]))
            session.execute(select(func.pg_notify(CHANNEL, news.encode())))
