"""Secrets of others that we have to send back, kept so that the database alone gives none away."""

import base64
import hmac

from cryptography.fernet import Fernet


class Seal:
    """Seals and opens short texts with a key made of ours."""

    def __init__(self, secret: bytes) -> None:
        key = hmac.digest(secret, b"parley sealed secrets", "sha256")
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return the text.

        Raises:
            cryptography.fernet.InvalidToken: it was sealed with another secret.
        """
        return self._fernet.decrypt(sealed).decode()
