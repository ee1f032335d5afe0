"""The orders of what is held, and places in them: what comes after a place is the next page."""

import base64
import math
import struct
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression

from service.comments.tables import Comment
from service.paging import CursorInvalid
from service.review.queue_names import Sort


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands in an order: by its key there, and by its id where keys are equal."""

    key: float
    comment_id: UUID

    @classmethod
    def of(cls, comment: Comment, sort: Sort) -> Self:
        match sort:
            case Sort.PRIORITY:
                return cls(comment.priority, comment.id)
            case Sort.HIGHEST | Sort.LOWEST:
                return cls(comment.urgency, comment.id)
            case Sort.NEAREST:
                return cls(1.0 if comment.margin is None else comment.margin, comment.id)
            case Sort.OLDEST | Sort.NEWEST:
                return cls(0.0, comment.id)

    def encode(self) -> str:
        packed = struct.pack(">d16s", self.key, self.comment_id.bytes)
        return base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the place that ``text`` encodes.

        Raises:
            CursorInvalid: it encodes none.
        """
        try:
            key, packed_id = struct.unpack(">d16s", base64.urlsafe_b64decode(text))
        except (ValueError, struct.error) as error:
            raise CursorInvalid from error
        if not math.isfinite(key):
            raise CursorInvalid
        return cls(key, UUID(bytes=packed_id))


def order(sort: Sort, of: type[Comment] = Comment) -> tuple[ColumnElement[Any], ...]:
    """Return the order; `lowest` is the exact reverse of `highest`, so one index serves both."""
    match sort:
        case Sort.PRIORITY:
            return (of.priority.desc(), of.id.asc())
        case Sort.HIGHEST:
            return (of.urgency.desc(), of.id.asc())
        case Sort.LOWEST:
            return (of.urgency.asc(), of.id.desc())
        case Sort.NEAREST:
            return (of.margin.asc(), of.id.asc())
        case Sort.OLDEST:
            return (of.id.asc(),)
        case Sort.NEWEST:
            return (of.id.desc(),)


def comes_after(place: Place, sort: Sort) -> ColumnElement[bool]:
    """Say whether a comment comes after the place."""
    match sort:
        case Sort.PRIORITY:
            return _below(Comment.priority, place)
        case Sort.HIGHEST:
            return _below(Comment.urgency, place)
        case Sort.LOWEST:
            same = (Comment.urgency == place.key) & (Comment.id < place.comment_id)
            return (Comment.urgency >= place.key) & ((Comment.urgency > place.key) | same)
        case Sort.NEAREST:
            same = (Comment.margin == place.key) & (Comment.id > place.comment_id)
            return (Comment.margin >= place.key) & ((Comment.margin > place.key) | same)
        case Sort.OLDEST:
            return Comment.id > place.comment_id
        case Sort.NEWEST:
            return Comment.id < place.comment_id


def _below(key: SQLColumnExpression[float], place: Place) -> ColumnElement[bool]:
    # The first half alone lets the index begin at the place; the second leaves out what was seen.
    same = (key == place.key) & (Comment.id > place.comment_id)
    return (key <= place.key) & ((key < place.key) | same)
