"""The lists that all readers see, as the documents that are sent: see ``reading_schemas``.

Every page view asks for one, so they are made of plain values, without a model for each comment.
"""

from collections.abc import Sequence

from service.embed.reading import Listed, Place, Seen, SeenThread, Sort
from service.paging import Cursor

Document = dict[str, object]


def threads(found: Listed, *, sort: Sort, limit: int) -> Document:
    """Return a ``ThreadsOut`` of one page; one thread more than that says that there are more."""
    page = found.threads[:limit]
    more = len(found.threads) > limit
    return {
        "items": [thread(each) for each in page],
        "count": found.published,
        "next": Place(page[-1].reply_count, page[-1].top.id).encode(sort) if more else None,
    }


def thread(found: SeenThread) -> Document:
    """Return a ``ThreadOut``."""
    replies = [each._asdict() for each in found.replies]
    return {
        **found.top._asdict(),
        "reply_count": found.reply_count,
        "replies": replies,
        "replies_next": Cursor(found.replies[-1].id).encode() if found.has_more else None,
    }


def replies(found: Sequence[Seen], *, limit: int) -> Document:
    """Return a ``RepliesOut`` of one page; one reply more than that says that there are more."""
    page = found[:limit]
    more = len(found) > limit
    return {
        "items": [each._asdict() for each in page],
        "next": Cursor(page[-1].id).encode() if more else None,
    }
