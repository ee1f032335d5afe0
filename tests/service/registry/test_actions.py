from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.db import Database
from service.registry import actions, queries
from service.registry.champion import Champion
from service.registry.errors import ChampionUnusable, DigestWrong, NoChampion
from service.registry.tables import Artifact, ModelVersion, State
from tests.factories.registry import offer


def test_the_first_version_offered_becomes_the_champion(session: Session, now: datetime) -> None:
    version = actions.ensure_champion(session, **offer(b"first"), now=now)
    assert (version.state, version.promoted_at) == (State.CHAMPION, now)
    assert queries.champion(session) is version
    assert queries.content(session, version.digest) == b"first"


def test_a_champion_stays_when_another_is_offered(session: Session, now: datetime) -> None:
    first = actions.ensure_champion(session, **offer(b"first"), now=now)
    assert actions.ensure_champion(session, **offer(b"second"), now=now).id == first.id
    states = session.scalars(select(ModelVersion.state).order_by(ModelVersion.id)).all()
    assert states == [State.CHAMPION, State.CANDIDATE]


def test_promoting_retires_the_one_before_and_can_be_taken_back(
    session: Session, now: datetime
) -> None:
    first = actions.ensure_champion(session, **offer(b"first"), now=now)
    second = actions.register(session, **offer(b"second"), now=now)
    actions.promote(session, second, now=now)
    assert (first.state, queries.champion(session)) == (State.RETIRED, second)
    actions.promote(session, first, now=now)
    assert (second.state, queries.champion(session)) == (State.RETIRED, first)


def test_bytes_that_are_not_the_digests_are_refused(session: Session, now: datetime) -> None:
    wrong = {**offer(b"first"), "content": b"changed"}
    with pytest.raises(DigestWrong):
        actions.ensure_champion(session, **wrong, now=now)  # type: ignore[arg-type]  # fields by name


def test_many_processes_that_start_at_once_agree_on_one_champion(
    database: Database, now: datetime
) -> None:
    def start(number: int) -> int:
        with database.transaction() as own:
            offered = offer(f"model {number % 2}".encode())
            return actions.ensure_champion(own, **offered, now=now).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(16)))) == 1


def test_the_champion_is_loaded_once_and_swapped_when_another_is_promoted(
    session: Session, now: datetime
) -> None:
    loaded: list[bytes] = []

    def load(content: bytes) -> bytes:
        loaded.append(content)
        return content

    champion = Champion(load)
    with pytest.raises(NoChampion):
        champion.current(session)
    actions.ensure_champion(session, **offer(b"first"), now=now)
    assert champion.current(session).classifier == b"first"
    assert champion.current(session).classifier == b"first"
    second = actions.register(session, **offer(b"second"), now=now)
    actions.promote(session, second, now=now)
    live = champion.current(session)
    assert (live.version_id, live.classifier) == (second.id, b"second")
    assert loaded == [b"first", b"second"]


def test_a_damaged_artifact_is_not_loaded(session: Session, now: datetime) -> None:
    actions.ensure_champion(session, **offer(b"first"), now=now)
    session.execute(update(Artifact).values(content=b"damaged"))
    with pytest.raises(ChampionUnusable):
        Champion(bytes).current(session)
