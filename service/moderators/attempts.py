"""Guessing passwords is slowed down, and a stranger's guesses do not shut a colleague out.

Attempts are counted for the network address, and for the e-mail address: for that apart by where
they come from. A browser on which somebody has signed in bears a mark of that, and a network from
which somebody has signed in lately is remembered; both have a count of their own for this one
e-mail address. All that is unknown shares a count, and when strangers have spent it, whoever signs
in where they did before still may.

Source: OWASP, Blocking Brute Force Attacks, "device cookies".
"""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.limits import RateLimiter, counted_address
from service.settings import Settings

COOKIE: Final = "parley_device"
_NONCE_BYTES: Final = 12
_KNOWN_FOR: Final = timedelta(days=180)
_NETWORK_KNOWN_FOR: Final = timedelta(days=30)


def spend_attempt(request: Request, settings: Settings, email: str) -> None:
    """Count an attempt to sign in.

    Raises:
        RateLimited: too many in this minute.
    """
    limiter: RateLimiter = request.app.state.limiter
    per_minute = settings.limits.sign_ins_per_minute
    network = _network(request)
    spend_network(request, settings)
    device = _device(request, settings, email)
    if device is not None:
        limiter.spend("sign_in_device", device, per_minute=per_minute)
        return
    together = _digest(settings, f"{network}\0{_plain(email)}")
    if limiter.is_known("sign_in_network", together):
        limiter.spend("sign_in_known_network", together, per_minute=per_minute)
        return
    limiter.spend("sign_in_email", _digest(settings, _plain(email)), per_minute=per_minute)


def spend_network(request: Request, settings: Settings) -> None:
    """Count something that anybody may ask for, for the network address.

    Raises:
        RateLimited: too many in this minute.
    """
    limiter: RateLimiter = request.app.state.limiter
    per_minute = settings.limits.sign_ins_per_minute
    limiter.spend("sign_in_address", _network(request), per_minute=per_minute)


def remember(request: Request, response: Response, settings: Settings, email: str) -> None:
    """Know this browser and this network again: somebody has just signed in from there."""
    limiter: RateLimiter = request.app.state.limiter
    together = _digest(settings, f"{_network(request)}\0{_plain(email)}")
    limiter.know("sign_in_network", together, lasting=_NETWORK_KNOWN_FOR)
    if _device(request, settings, email) is None:
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        response.set_cookie(
            COOKIE,
            f"{nonce}.{_mark(settings, nonce, email)}",
            max_age=round(_KNOWN_FOR.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=settings.web.public_url.startswith("https:"),
            path="/",
        )


def _device(request: Request, settings: Settings, email: str) -> str | None:
    """Return the browser's mark, if it is one of this e-mail address."""
    nonce, _, mark = request.cookies.get(COOKIE, "").partition(".")
    expected = _mark(settings, nonce, email)
    is_ours = hmac.compare_digest(mark.encode("utf-8", "replace"), expected.encode())
    return mark if is_ours else None


def _mark(settings: Settings, nonce: str, email: str) -> str:
    return _digest(settings, f"device\0{nonce}\0{_plain(email)}")


def _digest(settings: Settings, text: str) -> str:
    """Return what stands for ``text``, so that Redis holds no addresses of people."""
    secret = settings.secret.get_secret_value().encode()
    said = b"sign-in\0" + text.encode("utf-8", "replace")
    return base64.urlsafe_b64encode(hmac.digest(secret, said, hashlib.sha256)).decode().rstrip("=")


def _plain(email: str) -> str:
    return email.strip().lower()


def _network(request: Request) -> str:
    return counted_address(request.client.host if request.client else "")
