"""Which automatic decisions are judged again: by a lot that anybody can draw again. Pure.

The lot of a text is a hash of the comment's id and the text's number. So it is the same whichever
worker draws it and however often, and depends on nothing that the text says.
"""

import hashlib
from typing import Final
from uuid import UUID

_DRAWN: Final = b"parley audit"
_TWICE: Final = b"parley twice"
_BYTES: Final = 8


def is_drawn(comment_id: UUID, revision: int, *, share: float) -> bool:
    """Say whether this text is among the ``share`` of all that are judged."""
    return _lot(_DRAWN, comment_id, revision) < share


def is_judged_twice(comment_id: UUID, revision: int, *, share: float) -> bool:
    """Say whether a second person judges it too; independent of whether it was drawn."""
    return _lot(_TWICE, comment_id, revision) < share


def _lot(purpose: bytes, comment_id: UUID, revision: int) -> float:
    """Return a number in [0, 1), uniform over comments."""
    said = comment_id.bytes + revision.to_bytes(4, "big")
    digest = hashlib.blake2b(said, digest_size=_BYTES, person=purpose).digest()
    # 53 bits, as many as a float holds: more would round some of them up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53
