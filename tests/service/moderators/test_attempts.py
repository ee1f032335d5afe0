"""Guesses are slowed down, and a stranger's guesses shut nobody out who has signed in before."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.db import Database
from service.moderators import passwords
from service.moderators.attempts import COOKIE
from service.settings import Settings
from tests.factories.moderators import PASSWORD, stored_moderator

EMAIL = "aziza@news.example"
HOME, STRANGE = "192.0.2.1", "198.51.100.{}"


class Doors:
    """Browsers and programs, each from its own network."""

    def __init__(self, app: FastAPI, stack: ExitStack) -> None:
        self._app, self._stack = app, stack

    def at(self, network: str) -> TestClient:
        return self._stack.enter_context(
            TestClient(self._app, client=(network, 50_000), raise_server_exceptions=False)
        )


@pytest.fixture
def doors(app: FastAPI, database: Database) -> Iterator[Doors]:
    with database.transaction() as session:
        stored_moderator(session, email=EMAIL)
        stored_moderator(session, email="other@news.example")
    with ExitStack() as stack:
        yield Doors(app, stack)


def _try(client: TestClient, password: str = PASSWORD, email: str = EMAIL) -> int:
    sent = {"email": email, "password": password}
    return client.post("/v1/review/sign-in", json=sent).status_code


def _guess_from_everywhere(doors: Doors, times: int) -> list[int]:
    return [_try(doors.at(STRANGE.format(n + 1)), "guessed battery") for n in range(times)]


def test_guesses_from_many_networks_are_slowed_down_together(
    doors: Doors, settings: Settings
) -> None:
    most = settings.limits.sign_ins_per_minute
    assert _guess_from_everywhere(doors, most + 2) == [401] * most + [429] * 2


def test_guesses_from_one_network_are_slowed_down_whoever_they_are_about(
    doors: Doors, settings: Settings
) -> None:
    client = doors.at(STRANGE.format(1))
    most = settings.limits.sign_ins_per_minute
    tries = [_try(client, "guessed battery", f"m{n}@news.example") for n in range(most + 1)]
    assert tries == [401] * most + [429]


def test_a_strangers_guesses_shut_nobody_out_of_a_browser_that_is_known(
    doors: Doors, settings: Settings
) -> None:
    browser = doors.at(HOME)
    assert _try(browser) == 200
    _guess_from_everywhere(doors, settings.limits.sign_ins_per_minute + 1)
    # The same browser, at another network: it bears the mark.
    elsewhere = doors.at("203.0.113.7")
    elsewhere.cookies.set(COOKIE, browser.cookies[COOKIE])
    assert _try(elsewhere) == 200


def test_a_strangers_guesses_shut_nobody_out_of_a_network_that_is_known(
    doors: Doors, settings: Settings
) -> None:
    assert _try(doors.at(HOME)) == 200
    _guess_from_everywhere(doors, settings.limits.sign_ins_per_minute + 1)
    assert _try(doors.at(HOME)) == 200
    # Who has signed in from nowhere before waits with the strangers.
    assert _try(doors.at("203.0.113.7")) == 429


def test_a_browser_is_known_for_one_address_alone(doors: Doors, settings: Settings) -> None:
    stranger = doors.at("203.0.113.7")
    assert _try(stranger, email="other@news.example") == 200
    assert stranger.cookies[COOKIE]
    _guess_from_everywhere(doors, settings.limits.sign_ins_per_minute + 1)
    assert _try(stranger) == 429


def test_a_mark_that_is_not_ours_is_none(doors: Doors, settings: Settings) -> None:
    _guess_from_everywhere(doors, settings.limits.sign_ins_per_minute + 1)
    for forged in ("", ".", "nonce.mark", "no ch\u0430r"):
        client = doors.at("203.0.113.7")
        client.cookies.set(COOKIE, forged.encode("ascii", "ignore").decode())
        assert _try(client) == 429


def test_a_known_browser_does_not_guess_for_ever(doors: Doors, settings: Settings) -> None:
    browser = doors.at(HOME)
    assert _try(browser) == 200
    mark = browser.cookies[COOKIE]
    most = settings.limits.sign_ins_per_minute
    tries = []
    for n in range(most + 1):
        client = doors.at(STRANGE.format(n + 1))
        client.cookies.set(COOKIE, mark)
        tries.append(_try(client, "guessed battery"))
    assert tries == [401] * most + [429]


def test_the_addresses_of_one_subscriber_are_counted_together(
    doors: Doors, settings: Settings
) -> None:
    most = settings.limits.sign_ins_per_minute
    tries = [
        _try(doors.at(f"2001:db8:1:2::{n + 1:x}"), "guessed battery", f"m{n}@news.example")
        for n in range(most + 1)
    ]
    assert tries == [401] * most + [429]


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_WAITS_SECONDS", 0.01)
    monkeypatch.setattr(passwords, "_at_once", BoundedSemaphore(1))
    with passwords._at_once:  # noqa: SLF001 - somebody else's turn
        assert _try(doors.at(HOME)) == 503
    assert _try(doors.at(HOME)) == 200
