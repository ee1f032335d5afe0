import asyncio
import time
from datetime import datetime

import pytest
from sqlalchemy import event, update

from service.db import Database
from service.errors import Unavailable
from service.sites import actions
from service.sites.errors import KeyMissing, KeyNotKnown
from service.sites.keyring import REMEMBERED, KeyRing, OpenedBy
from service.sites.tables import ApiKey, Site
from tests.service.comments.conftest import an_engine
from tests.service.keys import Caller


def test_many_calls_at_once_ask_the_database_once(database_url: str, caller: Caller) -> None:
    statements: list[str] = []

    async def call() -> list[OpenedBy]:
        async with an_engine(database_url) as engine:
            event.listen(
                engine.sync_engine,
                "before_cursor_execute",
                lambda *given: statements.append(given[2]),
            )
            ring = KeyRing(engine)
            opened = [await ring.site_of(caller.headers["Authorization"]) for _ in range(10)]
            return opened + await asyncio.gather(
                *(ring.site_of(caller.headers["Authorization"]) for _ in range(100))
            )

    opened = asyncio.run(call())
    assert {each.site_id for each in opened} == {caller.site.id}
    assert len(statements) == 1


def test_a_revoked_key_opens_nothing_within_two_seconds(
    database: Database, database_url: str, caller: Caller, now: datetime
) -> None:
    assert REMEMBERED.total_seconds() < 2

    async def call_until_refused() -> float:
        async with an_engine(database_url) as engine:
            ring = KeyRing(engine)
            await ring.site_of(caller.headers["Authorization"])
            with database.transaction() as session:
                for key in session.query(ApiKey):
                    actions.revoke_key(session, key, now=now)
            revoked_at = time.monotonic()
            while time.monotonic() - revoked_at < 5:
                try:
                    await ring.site_of(caller.headers["Authorization"])
                except KeyNotKnown:
                    return time.monotonic() - revoked_at
                await asyncio.sleep(0.05)
            return 5

    assert asyncio.run(call_until_refused()) < 2


def test_what_the_site_requires_is_noticed_when_it_changes(
    database: Database, database_url: str, caller: Caller
) -> None:
    async def call_before_and_after() -> tuple[OpenedBy, OpenedBy]:
        async with an_engine(database_url) as engine:
            ring = KeyRing(engine)
            before = await ring.site_of(caller.headers["Authorization"])
            with database.transaction() as session:
                session.execute(update(Site).values(required_fields=["author.email"]))
            await asyncio.sleep(REMEMBERED.total_seconds() + 0.1)
            return before, await ring.site_of(caller.headers["Authorization"])

    before, after = asyncio.run(call_before_and_after())
    assert (before.required_fields, after.required_fields) == ((), ("author.email",))


@pytest.mark.parametrize(
    ("authorization", "refused"),
    [
        (None, KeyMissing),
        ("Bearer x", KeyNotKnown),
        (f"Bearer parley_{'0' * 8}_{'A' * 43}", KeyNotKnown),
    ],
)
def test_who_has_no_key_is_refused(
    database_url: str,
    caller: Caller,
    authorization: str | None,
    refused: type[Exception],
) -> None:
    assert caller

    async def call() -> None:
        async with an_engine(database_url) as engine:
            await KeyRing(engine).site_of(authorization)

    with pytest.raises(refused):
        asyncio.run(call())


def test_a_database_that_is_not_there_is_no_wrong_key(caller: Caller) -> None:
    async def call() -> None:
        async with an_engine("postgresql://u:p@127.0.0.1:1/none") as engine:
            await KeyRing(engine).site_of(caller.headers["Authorization"])

    with pytest.raises(Unavailable):
        asyncio.run(call())
