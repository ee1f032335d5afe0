from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.registry import actions, queries
from service.registry.champion import Champion
from service.registry.errors import ArtifactDamaged, IsChampion, NothingToRollBack
from service.registry.tables import Artifact, ModelVersion, State
from tests.factories.registry import offer
from tests.factories.sites import a_site


def damage(session: Session, version: ModelVersion) -> None:
    """Turn one bit of the version's artifact round."""
    content = bytearray(queries.content(session, version.digest))
    content[0] ^= 1
    session.execute(
        update(Artifact).where(Artifact.digest == version.digest).values(content=bytes(content))
    )


@pytest.fixture
def first(session: Session, now: datetime) -> ModelVersion:
    return actions.ensure_champion(session, **offer(b"first"), now=now)


@pytest.fixture
def second(session: Session, first: ModelVersion, now: datetime) -> ModelVersion:
    assert first.id
    return actions.register(session, **offer(b"second"), now=now)


def test_one_bit_changed_is_refused_and_the_champion_stays(
    session: Session, first: ModelVersion, second: ModelVersion, now: datetime
) -> None:
    damage(session, second)
    with pytest.raises(ArtifactDamaged):
        actions.promote(session, second, now=now)
    assert queries.champion(session) is first


def test_a_process_goes_on_with_what_decided_before_and_the_registry_knows(
    session: Session, second: ModelVersion, now: datetime
) -> None:
    running = Champion(bytes)
    before = running.current(session)
    actions.promote(session, second, now=now)
    damage(session, second)
    assert running.current(session) == before
    assert queries.count_damaged(session) == 1
    # One that has just started finds the version before in the registry.
    assert Champion(bytes).current(session) == before


def test_rolling_back_takes_the_last_promotion_back_and_twice_takes_that_back(
    session: Session, first: ModelVersion, second: ModelVersion, now: datetime
) -> None:
    with pytest.raises(NothingToRollBack):
        actions.roll_back(session, None, by="Aziza", now=now)
    actions.promote(session, second, by="gate", why="better", now=now)
    assert actions.roll_back(session, None, by="Aziza", now=now) is first
    assert actions.roll_back(session, None, by="Aziza", now=now) is second
    by = [each.promoted_by for each in queries.promotions(session, None, limit=9)]
    assert by == ["Aziza", "Aziza", "gate", "parley"]


def test_a_site_with_a_model_of_its_own_goes_by_it_and_the_others_by_the_shared_one(
    session: Session, first: ModelVersion, now: datetime
) -> None:
    own_site, other = a_site(), a_site()
    session.add_all([own_site, other])
    session.flush()
    own = actions.register(session, **offer(b"own"), site_id=own_site.id, now=now)
    actions.promote(session, own, now=now)
    live = Champion(bytes).of_sites(session, [own_site.id, other.id])
    assert live[own_site.id].version_id == own.id
    assert live[other.id].version_id == first.id
    # Taking it back leaves the site with the shared one.
    assert actions.roll_back(session, own_site.id, by="Aziza", now=now) is None
    assert queries.champion(session, own_site.id) is first


def test_one_shadow_at_a_time_and_never_the_champion(
    session: Session, first: ModelVersion, second: ModelVersion, now: datetime
) -> None:
    third = actions.register(session, **offer(b"third"), now=now)
    actions.shadow(session, second)
    actions.shadow(session, third)
    session.refresh(second)
    assert (second.state, third.state) == (State.CANDIDATE, State.SHADOW)
    with pytest.raises(IsChampion):
        actions.shadow(session, first)
