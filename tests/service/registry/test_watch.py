import time
from datetime import datetime, timedelta

from service.db import Database
from service.registry import actions
from service.registry.champion import Champion
from service.registry.watch import ChampionWatch
from tests.factories.registry import offer


def test_a_promoted_version_is_handed_over_without_a_restart(
    database: Database, now: datetime
) -> None:
    handed: list[bytes] = []
    watch = ChampionWatch(
        database, Champion(bytes), handed.append, every=timedelta(milliseconds=10)
    )
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
    watch.stop()


def until_last(handed: list[bytes], wanted: bytes) -> None:
    deadline = time.monotonic() + 5
    while not handed or handed[-1] != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_silent_database_leaves_what_was_handed_over() -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", publish=lambda _: None)
    handed: list[bytes] = []
    ChampionWatch(gone, Champion(bytes), handed.append).look()
    assert handed == []
