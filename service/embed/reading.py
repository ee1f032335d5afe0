"""Reads of what readers see under an article: threads, replies, one comment with its ancestors."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text

from service.embed.asking import Asked, Rows
from service.paging import CursorInvalid

FIRST_REPLIES: Final = 3
_POSITION_BYTES: Final = 4
# The database counts in an `integer`.
_COUNT_MOST: Final = (1 << 31) - 1


class Sort(StrEnum):
    """In which order comments at the top come."""

    NEWEST = "newest"
    OLDEST = "oldest"
    REPLIES = "replies"


class Seen(NamedTuple):
    """A comment as readers see it, or the place that it keeps above published replies.

    ``status`` is the value of a ``Status``. The statements give these columns first, in this order.
    """

    id: UUID
    parent_id: UUID | None
    thread_id: UUID
    status: str
    author_name: str | None
    body: str | None
    edited: bool
    created_at: datetime


class SeenThread(NamedTuple):
    """A comment at the top, how many published ones stand below it, and the first of these."""

    top: Seen
    reply_count: int
    replies: Sequence[Seen]
    has_more: bool


class Listed(NamedTuple):
    """A page of threads, and how many comments are published under the article."""

    threads: Sequence[SeenThread]
    published: int


class Place(NamedTuple):
    """Where a page of threads ended."""

    reply_count: int
    id: UUID

    def encode(self, sort: Sort) -> str:
        place = self.reply_count.to_bytes(_POSITION_BYTES, "big") + self.id.bytes
        return base64.urlsafe_b64encode(_MARKS[sort] + place).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str, sort: Sort) -> "Place":
        """Return the place that a cursor names.

        Raises:
            CursorInvalid: it names none, or one of another order.
        """
        try:
            said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            if said[:1] != _MARKS[sort]:
                raise CursorInvalid
            reply_count = int.from_bytes(said[1 : 1 + _POSITION_BYTES], "big")
            if reply_count > _COUNT_MOST:
                raise CursorInvalid
            return cls(reply_count, UUID(bytes=said[1 + _POSITION_BYTES :]))
        except (ValueError, binascii.Error) as error:
            raise CursorInvalid from error


_MARKS: Final = {Sort.NEWEST: b"n", Sort.OLDEST: b"o", Sort.REPLIES: b"r"}


def threads(
    site_id: UUID, article_id: str, *, sort: Sort, after: Place | None, most: int
) -> Asked[Listed]:
    """Ask for comments at the top of the site's article, each with its first replies.

    Nothing, where the article is not known.
    """
    place = after or _ENDS[sort]
    given = {"site": site_id, "article": article_id, "after": place.id, "most": most}
    given |= {"replies": FIRST_REPLIES + 1}
    if sort is Sort.REPLIES:
        given["count"] = place.reply_count
    return Asked(_THREADS[sort], given, _listed)


def replies(site_id: UUID, thread_id: UUID, *, after: UUID | None, most: int) -> Asked[list[Seen]]:
    """Ask for what stands in the thread, oldest first: a parent comes before its replies.

    Nothing, where there is no such thread.
    """
    given = {"site": site_id, "thread": thread_id, "after": after or UUID(int=0), "most": most}
    return Asked(_REPLIES, given, lambda rows: [_seen(row) for row in rows])


def top(site_id: UUID, thread_id: UUID) -> Asked[SeenThread | None]:
    """Ask for the comment at the top of a thread, without replies; None: readers see none."""
    return Asked(_TOP, {"thread": thread_id, "site": site_id}, _with_all)


def with_ancestors(site_id: UUID, comment_id: UUID) -> Asked[SeenThread | None]:
    """Ask for the comment's thread: its top, and of its replies those that lead to the comment.

    None: readers do not see the comment.
    """
    return Asked(_ANCESTORS, {"comment": comment_id, "site": site_id}, _with_all)


def _listed(rows: Rows) -> Listed:
    below: dict[UUID, list[Seen]] = {}
    tops: list[tuple[Seen, int]] = []
    for row in rows:
        if row.id is None:  # the article is known, and nothing of it is seen
            continue
        seen = _seen(row)
        if row.is_reply:
            below.setdefault(seen.thread_id, []).append(seen)
        else:
            tops.append((seen, row.reply_count))
    found = [
        SeenThread(
            seen,
            reply_count,
            below.get(seen.id, ())[:FIRST_REPLIES],
            has_more=len(below.get(seen.id, ())) > FIRST_REPLIES,
        )
        for seen, reply_count in tops
    ]
    return Listed(found, rows[0].published_count if rows else 0)


def _with_all(rows: Rows) -> SeenThread | None:
    if not rows:
        return None
    seen, *below = [_seen(row) for row in rows]
    return SeenThread(seen, rows[0].reply_count, below, has_more=False)


def _seen(row: Row[Any]) -> Seen:
    return Seen._make(row[: len(Seen._fields)])


# What the indexes by thread hold. Who stands there without being seen keeps a place, if anybody
# whom readers see stands below.
_SHOWN: Final = "(c.public_revision IS NOT NULL OR c.has_replies)"
# A look-up for each: of an EXISTS the planner may make one table of all replies that there are.
_KEEPS_A_PLACE: Final = """(c.public_revision IS NOT NULL OR (
    SELECT r.id FROM comments r
    WHERE r.parent_id = c.id AND r.public_revision IS NOT NULL LIMIT 1
) IS NOT NULL)"""
_COLUMNS: Final = """
    c.id, c.parent_id, coalesce(c.thread_id, c.id) AS thread_id,
    CASE WHEN c.public_revision IS NULL THEN c.status ELSE 'approved' END AS status,
    CASE WHEN c.public_revision IS NOT NULL THEN c.author_name END AS author_name,
    CASE
        WHEN c.public_revision = c.revision THEN c.body
        WHEN c.public_revision IS NOT NULL THEN (
            SELECT body FROM revisions
            WHERE comment_id = c.id AND number = c.public_revision
        )
    END AS body,
    coalesce(c.public_revision > 1, false) AS edited, c.created_at
