from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from service.comments.intake import Intake
from service.database_url import async_url
from service.db import Database, asynchronous_engine

OpenIntake = Callable[..., AbstractAsyncContextManager[Intake]]


@asynccontextmanager
async def an_engine(database_url: str, *, pool_size: int = 6) -> AsyncIterator[AsyncEngine]:
    engine = asynchronous_engine(async_url(database_url), pool_size=pool_size)
    try:
        yield engine
    finally:
        await engine.dispose()


@pytest.fixture
def open_intake(database_url: str, database: Database) -> OpenIntake:
    """Return what opens an intake inside a test's own event loop."""
    assert database  # emptied when the test is over

    @asynccontextmanager
    async def opened(
        *,
        wake: Callable[[], None] = lambda: None,
        linger: timedelta = timedelta(milliseconds=2),
        most: int = 256,
    ) -> AsyncIterator[Intake]:
        async with an_engine(database_url) as engine:
            intake = Intake(engine, linger=linger, most=most, wake=wake)
            try:
                yield intake
            finally:
                await intake.close()

    return opened
