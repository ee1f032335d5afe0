from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update
from sqlalchemy.orm import Session
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service import request
from service.app import create_app
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.embed import public_keys
from service.settings import Embed, Settings
from service.sites.tables import Site
from tests.fakes import FakePredictor
from tests.service.keys import Caller

ORIGIN = "https://news.example"
ARTICLE = {
    "id": "2026/11/border-treaty",
    "url": f"{ORIGIN}/2026/11/border-treaty",
    "title": "Two states agree on their border",
}
Json = dict[str, Any]


@dataclass
class Clock:
    """The time as the application sees it; tests let it pass."""

    now: datetime

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def embed() -> Embed:
    """Return the section's settings: nothing is answered from memory, and nobody waits."""
    return Embed(
        shared_for=timedelta(0),
        outcome_within=timedelta(0),
        second_thought_within=timedelta(minutes=1),
    )


@pytest.fixture
def app(
    settings: Settings,
    embed: Embed,
    classifier: FakePredictor,
    database: Database,
    clock: Clock,
) -> FastAPI:
    assert database  # emptied when the test is over
    app = create_app(settings.model_copy(update={"embed": embed}), classifier)
    app.dependency_overrides[request.now] = lambda: clock.now
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return what calls the app through a proxy that it trusts, as in front of a real one."""
    proxied = ProxyHeadersMiddleware(app, trusted_hosts="*")  # type: ignore[arg-type] # its own ASGI
    with TestClient(proxied, raise_server_exceptions=False) as client:  # type: ignore[arg-type] # types
        yield client


@dataclass(frozen=True)
class Page:
    """A page of the site in a reader's browser, whose script calls us."""

    client: TestClient
    site: Site
    key: str
    clock: Clock
    origin: str = ORIGIN
    address: str = "203.0.113.7"

    def get(self, path: str, **query: object) -> Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, sent: object) -> Response:
        return self.call("POST", path, json=sent)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Response:
        """Call as the page's script does; None takes a header away."""
        said = {"Origin": self.origin, "X-Forwarded-For": self.address, **(headers or {})}
        return self.client.request(
            method,
            f"/embed/v1/{self.key}{path}",
            headers={name: value for name, value in said.items() if value is not None},
            json=json,
            params=params,
        )

    def opened(self) -> Json:
        """Return what the section learns of its article."""
        section: Json = self.get("/article", article=ARTICLE["id"]).json()
        return section

    def a_letter(self, **changes: object) -> Json:
        """Return what the form sends once its reader has written for a minute."""
        letter: Json = {
            "client_id": str(uuid4()),
            "article": ARTICLE,
            "author": {"name": "Malika"},
            "body": "Islam is not the same thing as terrorism.",
            "ticket": self.get("/ticket").json()["ticket"],
            "reader": "7f0c2a52-7c9b-4a35-8c3d-4d2f6b1f9a10",
            **changes,
        }
        self.clock.pass_(minutes=1)
        return {name: value for name, value in letter.items() if value is not None}

    def send(self, **changes: object) -> Json:
        """Send a comment that is taken."""
        answer = self.post("/comments", self.a_letter(**changes))
        assert answer.status_code == 201, answer.text
        sent: Json = answer.json()
        return sent


@pytest.fixture
def page(client: TestClient, caller: Caller, database: Database, clock: Clock) -> Page:
    with database.transaction() as session:
        key = public_keys.add(session, caller.site, origins=[ORIGIN], now=clock.now)
    return Page(client, caller.site, key.text, clock)


@pytest.fixture
def elsewhere(client: TestClient, stranger: Caller, database: Database, clock: Clock) -> Page:
    """Return a page of another site, on the same origin."""
    with database.transaction() as session:
        key = public_keys.add(session, stranger.site, origins=[ORIGIN], now=clock.now)
    return Page(client, stranger.site, key.text, clock)


Decide = Callable[[str | UUID, Status], None]


@pytest.fixture
def decide(database: Database, clock: Clock) -> Decide:
    """Return what has the site decide about a comment."""

    def decided(comment_id: str | UUID, status: Status) -> None:
        with database.transaction() as session:
            comment = session.get_one(Comment, UUID(str(comment_id)))
            decisions.record(
                session, comment, status, actor=Actor.SITE, reason="test", now=clock.now
            )

    return decided


Prefer = Callable[..., None]


@pytest.fixture
def prefer(database: Database, caller: Caller) -> Prefer:
    """Return what has the site make its choices, before anybody calls."""

    def choose(required_fields: list[str] | None = None, **stored: object) -> None:
        with database.transaction() as session:
            changed = update(Site).where(Site.id == caller.site.id)
            session.execute(
                changed.values(preferences=stored, required_fields=required_fields or [])
            )

    return choose


def comment_of(session: Session, sent: Json) -> Comment:
    comment: Comment = session.get_one(Comment, UUID(sent["id"]))
    return comment
