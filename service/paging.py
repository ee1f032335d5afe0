"""Cursor in, page out: keyset paging over ids that sort by time. Never OFFSET."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from service.errors import FieldProblem, Invalid

Item = TypeVar("Item")


class CursorInvalid(Invalid):
    code = "cursor_invalid"

    def __init__(self) -> None:
        super().__init__(
            "The cursor is not one of ours: send back `next` of the page before, unchanged.",
            fields=(FieldProblem("/cursor", "is not a cursor"),),
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the page before ended."""

    after: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(self.after.bytes).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Return the cursor that ``text`` encodes.

        Raises:
            CursorInvalid: it encodes none.
        """
        try:
            return cls(UUID(bytes=base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (ValueError, binascii.Error) as error:
            raise CursorInvalid from error


class Page(BaseModel, Generic[Item]):
    """Some items, and where to go on."""

    items: list[Item]
    next: str | None = Field(description="Send as `cursor` for the next page; null on the last.")


CursorQuery = Annotated[
    str | None,
    Query(alias="cursor", max_length=64, description="`next` of the page before."),
]
LimitQuery = Annotated[
    int, Query(alias="limit", ge=1, le=200, description="Most items in one page.")
]
