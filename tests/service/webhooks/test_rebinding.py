"""A name that resolves to a public address first and to this machine afterwards (DNS rebinding).

The resolver is the test's own, and so is the way out: what is sent to the public address arrives at
a receiver here, as through a network that translates addresses.
"""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.webhooks import sending
from service.webhooks.sending import Attempted, Due
from tests.factories.webhooks import SECRET
from tests.receiver import Receiver

NAME = "rebind.example"
PUBLIC, OURS = "93.184.216.34", "127.0.0.1"


@dataclass
class World:
    """What the name resolves to, one answer after another, and where connections went."""

    answers: list[list[str]]
    beyond: Receiver
    inside: Receiver
    asked: int = 0
    connected: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that the site gave: by its port, it would reach what runs on this machine."""
        return f"http://{NAME}:{self.inside.port}/hook"

    def resolve(self, port: int) -> list[tuple[Any, ...]]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port)) for address in found]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Receiver() as beyond, Receiver() as inside:
        world = World([[PUBLIC], [OURS]], beyond, inside)
        resolve, connect = socket.getaddrinfo, asyncio.SelectorEventLoop.sock_connect

        def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as the library's
            if host == NAME:
                return world.resolve(int(port))
            return resolve(host, port, *rest, **more)

        async def sock_connect(loop: Any, sock: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the library's
            world.connected.append(address[0])
            if address[0] == PUBLIC:
                address = (OURS, world.beyond.port)
            await connect(loop, sock, address)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", sock_connect)
        yield world


def attempt(world: World) -> Attempted:
    due = Due(uuid4(), uuid4(), world.url, SECRET, {"type": "comment.held", "data": {}}, 0)

    async def once() -> Attempted:
        async with sending.client(allow_private=False) as client:
            within = timedelta(minutes=1)
            return await sending.attempt(
                client, due, within=within, clock=lambda: datetime.now(UTC)
            )

    return asyncio.run(once())


def test_the_connection_goes_to_the_address_that_was_checked(world: World) -> None:
    assert attempt(world).status_code == 204
    assert world.asked == 1, "a name that is asked again may answer otherwise"
    assert world.connected == [PUBLIC]
    [received] = world.beyond.received
    assert received.headers["host"] == f"{NAME}:{world.inside.port}"
    assert world.inside.received == []


def test_the_next_attempt_asks_again_and_is_refused(world: World) -> None:
    attempt(world)
    again = attempt(world)
    assert (again.status_code, again.error) == (None, "not a public address")
    assert world.connected == [PUBLIC]
    assert world.inside.received == []


@pytest.mark.parametrize("mixed", [[PUBLIC, OURS], [OURS, PUBLIC], ["0.0.0.0"], ["169.254.1.1"]])  # noqa: S104 - refused
def test_one_private_address_among_public_ones_is_refused(world: World, mixed: list[str]) -> None:
    world.answers = [mixed]
    assert attempt(world).error == "not a public address"
    assert world.connected == []
