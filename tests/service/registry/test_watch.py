import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from service.db import Database
from service.registry import actions
from service.registry.champion import Champion
from service.registry.watch import ChampionWatch
from tests.factories.registry import offer
from tests.factories.sites import a_site

Handed = TypeVar("Handed")


def test_a_promoted_version_is_handed_over_without_a_restart(
    database: Database, now: datetime
) -> None:
    handed: list[bytes] = []
    own: list[dict[UUID, bytes]] = []

    def swap(shared: bytes, of_sites: Mapping[UUID, bytes]) -> None:
        handed.append(shared)
        own.append(dict(of_sites))

    watch = ChampionWatch(database, Champion(bytes), swap, every=timedelta(milliseconds=10))
    watch.look()
    assert handed == []
    with database.transaction() as session:
        actions.ensure_champion(session, **offer(b"first"), now=now)
    watch.start()
    until_last(handed, b"first")
    with database.transaction() as session:
        second = actions.register(session, **offer(b"second"), now=now)
        actions.promote(session, second, now=now)
    until_last(handed, b"second")
    assert own[-1] == {}
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        third = actions.register(session, **offer(b"third"), site_id=site.id, now=now)
        actions.promote(session, third, now=now)
    until_last(own, {site.id: b"third"})
    assert handed[-1] == b"second"
    watch.stop()


def until_last(handed: list[Handed], wanted: Handed) -> None:
    deadline = time.monotonic() + 60
    while not handed or handed[-1] != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_silent_database_leaves_what_was_handed_over() -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", publish=lambda _: None)
    handed: list[bytes] = []
    ChampionWatch(gone, Champion(bytes), lambda shared, _: handed.append(shared)).look()
    assert handed == []
