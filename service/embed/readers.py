"""What a reader is known by, without an account and without a cookie. Pure.

A reader's browser keeps two secrets: for each comment a token that we made, by which it is the
author's to edit and withdraw; and an id that it made for itself, of which we keep a keyed hash that
is another one on every site.
"""

import base64
import hmac
from typing import Final
from uuid import UUID

from service.embed.signing import Signature

TOKEN_CHARS: Final = 22


class Readers:
    """Makes and checks these, with keys made of the service's secret."""

    def __init__(self, secret: bytes) -> None:
        self._tokens = Signature.made_of(secret, "readers' tokens")
        self._ids = Signature.made_of(secret, "readers' ids")
        self._networks = Signature.made_of(secret, "reporters' networks")
        self._sendings = Signature.made_of(secret, "readers' sendings")

    def token_of(self, comment_id: UUID) -> str:
        """Return the token of a comment: the same whenever it is sent again."""
        digest = self._tokens.digest(comment_id.bytes)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def owns(self, token: str, comment_id: UUID) -> bool:
        return hmac.compare_digest(token.encode(), self.token_of(comment_id).encode())

    def hidden(self, site_id: UUID, reader: UUID) -> bytes:
        """Return what is stored of a reader's id: of no use on another site."""
        return self._ids.digest(site_id.bytes + reader.bytes)

    def hidden_network(self, site_id: UUID, network: str | None) -> bytes:
        """Return what is stored of the network of someone who reports.

        It is another than what is stored of one who writes: neither leads to the other. It also
        stands for a reader whose browser keeps no id. All that are not known are one.
        """
        return self._networks.digest(site_id.bytes + (network or "").encode())

    def external_id(self, site_id: UUID, client_id: UUID) -> str:
        """Return under which id a comment is stored once, however often it is sent.

        The browser's own id is not stored: whoever knows that is given the comment's token.
        """
        return f"reader:{self._sendings.digest(site_id.bytes + client_id.bytes).hex()}"
