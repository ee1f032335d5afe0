"""A small proof of work: cheap for one reader, dear for whoever floods.

The browser looks for a text that, put after the challenge, gives a SHA-256 with so many zero bits
in front: one bit more doubles the work, and checking it is one digest. A challenge is signed and
ends, so none has to be stored before it is solved; once solved, it counts once.

Source: Back 2002, "Hashcash - A Denial of Service Counter-Measure".
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.embed.errors import WorkWrong
from service.embed.signing import Signature, time_as_bytes, time_of

_NONCE_BYTES: Final = 9
_SAID_BYTES: Final = 8 + 1 + _NONCE_BYTES
SOLUTION_MAX_CHARS: Final = 32
_SOLUTION: Final = re.compile(r"[!-~]{1,32}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is asked to solve before ``expires_at``."""

    text: str
    bits: int
    expires_at: datetime


def issue(
    signature: Signature, site_id: UUID, *, bits: int, lifetime: timedelta, now: datetime
) -> Challenge:
    expires_at = (now + lifetime).replace(microsecond=0)
    said = time_as_bytes(expires_at) + bytes([bits]) + secrets.token_bytes(_NONCE_BYTES)
    return Challenge(signature.text(said, of=site_id), bits, expires_at)


def check(
    signature: Signature, site_id: UUID, challenge: str, solution: str, *, now: datetime
) -> datetime:
    """Pass a solution of a challenge of ours; return until when the challenge is good.

    Raises:
        WorkWrong: it solves nothing, or too late, or the challenge is not one of this site's.
    """
    said = signature.said(challenge, of=site_id)
    if said is None or len(said) != _SAID_BYTES or not _SOLUTION.fullmatch(solution):
        raise WorkWrong
    expires_at, bits = time_of(said), said[8]
    if expires_at <= now or zero_bits(f"{challenge}:{solution}") < bits:
        raise WorkWrong
    return expires_at


def zero_bits(text: str) -> int:
    """Return how many zero bits the SHA-256 of the text begins with."""
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return 256 - digest.bit_length()
