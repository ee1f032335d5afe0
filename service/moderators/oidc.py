"""Signing in by an OpenID Connect provider's accounts: what is asked of it, what is believed.

Authorization code flow with PKCE, state and nonce. The browser carries the three of a sign-in that
is under way in a sealed cookie (see ``team/oidc_pages.py``); nothing is stored.

Source: OpenID Connect Core 1.0, sections 3.1.2.1, 3.1.3.7 (what to check of an ID token); Discovery
1.0, section 4; RFC 7636 (PKCE); RFC 9700 (OAuth security, best current practice). Tokens are read
by `joserfc`.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.errors import Unavailable
from service.moderators.errors import OutsideRefused
from service.settings import Oidc

_log = structlog.get_logger(__name__)

# Signatures by a public key alone: a token signed with our own client secret proves nothing more.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_SCOPES: Final = "openid email profile"
_CLOCKS_DIFFER: Final = timedelta(seconds=60)
_KEYS_KEPT_SECONDS: Final = 3600.0
_KEYS_ASKED_AGAIN_SECONDS: Final = 30.0
_SILENCE_REMEMBERED_SECONDS: Final = 10.0
_ANSWER_MAX_BYTES: Final = 1_000_000
_DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sign-in that has begun: what must come back with it, and where it leads."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def begin(cls, next_: str) -> Self:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, next_)

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def text(self) -> str:
        return json.dumps(asdict(self))

    @property
    def challenge(self) -> str:
        """The verifier's digest, by which the provider knows who may fetch the tokens."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Person(NamedTuple):
    """Who has signed in at the provider, by what it vouches for."""

    issuer: str
    subject: str
    email: str
    name: str


class _Known(NamedTuple):
    """What the provider says of itself, and its keys; good until ``until``."""

    document: Mapping[str, Any]
    keys: KeySet
    asked_at: float


class Provider:
    """One provider, as the settings name it; used by many threads."""

    def __init__(self, oidc: Oidc, *, redirect_uri: str) -> None:
        assert oidc.issuer is not None  # noqa: S101 - given together, or not at all
        assert oidc.client_id is not None  # noqa: S101
        assert oidc.client_secret is not None  # noqa: S101
        self.issuer = oidc.issuer
        self._client_id = oidc.client_id
        self._secret = oidc.client_secret
        self._redirect_uri = redirect_uri
        self._timeout = oidc.timeout.total_seconds()
        # Reading all certificates takes longer than a call.
        self._certificates = httpx2.create_ssl_context()
        self._lock = Lock()
        self._known: _Known | None = None
        self._silent_until = 0.0

    def address(self, under_way: UnderWay) -> str:
        """Return where the browser goes to sign in.

        Raises:
            Unavailable: the provider does not answer.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": _SCOPES,
            "state": under_way.state,
            "nonce": under_way.nonce,
            "code_challenge": under_way.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(self._about().document["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def person(self, code: str, under_way: UnderWay, *, now: datetime) -> Person:
        """Return who has signed in, by the code that the browser has brought.

        Raises:
            OutsideRefused: the provider gives no token for it, or one that does not hold.
            Unavailable: the provider does not answer.
        """
        token = self._exchange(code, under_way)
        claims = self._claims(token, nonce=under_way.nonce, now=now)
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            _refuse("email_not_verified")
        name = claims.get("name")
        return Person(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            email=str(email),
            name=name if isinstance(name, str) else str(email).partition("@")[0],
        )

    def _exchange(self, code: str, under_way: UnderWay) -> str:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": under_way.verifier,
            "client_id": self._client_id,
            "client_secret": self._secret.get_secret_value(),
        }
        endpoint = str(self._about().document["token_endpoint"])
        status, answer = self._call("POST", endpoint, data=given)
        token = answer.get("id_token")
        if status != httpx2.codes.OK or not isinstance(token, str):
            _refuse("no_token")
        return str(token)

    def _claims(self, token: str, *, nonce: str, now: datetime) -> Mapping[str, Any]:
        decoded = self._decode(token, self._about().keys)
        if decoded is None:
            # The provider may have changed its keys since we asked for them.
            decoded = self._decode(token, self._about(again=True).keys)
        if decoded is None:
            _refuse("signature")
        assert decoded is not None  # noqa: S101 - or it was refused
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=int(_CLOCKS_DIFFER.total_seconds()),
            iss={"essential": True, "value": self.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(dict(decoded.claims))
        except JoseError as error:
            _refuse("claims", error)
        azp = decoded.claims.get("azp", self._client_id)
        if azp != self._client_id:
            _refuse("issued_to_another")
        return decoded.claims

    def _decode(self, token: str, keys: KeySet) -> jwt.Token | None:
        try:
            return jwt.decode(token, keys, algorithms=list(_ALGORITHMS))
        except (JoseError, ValueError):
            return None

    def _about(self, *, again: bool = False) -> _Known:
        """Return what the provider says of itself, asked once an hour, or ``again``.

        One asks, others wait for what it hears, as long as an answer may take. Who comes just
        after a silence is told of it at once: they would all hold threads that others need.

        Raises:
            Unavailable: the provider does not answer, or did not just now.
        """
        good_for = _KEYS_ASKED_AGAIN_SECONDS if again else _KEYS_KEPT_SECONDS
        if (known := self._fresh(good_for)) is not None:
            return known
        if not self._lock.acquire(timeout=self._timeout):
            raise Unavailable(SILENT)
        try:
            if (known := self._fresh(good_for)) is None:
                known = self._known = self._ask_unless_silent()
            return known
        finally:
            self._lock.release()

    def _fresh(self, good_for: float) -> _Known | None:
        known = self._known
        return known if known and known.asked_at + good_for >= time.monotonic() else None

    def _ask_unless_silent(self) -> _Known:
        try:
            return self._ask()
        except Unavailable:
            self._remember_silence()
            raise

    def _remember_silence(self) -> None:
        self._silent_until = time.monotonic() + _SILENCE_REMEMBERED_SECONDS

    def _ask(self) -> _Known:
        asked_at = time.monotonic()
        status, document = self._call("GET", f"{self.issuer.rstrip('/')}{_DISCOVERY}")
        if status != httpx2.codes.OK or document.get("issuer") != self.issuer:
            raise Unavailable(SILENT)
        status, found = self._call("GET", str(document.get("jwks_uri")))
        try:
            keys = KeySet.import_key_set(found)  # type: ignore[arg-type] # checked by what it does
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(SILENT) from error
        return _Known(document, keys, asked_at)

    def _call(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object that the provider answers.

        Raises:
            Unavailable: it answers nothing of the kind, or not in time, or did not just now.
        """
        if time.monotonic() < self._silent_until:
            raise Unavailable(SILENT)
        try:
            with httpx2.Client(
                verify=self._certificates, follow_redirects=False, timeout=self._timeout
            ) as client:
                answer = client.request(
                    method, url, data=data, headers={"Accept": "application/json"}
                )
            read = answer.json() if len(answer.content) <= _ANSWER_MAX_BYTES else None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            _log.warning("oidc_silent", error=type(error).__name__)
            self._remember_silence()
            raise Unavailable(SILENT) from error
        if not isinstance(read, dict):
            raise Unavailable(SILENT)
        return answer.status_code, read


SILENT: Final = "The sign-in of your organisation does not answer: try again in a moment."


def _refuse(why: str, error: Exception | None = None) -> None:
    """Refuse, and say why in the log alone: the caller may be anybody.

    Raises:
        OutsideRefused: always.
    """
    _log.warning("oidc_refused", why=why, error=None if error is None else str(error))
    raise OutsideRefused
