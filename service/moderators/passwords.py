"""Passwords, by Argon2id with the library's own parameters (RFC 9106, low memory: 64 MiB).

At most a few are worked on at once: each takes 64 MiB, and a flood of sign-ins must not take all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import Unavailable

_hasher = PasswordHasher()
_at_once = BoundedSemaphore(4)
_WAITS_SECONDS = 5.0
BUSY = "Too many are signing in just now: try again in a moment."


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn, but not for ever: those who wait hold threads that others need.

    Raises:
        Unavailable: too many are at it.
    """
    if not _at_once.acquire(timeout=_WAITS_SECONDS):
        raise Unavailable(BUSY)
    try:
        yield
    finally:
        _at_once.release()


@cache
def _nobodys() -> str:
    """Return what an unknown moderator's password is held against, to take the same work.

    Made when it is first needed: hashing takes long on purpose, and every command would pay.
    """
    return _hasher.hash("nobody signs in with this")


def hashed(password: str) -> str:
    with _turn():
        return _hasher.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Say whether ``password`` belongs to the hash; None takes as long, and is always wrong."""
    with _turn():
        try:
            matches = _hasher.verify(stored or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return matches and stored is not None


def is_outdated(stored: str) -> bool:
    """Say whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
