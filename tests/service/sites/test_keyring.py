import asyncio
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update

from service.db import Database
from service.errors import Unavailable
from service.sites import actions, keyring
from service.sites.errors import KeyMissing, KeyNotKnown
from service.sites.keyring import REMEMBERED, KeyRing, OpenedBy
from service.sites.tables import ApiKey, Site
from tests.service.comments.conftest import an_engine
from tests.service.keys import Caller


def test_many_calls_at_once_ask_the_database_once(
    database_url: str, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "REMEMBERED", timedelta(minutes=1))  # however slow the machine
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


def _wrong_key(number: int) -> str:
    return f"Bearer parley_{number:08x}_{'A' * 43}"


async def _opens(ring: KeyRing, authorization: str) -> bool:
    try:
        await ring.site_of(authorization)
    except KeyNotKnown:
        return False
    return True


def test_a_right_key_does_not_queue_behind_a_flood_of_wrong_ones(
    database_url: str, caller: Caller
) -> None:
    statements: list[str] = []

    async def flood() -> tuple[bool, int, list[bool]]:
        async with an_engine(database_url) as engine:
            event.listen(
                engine.sync_engine,
                "before_cursor_execute",
                lambda *given: statements.append(given[2]),
            )
            ring = KeyRing(engine)
            wrong = [asyncio.create_task(_opens(ring, _wrong_key(each))) for each in range(200)]
            await asyncio.sleep(0)  # all of them have asked
            is_open = await _opens(ring, caller.headers["Authorization"])
            waited_for = len(statements)
            return is_open, waited_for, await asyncio.gather(*wrong)

    is_open, waited_for, others = asyncio.run(flood())
    assert is_open
    assert waited_for <= 3
    assert not any(others)


def test_a_wrong_key_is_remembered_too_in_a_place_of_its_own(
    database_url: str, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "REMEMBERED", timedelta(minutes=1))  # however slow the machine
    statements: list[str] = []

    async def call(authorization: str, ring: KeyRing) -> int:
        before = len(statements)
        await _opens(ring, authorization)
        return len(statements) - before

    async def call_again_and_again() -> list[int]:
        async with an_engine(database_url) as engine:
            event.listen(
                engine.sync_engine,
                "before_cursor_execute",
                lambda *given: statements.append(given[2]),
            )
            ring = KeyRing(engine, kept=3)
            right = caller.headers["Authorization"]
            asked = [right, *(_wrong_key(each) for each in (1, 1, 2, 3, 4, 4, 1)), right]
            return [await call(each, ring) for each in asked]

    # The fourth wrong key took the place of the first; the right one kept its own.
    assert asyncio.run(call_again_and_again()) == [1, 1, 0, 1, 1, 1, 0, 1, 0]


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
                    actions.revoke_key(session, key, by="test", now=now)
            revoked_at = opened_at = time.monotonic()
            # When it was asked for the last time with success: an answer may take its time.
            while opened_at - revoked_at < 2:
                asked_at = time.monotonic()
                try:
                    await ring.site_of(caller.headers["Authorization"])
                except KeyNotKnown:
                    break
                opened_at = asked_at
                await asyncio.sleep(0.05)
            return opened_at - revoked_at

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
