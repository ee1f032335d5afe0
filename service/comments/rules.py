"""What must be true of a comment. Pure."""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from typing import Final
from uuid import UUID

from service import texts
from service.comments.errors import (
    BodyEmpty,
    BodyHasUnfitCharacter,
    BodyTooLong,
    FieldRequired,
)

BODY_MAX_CHARS: Final = 1500
NAME_MAX_CHARS: Final = 100
EMAIL_MAX_CHARS: Final = 254
TITLE_MAX_CHARS: Final = 500
URL_MAX_CHARS: Final = 2000
LANGUAGE_MAX_CHARS: Final = 35
NETWORK_MAX_CHARS: Final = 64

# Of a withdrawn comment: equal to no digest, so that it confirms no guess of what the text was.
NO_FINGERPRINT: Final = b""

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\]+[^\s\\]*", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_KEPT_BITS = {4: 24, 6: 48}


def count_chars(body: str) -> int:
    """Return how long a body counts: Unicode code points of its normal form."""
    return len(texts.normal_form(body))


def clean_body(body: str, *, max_chars: int = BODY_MAX_CHARS) -> str:
    """Return the body as it is stored: in its normal form, 1 to ``max_chars`` code points.

    Raises:
        BodyEmpty: it shows nothing.
        BodyTooLong: says how long it is, and how long it may be.
        BodyHasUnfitCharacter: it has a character that can be neither stored nor shown.
    """
    cleaned = texts.normal_form(body)
    if len(cleaned) > max_chars:
        raise BodyTooLong(len(cleaned), max_chars)
    unfit = texts.unfit_character(cleaned)
    if unfit:
        raise BodyHasUnfitCharacter(unfit)
    if texts.shows_nothing(cleaned):
        raise BodyEmpty
    return cleaned


def check_web_address(url: str) -> str:
    """Return ``url``, which a browser would open as a page.

    Raises:
        ValueError: it would not; says what would be right.
    """
    texts.check_identifier(url)
    if not _WEB_ADDRESS.fullmatch(url):
        raise ValueError("must be a web address that begins with http:// or https://")
    return url


def check_email(email: str) -> str:
    """Return ``email``; whether it exists, only sending would tell.

    Raises:
        ValueError: it has not the form of one; says what would be right.
    """
    texts.check_identifier(email)
    if not _EMAIL.fullmatch(email):
        raise ValueError("must be an e-mail address: name@host")
    return email


def check_language(tag: str) -> str:
    """Return a BCP 47 language tag in lower case.

    Raises:
        ValueError: it has not the form of one; says what would be right.
    """
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("must be a language tag, such as en, ru, kk or uz-Cyrl")
    return tag.lower()


def network_of(address: str) -> str:
    """Return the network of an IP address, without the part that tells its neighbours apart.

    Sites that shorten the address themselves may send a network: ``203.0.113.0/24``.

    Raises:
        ValueError: it is neither; says what would be right.
    """
    try:
        ip = _ip_of(address)
    except ValueError as error:
        raise ValueError("must be an IP address, such as 203.0.113.7 or 2001:db8::7") from error
    kept = _KEPT_BITS[ip.version]
    shift = ip.max_prefixlen - kept
    return f"{type(ip)(int(ip) >> shift << shift)}/{kept}"


def _ip_of(address: str) -> IPv4Address | IPv6Address:
    try:
        ip = ip_address(address)
    except ValueError:
        ip = ip_interface(address).ip
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped or ip
    return ip


def hidden(value: str, *, secret: bytes) -> str:
    """Return a keyed hash: equal values can be told, and nothing else; not even by trying all."""
    return hmac.digest(secret, value.encode(), "sha256").hex()


def author_identity(
    *,
    external_id: str | None,
    name: str,
    email: str | None,
    reader: str | None = None,
    secret: bytes,
) -> str:
    """Return what tells authors of a site apart: the site's own id, or what hides who it is.

    ``reader`` is what a reader's browser is known by, hidden already. It counts before the name,
    or whoever signs with a trusted reader's name would be trusted.
    """
    if external_id is not None:
        return f"id:{external_id}"
    if reader is not None:
        return f"reader:{reader}"
    guest = f"{name.casefold()}\0{(email or '').casefold()}"
    return f"guest:{hidden(guest, secret=secret)}"


def fingerprint(
    *, article_id: str, identity: str, author_name: str, parent_id: UUID | None, body: str
) -> bytes:
    """Return a digest of what makes a comment the same one when it is sent again.

    NUL stands between the parts, and none of them can have one.
    """
    parts = (article_id, identity, author_name, str(parent_id or ""), body)
    return hashlib.sha256("\0".join(parts).encode()).digest()


def check_required(required: Collection[str], sent: Mapping[str, object]) -> None:
    """Refuse a comment that lacks what its site requires.

    Raises:
        FieldRequired: names the first field that is missing.
    """
    for name in required:
        if sent.get(name) is None:
            raise FieldRequired(name)
