"""Guessing passwords is slowed down."""

import hashlib

from starlette.requests import Request

from service.limits import RateLimiter
from service.settings import Settings


def spend_attempt(request: Request, settings: Settings, email: str) -> None:
    """Count an attempt to sign in, for the e-mail address and for the network address.

    Raises:
        RateLimited: too many in this minute.
    """
    limiter: RateLimiter = request.app.state.limiter
    per_minute = settings.limits.sign_ins_per_minute
    address = request.client.host if request.client else "unknown"
    # Hashed, so that Redis holds no addresses of people, and no key of any length.
    name = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()
    limiter.spend("sign_in_address", address, per_minute=per_minute)
    limiter.spend("sign_in_email", name, per_minute=per_minute)
