"""Signing what we send, as Standard Webhooks has it. Pure, but for making a secret."""

import base64
import secrets
from datetime import UTC, datetime
from uuid import UUID

from standardwebhooks import Webhook

MARK = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a secret in the form that the receivers' libraries read."""
    return MARK + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(
    secret: str, delivery_id: UUID, body: str, *, previous: str | None = None, now: datetime
) -> dict[str, str]:
    """Return the headers of one attempt; the id stays the same on every one, the time does not.

    ``previous`` is a secret that signs as well, while receivers change over to the new one.
    """
    # The library takes the clock's digits as UTC, whatever the zone.
    at = now.astimezone(UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Parley-Webhooks",
        "webhook-id": str(delivery_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(each).sign(str(delivery_id), at, body) for each in (secret, previous) if each
        ),
    }
