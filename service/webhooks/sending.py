"""One attempt of one delivery, over HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.webhooks import egress, rules, signing


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is ours to try now."""

    delivery_id: UUID
    endpoint_id: UUID
    url: str
    secret: str
    payload: dict[str, Any]
    attempts: int
    previous_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of an attempt: the site's status code, or else why there is none."""

    due: Due
    at: datetime
    status_code: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        return rules.is_delivered(self.status_code)


def client(*, allow_private: bool) -> httpx2.AsyncClient:
    """Return a client that follows no redirect and heeds no proxy of the environment."""
    return httpx2.AsyncClient(
        transport=egress.PinnedTransport(allow_private=allow_private),
        follow_redirects=False,
        trust_env=False,
    )


async def attempt(
    client: httpx2.AsyncClient, due: Due, *, within: timedelta, clock: Callable[[], datetime]
) -> Attempted:
    """Try ``due`` once; whatever goes wrong out there is an answer, not an error."""
    body = json.dumps(due.payload, ensure_ascii=False, separators=(",", ":"))
    now = clock()
    headers = signing.headers(
        due.secret, due.delivery_id, body, previous=due.previous_secret, now=now
    )
    return await send(client, due, body=body, headers=headers, within=within, now=now)


async def send(
    client: httpx2.AsyncClient,
    due: Due,
    *,
    body: str,
    headers: Mapping[str, str],
    within: timedelta,
    now: datetime,
) -> Attempted:
    """Send ``body`` to where ``due`` goes, once; as it stands, under these headers."""
    try:
        request = client.build_request("POST", due.url, content=body.encode(), headers=headers)
        # A time-out for the whole: a site that sends a byte now and then would never end otherwise.
        async with asyncio.timeout(within.total_seconds()):
            response = await client.send(request, stream=True)
            await response.aclose()
        asked = rules.retry_after(response.headers.get("retry-after"))
        return Attempted(due, now, status_code=response.status_code, retry_after=asked)
    except (TimeoutError, httpx2.TimeoutException):
        return Attempted(due, now, error="timed out")
    except (egress.AddressRefused, egress.AddressUnknown) as error:
        return Attempted(due, now, error=str(error))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return Attempted(due, now, error=f"no answer: {type(error).__name__}")
