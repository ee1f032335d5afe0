"""What is sealed is opened by whoever has the secret, or the one before, and by nobody else."""

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from service.sealing import Seal, SealBroken
from service.settings import Settings

OLD, NEW = b"the secret of yesterday", b"the secret of today"


def test_what_is_sealed_says_nothing_and_opens_again() -> None:
    sealed = Seal(NEW).seal("whsec_пример")
    assert "пример".encode() not in sealed
    assert Seal(NEW).open(sealed) == "whsec_пример"


def test_the_secret_before_opens_and_seals_no_more() -> None:
    both = Seal(NEW, OLD)
    assert both.open(Seal(OLD).seal("kept")) == "kept"
    renewed = both.renewed(Seal(OLD).seal("kept"))
    assert Seal(NEW).open(renewed) == "kept"
    with pytest.raises(SealBroken):
        Seal(OLD).open(renewed)


# Named, because every seal is another one, and all who run the tests must collect the same.
@pytest.mark.parametrize(
    "sealed",
    [b"", b"nonsense", Seal(OLD).seal("kept")],
    ids=["nothing", "nonsense", "another secret's"],
)
def test_what_is_not_ours_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Seal(NEW).open(sealed)


def test_what_was_sealed_for_a_time_ends_with_it(now: datetime) -> None:
    sealed = Seal(NEW).seal_at("soon over", now)
    minute = timedelta(minutes=1)
    assert Seal(NEW).open_fresh(sealed, within=minute, now=now + minute) == "soon over"
    with pytest.raises(SealBroken):
        Seal(NEW).open_fresh(sealed, within=minute, now=now + minute + timedelta(seconds=1))


def test_the_settings_give_both_secrets() -> None:
    sealed = Seal(OLD).seal("kept")
    settings = Settings(secret=SecretStr(NEW.decode()), secret_previous=SecretStr(OLD.decode()))
    assert Seal.of(settings).open(sealed) == "kept"
