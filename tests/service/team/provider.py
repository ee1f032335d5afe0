"""A small OpenID Connect provider on a real port: it signs whatever a test has it say."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "parley", "the client's secret"
_BITS = 2048


def a_key() -> RSAKey:
    return RSAKey.generate_key(_BITS, {"kid": secrets.token_hex(4), "use": "sig"}, private=True)


class SmallProvider:
    """Remembers what it was asked; ``claims`` are added to its tokens, None takes one out."""

    def __init__(self) -> None:
        self.url = ""
        self._first_key = a_key()
        self.forget()

    def forget(self) -> None:
        """Begin anew, under the same address and with the same key."""
        self.key = self._first_key
        self.published = [self.key]
        self.claims: dict[str, object] = {}
        self.document: dict[str, object] = {}
        self.sign: Callable[[Mapping[str, Any]], str] = self.signed
        self.clock: Callable[[], int] = lambda: 0
        self.asked: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.is_silent = False
        # Cleared, it keeps whoever asks waiting, until it is set.
        self.holds = Event()
        self.holds.set()

    def authorize(self, address: str) -> str:
        """Sign somebody in, as a browser would at ``address``; return the code."""
        split = urlsplit(address)
        assert f"{split.scheme}://{split.netloc}{split.path}" == f"{self.url}/authorize"
        asked = {name: each[0] for name, each in parse_qs(split.query).items()}
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return code

    def signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, dict(claims), self.key)

    def token(self, given: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        """Answer the token endpoint: once for a code, and only to who has its verifier."""
        asked = self.asked.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != given.get("redirect_uri")
            or (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
        ):
            return 400, {"error": "invalid_grant"}
        now = self.clock()
        claims: dict[str, object] = {
            "iss": self.url,
            "sub": "person-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "aziza@news.example",
            "email_verified": True,
            "name": "Aziza",
        } | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(said)}

    def about(self) -> Mapping[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        } | self.document

    def keys(self) -> Mapping[str, object]:
        return {"keys": [each.as_dict(private=False) for each in self.published]}


@contextmanager
def running(provider: SmallProvider) -> Iterator[SmallProvider]:
    """Serve the provider on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.holds.wait(10)
            answers = {"/.well-known/openid-configuration": provider.about, "/keys": provider.keys}
            self._answer(200, answers[self.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: each[0] for name, each in parse_qs(body).items()}
            self._answer(*provider.token(given))

        def _answer(self, status: int, said: Mapping[str, object]) -> None:
            provider.calls.append(self.path)
            content = b"<html>" if provider.is_silent else json.dumps(said).encode()
            self.send_response(503 if provider.is_silent else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have waited long enough
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
