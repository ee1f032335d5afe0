"""Secrets of others, and our own, kept so that whoever has the database alone has none of them."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.errors import Invalid
from service.settings import Settings


class SealBroken(Invalid):
    """What was sealed cannot be opened: with another secret, damaged, or too old."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(
            "A kept secret cannot be read: it was sealed under another PARLEY_SECRET. Give that "
            "one as PARLEY_SECRET_PREVIOUS, or enter the secret anew."
        )


class Seal:
    """Seals short texts with a key made of our secret; opens what older secrets have sealed, too.

    Source: Fernet (AES-128-CBC with HMAC-SHA256), through `cryptography`.
    """

    def __init__(self, secret: bytes, *older: bytes) -> None:
        self._current = _fernet(secret)
        self._any = MultiFernet([self._current, *map(_fernet, older)])

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(*secrets(settings))

    def seal(self, text: str) -> bytes:
        return self._current.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return the text.

        Raises:
            SealBroken: it was sealed with a secret that we do not have.
        """
        try:
            return self._any.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SealBroken from error

    def seal_at(self, text: str, now: datetime) -> bytes:
        """Seal what ``open_fresh`` opens for a time from now on."""
        return self._current.encrypt_at_time(text.encode(), int(now.timestamp()))

    def open_fresh(self, sealed: bytes, *, within: timedelta, now: datetime) -> str:
        """Return the text of what was sealed not longer ago than ``within``.

        Raises:
            SealBroken: it is older, or was sealed with a secret that we do not have.
        """
        try:
            opened = self._current.decrypt_at_time(
                sealed, round(within.total_seconds()), int(now.timestamp())
            )
        except InvalidToken as error:
            raise SealBroken from error
        return opened.decode()

    def renewed(self, sealed: bytes) -> bytes:
        """Return the same, sealed with today's secret: then the older one can be forgotten.

        Raises:
            SealBroken: it was sealed with a secret that we do not have.
        """
        return self.seal(self.open(sealed))


def secrets(settings: Settings) -> Sequence[bytes]:
    """Return our secret, and the one before it, if it is still given."""
    given = (settings.secret, settings.secret_previous)
    return [each.get_secret_value().encode() for each in given if each is not None]


def _fernet(secret: bytes) -> Fernet:
    key = hmac.digest(secret, b"parley sealed secrets", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
