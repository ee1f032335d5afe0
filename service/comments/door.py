"""All that the hot door needs, opened and closed with the web process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.comments.intake import BATCHES_IN_FLIGHT, Intake
from service.comments.waiting import Waiting
from service.database_url import async_url
from service.db import asynchronous_engine
from service.jobs import Job, ScoreComments
from service.settings import Settings
from service.sites.keyring import LOOK_UPS_AT_ONCE, KeyRing

# Beside the batches: some look up keys, one polls for those who wait. Nobody waits for another's
# connection: the pool would not tell a waiter that connecting has failed.
_OTHER_CONNECTIONS = LOOK_UPS_AT_ONCE + 1


@dataclass(frozen=True, slots=True)
class Door:
    """Found at ``app.state.door``; of one event loop."""

    keyring: KeyRing
    intake: Intake
    waiting: Waiting
    secret: bytes


@asynccontextmanager
async def opened(settings: Settings, publish: Callable[[Job], None]) -> AsyncIterator[Door]:
    """Yield the open door; on the way out, what was gathered is stored first."""
    engine = asynchronous_engine(
        async_url(settings.postgres_url), pool_size=BATCHES_IN_FLIGHT + _OTHER_CONNECTIONS
    )
    door = Door(
        keyring=KeyRing(engine),
        intake=Intake(
            engine,
            linger=settings.comments.gather_linger,
            most=settings.comments.gather_max,
            wake=lambda: publish(ScoreComments()),
        ),
        waiting=Waiting(engine),
        secret=settings.secret.get_secret_value().encode(),
    )
    try:
        yield door
    finally:
        await door.waiting.close()
        await door.intake.close()
        await engine.dispose()
