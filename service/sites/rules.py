"""What must be true of a site and its keys. Pure."""

import hashlib
import re
from collections.abc import Collection, Iterable
from enum import StrEnum

from service.errors import FieldProblem
from service.sites.errors import KeyInvalid, KeyMissing, KeyNotKnown, SiteInvalid

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")
# The second form can stand in a host name, where Akismet's older clients put their key.
_KEY = re.compile(r"parley_[0-9a-f]{8}_[A-Za-z0-9_-]{43}|parley-[0-9a-f]{8}-[a-z2-7]{40}")
_NAME_MAX_CHARS = 200
_SCHEME = "bearer"


class RequirableField(StrEnum):
    """Optional fields of a comment that a site may require."""

    EXTERNAL_ID = "external_id"
    AUTHOR_ID = "author.id"
    AUTHOR_EMAIL = "author.email"
    LANGUAGE = "language"
    READER_NETWORK = "reader_network"


def check_site(*, slug: str, name: str, url: str, required_fields: Iterable[str]) -> None:
    """Refuse what would not serve as a site.

    Raises:
        SiteInvalid: says every field that is wrong, and what would be right.
    """
    unknown = sorted(set(required_fields) - set(RequirableField))
    found = {
        "/slug": None
        if _SLUG.fullmatch(slug)
        else "must be a-z, 0-9 and inner hyphens, 63 at most",
        "/name": None
        if name.strip() and name.isprintable() and len(name) <= _NAME_MAX_CHARS
        else f"must be printable, 1 to {_NAME_MAX_CHARS} characters",
        "/url": None if _WEB_ADDRESS.fullmatch(url) else "must begin with http:// or https://",
        "/required_fields": f"can hold {', '.join(RequirableField)}; not {unknown[0]}"
        if unknown
        else None,
    }
    fields = tuple(FieldProblem(where, wrong) for where, wrong in found.items() if wrong)
    if fields:
        first = fields[0]
        raise SiteInvalid(f"{first.pointer.strip('/')} {first.detail}.", fields=fields)


def check_key(*, name: str, scopes: Collection[str]) -> None:
    """Refuse what would not serve as a key.

    Raises:
        KeyInvalid: says what is wrong, and what would be right.
    """
    if not (name.strip() and name.isprintable() and len(name) <= _NAME_MAX_CHARS):
        wrong = FieldProblem("/name", f"must be printable, 1 to {_NAME_MAX_CHARS} characters")
    elif not scopes:
        wrong = FieldProblem("/scopes", "must hold one scope at least")
    else:
        return
    raise KeyInvalid(f"{wrong.pointer.strip('/')} {wrong.detail}.", fields=(wrong,))


def key_in(authorization: str | None) -> str:
    """Return the key in an ``Authorization`` header.

    Raises:
        KeyMissing: no header, or not a bearer's.
        KeyNotKnown: it cannot be one of ours, so the database need not be asked.
    """
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    if scheme.lower() != _SCHEME or not key:
        raise KeyMissing
    if not _KEY.fullmatch(key):
        raise KeyNotKnown
    return key


def key_digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def described_key(*, name: str, prefix: str) -> str:
    """Return how a key is named to people: what it is for, and what it begins with."""
    return f"key “{name}” (parley_{prefix}_…)"
