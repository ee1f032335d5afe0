"""Where pages lie that may use a public key: origins as browsers write them. Pure."""

import re
from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

from service.embed.errors import OriginInvalid

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
ORIGINS_MAX: Final = 50
ORIGIN_MAX_CHARS: Final = 300


def checked(origins: Sequence[str]) -> list[str]:
    """Return the origins as a browser sends them, each once.

    Raises:
        OriginInvalid: there is none, or one of them is no origin; says what would be right.
    """
    if not 1 <= len(origins) <= ORIGINS_MAX:
        raise OriginInvalid(f"Give 1 to {ORIGINS_MAX} origins, such as https://news.example.")
    return list(dict.fromkeys(normalised(each) for each in origins))


def normalised(origin: str) -> str:
    """Return ``origin`` as a browser sends it: in lower case, without its scheme's own port.

    Raises:
        OriginInvalid: it is none; says what would be right.
    """
    found = _origin_of(origin.strip()) if len(origin) <= ORIGIN_MAX_CHARS else None
    parts = urlsplit(origin.strip()) if found else None
    if not found or not parts or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise OriginInvalid(
            f"{origin!r} is no origin: write scheme, host and, if there is one, port, "
            "such as https://news.example or http://localhost:8080."
        )
    return found


def lies_on(url: str, origins: Sequence[str]) -> bool:
    """Say whether a web address lies on one of the origins."""
    return _origin_of(url) in origins


def _origin_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        default = _DEFAULT_PORTS[parts.scheme]
        named = _host(host or "")
    except (ValueError, KeyError):
        return None
    # Of `https://news.example@evil.example` a careless reader sees the first host.
    if not named or parts.username is not None or parts.password is not None:
        return None
    return f"{parts.scheme}://{named}" + (f":{port}" if port not in (None, default) else "")


def _host(host: str) -> str | None:
    """Return the host as browsers write it.

    Raises:
        ValueError: it is none.
    """
    if ":" in host:
        return f"[{IPv6Address(host).compressed}]"
    ascii_only = host if host.isascii() else host.encode("idna").decode()
    return ascii_only if _HOST.fullmatch(ascii_only) else None
