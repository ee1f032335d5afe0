"""Read, act, record: take what is due, send it with no transaction open, keep what came of it.

Every endpoint is served by itself, so that a slow or dead one holds up nobody else's deliveries.
"""

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import httpx2
import structlog
from sqlalchemy.exc import OperationalError

from service.comments.statement_link import statement_url_of
from service.comments.status import Status
from service.jobs import DeliverWebhooks
from service.sealing import Seal, SealBroken
from service.settings import Settings
from service.webhooks import kept_secrets, postbag, sending
from service.webhooks.sending import Attempted, Due
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

_AT_ONCE_BY_ENDPOINT = 16
_ENDPOINTS_AT_ONCE = 32
_LOOK_AGAIN = timedelta(seconds=1)
_REJECTED = f"comment.{Status.REJECTED}"
# Beyond the time that an attempt may take: what is taken and not recorded by then is due again.
_LEASE_BEYOND = timedelta(seconds=30)


@handles(DeliverWebhooks)
def deliver_webhooks(job: DeliverWebhooks, workplace: Workplace) -> None:
    """Send the postman out; the sites' slowness is not the scoring's."""
    workplace.broker.wiped(job)
    workplace.postman.go_out(partial(deliver_due, workplace))


def deliver_due(workplace: Workplace) -> None:
    """Send what is due until nothing is."""
    try:
        asyncio.run(_deliver_all(workplace))
    except OperationalError as error:
        # The sweep sends the postman out again.
        _log.warning("database_silent", job=DeliverWebhooks.name, error=type(error).__name__)


async def _deliver_all(workplace: Workplace) -> None:
    allow_private = workplace.settings.webhooks.allow_private_addresses
    async with sending.client(allow_private=allow_private) as client:
        served: dict[UUID, asyncio.Task[None]] = {}
        while not workplace.postman.stopping.is_set():
            for endpoint_id in await asyncio.to_thread(_endpoints_with_due, workplace):
                if endpoint_id not in served and len(served) < _ENDPOINTS_AT_ONCE:
                    serving = _serve(workplace, client, endpoint_id)
                    served[endpoint_id] = asyncio.create_task(serving)
            if not served:
                return
            done, _ = await asyncio.wait(
                served.values(),
                timeout=_LOOK_AGAIN.total_seconds(),
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                task.result()
            served = {key: task for key, task in served.items() if task not in done}


async def _serve(workplace: Workplace, client: httpx2.AsyncClient, endpoint_id: UUID) -> None:
    """Send what the endpoint is owed, a few at once, until it is owed nothing."""
    seal = Seal.of(workplace.settings)
    while taken := await asyncio.to_thread(_take, workplace, endpoint_id):
        attempts = (_attempt(workplace, client, due, seal) for due in taken)
        attempted = await asyncio.gather(*attempts)
        await asyncio.to_thread(_record, workplace, attempted)


async def _attempt(
    workplace: Workplace, client: httpx2.AsyncClient, due: Due, seal: Seal
) -> Attempted:
    """Sign and send once; what cannot be signed has failed, and is tried again like the rest."""
    try:
        ready = kept_secrets.ready(due, seal)
    except SealBroken:
        _log.error("webhook_secret_unreadable", endpoint=str(due.endpoint_id))
        return Attempted(due, workplace.clock(), error="the secret cannot be read: see our log")
    within = workplace.settings.webhooks.timeout
    return await sending.attempt(client, ready, within=within, clock=workplace.clock)


def _endpoints_with_due(workplace: Workplace) -> list[UUID]:
    with workplace.database.transaction() as session:
        now = workplace.clock()
        return postbag.endpoints_with_due(session, now=now, limit=2 * _ENDPOINTS_AT_ONCE)


def _take(workplace: Workplace, endpoint_id: UUID) -> list[Due]:
    if workplace.postman.stopping.is_set():
        return []
    lease = workplace.settings.webhooks.timeout + _LEASE_BEYOND
    with workplace.database.transaction() as session:
        taken = postbag.take(
            *(session, endpoint_id),
            now=workplace.clock(),
            lease=lease,
            limit=_AT_ONCE_BY_ENDPOINT,
        )
    return [_with_statement(each, workplace.settings) for each in taken]


def _with_statement(due: Due, settings: Settings) -> Due:
    """Say of a rejection where its author reads why: what signs the link is not in the table."""
    if due.payload["type"] != _REJECTED:
        return due
    data = due.payload["data"]
    rejected_at = datetime.fromisoformat(data["decided_at"])
    url = statement_url_of(settings, UUID(data["id"]), rejected_at=rejected_at)
    return replace(due, payload={**due.payload, "data": {**data, "statement_url": url}})


def _record(workplace: Workplace, attempted: list[Attempted]) -> None:
    with workplace.database.transaction() as session:
        postbag.record(
            session,
            attempted,
            max_attempts=workplace.settings.webhooks.max_attempts,
            jitter=random.random,
            now=workplace.clock(),
        )
