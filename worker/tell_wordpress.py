"""Read, act, record: tell each WordPress what was decided on the comments that it holds for us."""

import asyncio
import json
import random
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError

from service.dialects import akismet_telling
from service.dialects.akismet_telling import Answer
from service.jobs import TellWordPress
from service.sealing import Seal
from service.webhooks import sending
from service.webhooks.sending import Attempted
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

_AT_ONCE = 16
_LEASE_BEYOND = timedelta(seconds=30)
_HEADERS = {"content-type": "application/json", "user-agent": "Parley-Akismet"}


@handles(TellWordPress)
def tell_wordpress(job: TellWordPress, workplace: Workplace) -> None:
    """Send a second postman out: a slow blog holds up neither scoring nor webhooks."""
    workplace.broker.wiped(job)
    workplace.second_postman.go_out(partial(tell_due, workplace))


def tell_due(workplace: Workplace) -> None:
    """Tell what is due until nothing is."""
    try:
        asyncio.run(_tell_all(workplace))
    except OperationalError as error:
        # The sweep sends the postman out again.
        _log.warning("database_silent", job=TellWordPress.name, error=type(error).__name__)


async def _tell_all(workplace: Workplace) -> None:
    webhooks = workplace.settings.webhooks
    async with sending.client(allow_private=webhooks.allow_private_addresses) as client:
        while answers := await asyncio.to_thread(_take, workplace):
            attempts = (
                sending.send(
                    client,
                    each.due,
                    body=json.dumps(each.payload, ensure_ascii=False),
                    headers=_HEADERS,
                    within=webhooks.timeout,
                    now=workplace.clock(),
                )
                for each in answers
            )
            await asyncio.to_thread(_record, workplace, await asyncio.gather(*attempts))


def _take(workplace: Workplace) -> list[Answer]:
    if workplace.second_postman.stopping.is_set():
        return []
    seal = Seal.of(workplace.settings)
    lease = workplace.settings.webhooks.timeout + _LEASE_BEYOND
    with workplace.database.transaction() as session:
        return akismet_telling.take(
            session, seal=seal, now=workplace.clock(), lease=lease, limit=_AT_ONCE
        )


def _record(workplace: Workplace, attempted: list[Attempted]) -> None:
    with workplace.database.transaction() as session:
        akismet_telling.record(
            session,
            attempted,
            max_attempts=workplace.settings.webhooks.max_attempts,
            jitter=random.random(),  # noqa: S311 - spreads what failed together
            now=workplace.clock(),
        )
