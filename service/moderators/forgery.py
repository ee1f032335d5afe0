"""Is a request that carries a cookie made by our own page?

A browser sends the session's cookie along with whatever any page makes it send. Two independent
checks, of which each would do:

1. Where the request says that it comes from: ``Sec-Fetch-Site`` in every current browser, else
   ``Origin``. A request that says neither is left to the second check.
2. A token that only our own pages can read: HMAC-SHA256 of the session's token digest under the
   service's secret, in the field ``csrf`` of a form or in the header ``X-CSRF-Token``. It is bound
   to the session: nobody's own token serves against somebody else, and it ends with the session.

Source: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet, "HMAC-based token pattern" and
"Fetch Metadata headers".
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from service.moderators.errors import ForeignRequest
from service.settings import Settings

_OURS = frozenset({"same-origin", "none"})


def token_for(settings: Settings, session_id: bytes) -> str:
    """Return the token that forms of the session ``session_id`` carry."""
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, b"csrf\0" + session_id, hashlib.sha256).hexdigest()


def check(request: Request, settings: Settings, *, session_id: bytes, given: str | None) -> None:
    """Pass what our own page sent.

    Raises:
        ForeignRequest: it comes from elsewhere, or without the session's token.
    """
    expected = token_for(settings, session_id)
    # As bytes: `compare_digest` refuses strings with letters outside ASCII.
    if not hmac.compare_digest(expected.encode(), (given or "").encode("utf-8", "replace")):
        raise ForeignRequest
    check_origin(request, settings)


def check_origin(request: Request, settings: Settings) -> None:
    """Pass what does not say that it comes from elsewhere.

    Raises:
        ForeignRequest: it says so.
    """
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        if fetched_from not in _OURS:
            raise ForeignRequest
        return
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {urlsplit(settings.web.public_url).netloc, request.headers.get("host", "")}
    if urlsplit(origin).netloc not in ours:
        raise ForeignRequest
