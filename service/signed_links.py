"""Addresses that open one thing to whoever holds them, without an account, for a time.

A token is the thing's kind and id and when the link ends, with a keyed digest of all three: nothing
can be guessed, counted or prolonged, and nothing has to be stored. The same thing and end give the
same token, so a link may be made again whenever it is asked for.

Source: HMAC-SHA256 (RFC 2104), cut to 128 bits as its section 5 allows; the key is made of the
service's secret for this purpose alone.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, Self
from uuid import UUID

from service.errors import Gone, NotFound
from service.sealing import secrets
from service.settings import Settings

_DIGEST_BYTES: Final = 16
_ID_BYTES: Final = 16
_TIME_BYTES: Final = 5
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{51}")


class Kind(Enum):
    """What a link opens, as its one byte."""

    STATEMENT = b"s"
    NOTICE = b"n"


class LinkNotKnown(NotFound):
    code = "link_not_known"

    def __init__(self) -> None:
        super().__init__("This is no link of ours: copy the whole address that you were given.")


class LinkExpired(Gone):
    code = "link_expired"

    def __init__(self) -> None:
        super().__init__("This link was good for a limited time, which is over.")


@dataclass(frozen=True, slots=True, repr=False)
class SignedLinks:
    """Makes such addresses with the first of its keys, and reads those of any."""

    keys: Sequence[bytes]
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        keys = [
            hmac.digest(secret, b"parley signed links", "sha256") for secret in secrets(settings)
        ]
        return cls(keys, settings.web.public_url.rstrip("/"))

    def url(self, path: str, kind: Kind, of: UUID, *, ends_at: datetime) -> str:
        """Return the whole address: ``path`` and the token."""
        return f"{self.public_url}{path}/{self.token(kind, of, ends_at=ends_at)}"

    def token(self, kind: Kind, of: UUID, *, ends_at: datetime) -> str:
        seconds = int(ends_at.timestamp()).to_bytes(_TIME_BYTES, "big")
        said = kind.value + of.bytes + seconds
        return base64.urlsafe_b64encode(said + _digest(self.keys[0], said)).decode().rstrip("=")

    def read(self, kind: Kind, token: str, *, now: datetime) -> UUID:
        """Return what the token opens.

        Raises:
            LinkNotKnown: it is not one of ours, or of another kind.
            LinkExpired: its time is over.
        """
        said = self._checked(token)
        if said[:1] != kind.value:
            raise LinkNotKnown
        ends_at = datetime.fromtimestamp(int.from_bytes(said[1 + _ID_BYTES :], "big"), tz=UTC)
        if ends_at <= now:
            raise LinkExpired
        return UUID(bytes=said[1 : 1 + _ID_BYTES])

    def _checked(self, token: str) -> bytes:
        if not _TOKEN.fullmatch(token):
            raise LinkNotKnown
        try:
            sent = base64.urlsafe_b64decode(token + "=")
        except binascii.Error as error:
            raise LinkNotKnown from error
        said, digest = sent[:-_DIGEST_BYTES], sent[-_DIGEST_BYTES:]
        if not any(hmac.compare_digest(digest, _digest(key, said)) for key in self.keys):
            raise LinkNotKnown
        return said


def _digest(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")[:_DIGEST_BYTES]