"""
# Only comments that were ever replied to have a thread to be looked up.
_REPLY_COUNT: Final = """
    CASE WHEN c.has_replies THEN coalesce(
        (SELECT reply_count FROM threads WHERE comment_id = c.id), 0
    ) ELSE 0 END
"""
_BY_TIME: Final = f"""
    SELECT * FROM (
        SELECT {_COLUMNS}, {_REPLY_COUNT} AS reply_count, 0 AS rank
        FROM comments c
        WHERE c.article_id = (SELECT id FROM article) AND c.thread_id IS NULL AND {_SHOWN}
            AND {{after}}
        ORDER BY {{order}}
    ) AS shown
    WHERE status = 'approved' OR reply_count > 0
    LIMIT :most
"""  # noqa: S608 - of our own constants
_BY_REPLIES: Final = f"""
    (
        SELECT {_COLUMNS}, t.reply_count, t.reply_count AS rank
        FROM threads t JOIN comments c ON c.id = t.comment_id
        WHERE t.article_id = (SELECT id FROM article) AND t.reply_count > 0
            AND (t.reply_count, t.comment_id) < (CAST(:count AS integer), CAST(:after AS uuid))
        ORDER BY t.reply_count DESC, t.comment_id DESC LIMIT :most
    )
    UNION ALL
    (
        SELECT {_COLUMNS}, 0, 0
        FROM comments c
        WHERE c.article_id = (SELECT id FROM article) AND c.thread_id IS NULL AND {_SHOWN}
            AND c.public_revision IS NOT NULL AND {_REPLY_COUNT} <= 0
            AND (CAST(:count AS integer) > 0 OR c.id < CAST(:after AS uuid))
        ORDER BY c.id DESC LIMIT :most
    )
    ORDER BY rank DESC, id DESC LIMIT :most
"""  # noqa: S608 - of our own constants


def _with_replies(tops: str, order: str) -> str:
    return f"""
        WITH article AS MATERIALIZED (
            SELECT id, published_count FROM articles
            WHERE site_id = :site AND external_id = :article
        ),
        tops AS MATERIALIZED ({tops})
        SELECT found.*, article.published_count FROM article LEFT JOIN (
            SELECT tops.*, id AS top_id, false AS is_reply FROM tops
            UNION ALL
            SELECT reply.*, 0, tops.rank, tops.id, true
            FROM tops CROSS JOIN LATERAL (
                SELECT {_COLUMNS} FROM comments c
                WHERE c.thread_id = tops.id AND {_SHOWN} AND {_KEEPS_A_PLACE}
                ORDER BY c.id LIMIT :replies
            ) AS reply
            WHERE tops.reply_count > 0
        ) AS found ON true
        ORDER BY {order}, is_reply, id
    """  # noqa: S608 - of our own constants


_THREADS: Final = {
    Sort.NEWEST: text(
        _with_replies(
            _BY_TIME.format(after="c.id < CAST(:after AS uuid)", order="c.id DESC"), "top_id DESC"
        )
    ),
    Sort.OLDEST: text(
        _with_replies(_BY_TIME.format(after="c.id > CAST(:after AS uuid)", order="c.id"), "top_id")
    ),
    Sort.REPLIES: text(_with_replies(_BY_REPLIES, "rank DESC, top_id DESC")),
}
_LAST: Final = UUID(int=(1 << 128) - 1)
_ENDS: Final = {
    Sort.NEWEST: Place(0, _LAST),
    Sort.OLDEST: Place(0, UUID(int=0)),
    Sort.REPLIES: Place(_COUNT_MOST, _LAST),
}
_REPLIES: Final = text(f"""
    SELECT {_COLUMNS} FROM comments c
    WHERE c.thread_id = :thread AND c.site_id = :site AND c.id > :after
        AND {_SHOWN} AND {_KEEPS_A_PLACE}
    ORDER BY c.id LIMIT :most
""")  # noqa: S608 - of our own constants
_TOP: Final = text(f"""
    SELECT {_COLUMNS}, coalesce(t.reply_count, 0) AS reply_count
    FROM comments c LEFT JOIN threads t ON t.comment_id = c.id
    WHERE c.id = :thread AND c.site_id = :site AND c.thread_id IS NULL
        AND (c.public_revision IS NOT NULL OR t.reply_count > 0)
""")  # noqa: S608 - of our own constants
_ANCESTORS: Final = text(f"""
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM comments
        WHERE id = :comment AND site_id = :site AND public_revision IS NOT NULL
        UNION ALL
        SELECT p.id, p.parent_id FROM up JOIN comments p ON p.id = up.parent_id
    )
    SELECT {_COLUMNS}, coalesce(t.reply_count, 0) AS reply_count
    FROM up JOIN comments c ON c.id = up.id LEFT JOIN threads t ON t.comment_id = c.id
    ORDER BY c.thread_id IS NOT NULL, c.id
""")  # noqa: S608 - of our own constants
