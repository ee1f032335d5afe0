"""Copies of a text, exact and near: what is kept of each text so that they can be found.

Disguises are undone first, so that a copy with look-alike letters is still a copy. A fingerprint
is small enough to keep in a row: the hash of the whole, and MinHash bands of which two texts share
about ``resemblance ** 2``; a GIN index finds the texts that share any band.

Source: Broder 1997, "On the resemblance and containment of documents"; Leskovec et al., "Mining of
Massive Datasets", ch. 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import sqrt
from struct import pack

from rensa import RMinHash

from ml.normalise import normalise

BANDS, ROWS_PER_BAND = 32, 2
SHINGLE_CHARS = 5
# Shorter texts ("thanks!") are alike by chance: only exact copies of them count.
NEAR_MIN_CHARS = 30
_SEED = 1997


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text: ``exact`` fits a bigint, each band a PostgreSQL integer.

    ``bands`` is empty for a text too short to have near copies.
    """

    exact: int
    bands: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """Return what is kept of the text; the same for every way to disguise it."""
    return fingerprint_normalised(normalise(text))


def fingerprint_normalised(normalised: str) -> Fingerprint:
    """Return what is kept of a text that has been normalised already."""
    letters = "".join(filter(str.isalnum, normalised))
    digest = blake2b(letters.encode(), digest_size=8).digest()
    exact = int.from_bytes(digest, "big", signed=True)
    return Fingerprint(exact, _bands(letters) if len(letters) >= NEAR_MIN_CHARS else ())


def _bands(letters: str) -> tuple[int, ...]:
    shingles = sorted(
        {letters[i : i + SHINGLE_CHARS] for i in range(len(letters) - SHINGLE_CHARS + 1)}
    )
    minimal = RMinHash(num_perm=BANDS * ROWS_PER_BAND, seed=_SEED)
    minimal.update(shingles)
    rows = minimal.digest()
    return tuple(_band(i, rows[i : i + ROWS_PER_BAND]) for i in range(0, len(rows), ROWS_PER_BAND))


def _band(place: int, rows: Sequence[int]) -> int:
    """Return one integer for a band; its place goes in, so that bands meet only their like."""
    packed = pack(f"<{1 + len(rows)}Q", place, *rows)
    return int.from_bytes(blake2b(packed, digest_size=4).digest(), "big", signed=True)


def resemblance(one: Fingerprint, other: Fingerprint) -> float:
    """Return about how much of two texts is the same, in [0, 1]: the share of common pieces.

    Exact copies give 1. Within 0.12 of the truth nine times in ten (see the tests).
    """
    if one.exact == other.exact:
        return 1.0
    if not one.bands or not other.bands:
        return 0.0
    shared = len(set(one.bands) & set(other.bands))
    return sqrt(shared / BANDS)
