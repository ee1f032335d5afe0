"""Short texts that we give out and know again, without storing them.

What is said in one can be read by everybody, and changed by nobody: a keyed digest goes with it.

Source: HMAC-SHA256 (RFC 2104), cut to 128 bits as its section 5 allows.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_DIGEST_BYTES: Final = 16
_TIME_BYTES: Final = 8
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Signature:
    """Signs for one purpose; what is signed for another is not known here."""

    key: bytes

    @classmethod
    def made_of(cls, secret: bytes, purpose: str) -> "Signature":
        return cls(hmac.digest(secret, f"parley {purpose}".encode(), "sha256"))

    def digest(self, said: bytes) -> bytes:
        return hmac.digest(self.key, said, "sha256")[:_DIGEST_BYTES]

    def text(self, said: bytes, *, of: UUID) -> str:
        """Return what says ``said`` of something, to be given out."""
        signed = said + self.digest(of.bytes + said)
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def said(self, text: str, *, of: UUID) -> bytes | None:
        """Return what ``text`` says, or None when we did not say that of this."""
        if not _TEXT.fullmatch(text):
            return None
        try:
            signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            return None
        said, digest = signed[:-_DIGEST_BYTES], signed[-_DIGEST_BYTES:]
        return said if hmac.compare_digest(digest, self.digest(of.bytes + said)) else None


def time_as_bytes(at: datetime) -> bytes:
    return ((at - _EPOCH) // timedelta(milliseconds=1)).to_bytes(_TIME_BYTES, "big")


def time_of(written: bytes) -> datetime:
    return _EPOCH + timedelta(milliseconds=int.from_bytes(written[:_TIME_BYTES], "big"))
