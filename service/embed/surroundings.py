"""What the comment section shares within a web process; opened and closed with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from fastapi import FastAPI
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from ml.labels import Language
from service.comments import rules
from service.database_url import async_url
from service.db import Database, asynchronous_engine
from service.embed import section
from service.embed.answers import Answer
from service.embed.asking import CONNECTIONS, Asking
from service.embed.attacks import Attacks
from service.embed.moments import Moments
from service.embed.opened import OpenedSite, PublicKeyRing
from service.embed.readers import Readers
from service.embed.reading_schemas import PolicyOut
from service.embed.section import Discussion
from service.embed.signing import Signature
from service.errors import Unavailable
from service.limits import RateLimiter, counted_address
from service.scoring.classifier import Classifier, Prediction
from service.settings import Embed, Settings
from service.sites.reader_language import ReaderLanguage

Found = TypeVar("Found")


class ScoresAtOnce(Protocol):
    """Scores for those who wait for them."""

    async def predict(
        self,
        texts: list[str],
        *,
        hint: Language | None,
        within: timedelta,
        by: Classifier | None = None,
    ) -> list[Prediction]:
        """Return one prediction for each text, in order; without ``by``, by the shared classifier.

        Raises:
            Unavailable: it takes longer than ``within``.
        """


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Found at ``app.state.embed``; of one event loop."""

    app: FastAPI
    settings: Embed
    keys: PublicKeyRing
    asking: Asking
    answers: Moments[Answer]
    discussions: Moments[Discussion]
    policies: Moments[PolicyOut | None]
    attacks: Attacks
    readers: Readers
    tickets: Signature
    challenges: Signature
    receipts: Signature
    secret: bytes = field(repr=False)

    async def in_transaction(self, do: Callable[[Session], Found]) -> Found:
        """Return what ``do`` makes of a session that is committed afterwards, in a thread.

        Raises:
            Unavailable: the database does not answer.
        """
        return await run_in_threadpool(_in_transaction, self.app.state.database, do)

    async def policy_of(self, site: OpenedSite, language: ReaderLanguage) -> PolicyOut | None:
        """Return the site's comment policy, for readers of a language."""
        read = partial(section.policy, site=site, language=language)
        return await self.policies.of((site.site_id, language), partial(self.in_transaction, read))

    async def spend_call(self, scope: Scope, *, reads: bool) -> None:
        """Count a call of the caller's address.

        Raises:
            RateLimited: the address has made all its calls of this minute.
        """
        per_minute = self.settings.reads_per_minute if reads else self.settings.writes_per_minute
        await self.spend("reads" if reads else "writes", self.caller(scope), per_minute=per_minute)

    async def spend(self, what: str, who: str, *, per_minute: int) -> None:
        limiter: RateLimiter = self.app.state.limiter
        await limiter.spend_async(f"embed-{what}", who, per_minute=per_minute)

    def spend_word(self, what: str, scope: Scope) -> None:
        """Count a word against a comment, for which a person's time is spent; in a thread.

        Raises:
            RateLimited: the address has said as much as it may in this minute.
        """
        limiter: RateLimiter = self.app.state.limiter
        per_minute = self.settings.notices_per_minute
        limiter.spend(f"embed-{what}", self.caller(scope), per_minute=per_minute)

    def caller(self, scope: Scope) -> str:
        """Return by what a caller is counted for a minute: the address itself is kept nowhere."""
        return rules.hidden(counted_address(address_of(scope) or ""), secret=self.secret)


def address_of(scope: Scope) -> str | None:
    """Return the caller's address: a proxy's word counts where the settings trust the proxy."""
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else None


def network_of(scope: Scope) -> str | None:
    """Return the network of the caller's address, None where that is none."""
    try:
        return rules.network_of(address_of(scope) or "")
    except ValueError:
        return None


def _in_transaction(database: Database, do: Callable[[Session], Found]) -> Found:
    try:
        with database.transaction() as session:
            return do(session)
    except (OperationalError, InterfaceError, NoConnectionFree) as error:
        raise Unavailable("The database does not answer: try again in a moment.") from error


@asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[None]:
    """Have the surroundings at ``app.state.embed`` while the application runs."""
    settings: Settings = app.state.settings
    secret = settings.secret.get_secret_value().encode()
    attacks = Attacks(
        settings.broker_url,
        from_=settings.embed.attack_from,
        lasts=settings.embed.attack_lasts,
    )

    engine = asynchronous_engine(async_url(settings.postgres_url), pool_size=CONNECTIONS)

    def in_transaction(do: Callable[[Session], Found]) -> Found:
        return _in_transaction(app.state.database, do)

    app.state.embed = Surroundings(
        app=app,
        settings=settings.embed,
        keys=PublicKeyRing(in_transaction),
        asking=Asking(engine),
        answers=Moments(settings.embed.shared_for, size_of=lambda each: each.size),
        discussions=Moments(settings.embed.shared_for),
        policies=Moments(settings.embed.shared_for),
        attacks=attacks,
        readers=Readers(secret),
        tickets=Signature.made_of(secret, "forms' tickets"),
        challenges=Signature.made_of(secret, "challenges"),
        receipts=Signature.made_of(secret, "receipts"),
        secret=secret,
    )
    try:
        yield
    finally:
        attacks.close()
        await engine.dispose()
