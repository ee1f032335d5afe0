import asyncio
import re

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from service.database_url import DatabaseUrlNotUnderstood, async_url, sync_url
from tests.conftest import Addresses

OVER_TCP = "postgresql://editor:p%40ss@db.example:6543/comments"


def test_psycopg_reaches_the_embedded_server_by_its_url(servers: Addresses) -> None:
    engine = create_engine(sync_url(servers.database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_database()")) == "parley"
    engine.dispose()


def test_asyncpg_reaches_the_embedded_server_by_the_same_url(servers: Addresses) -> None:
    async def database() -> object:
        engine = create_async_engine(async_url(servers.database_url))
        async with engine.connect() as connection:
            found: object = await connection.scalar(text("SELECT current_database()"))
        await engine.dispose()
        return found

    assert asyncio.run(database()) == "parley"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_usual_schemes_are_read(scheme: str) -> None:
    url = OVER_TCP.replace("postgresql", scheme)
    assert sync_url(url) == OVER_TCP.replace("postgresql", "postgresql+psycopg")
    assert async_url(url) == OVER_TCP.replace("postgresql", "postgresql+asyncpg")


def test_asyncpg_gets_the_ssl_mode_under_its_own_name() -> None:
    assert sync_url(f"{OVER_TCP}?sslmode=require").endswith("?sslmode=require")
    assert async_url(f"{OVER_TCP}?sslmode=require").endswith("?ssl=require")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://user:hidden@host/comments", "only PostgreSQL is supported"),
        ("postgresql+asyncpg://user:hidden@host/comments", "write postgresql://"),
        ("comments", "cannot be read"),
        ("", "cannot be read"),
        ("postgresql://user:hidden@host:port/comments", "cannot be read"),
        ("postgresql://user:hidden@host", "names no database"),
        ("postgresql://user:hidden@host/comments?sslmode=on", "known are disable, allow"),
        ("postgresql://user:hidden@host/comments?options=-cgeqo=off", "'options'; known are host"),
        ("postgresql://user:hidden@host/comments?host=a&host=b", "'host' twice"),
    ],
)
def test_a_wrong_url_is_answered_by_what_would_be_right_and_without_its_password(
    url: str, sentence: str
) -> None:
    for driver_url in (sync_url, async_url):
        with pytest.raises(DatabaseUrlNotUnderstood, match=re.escape(sentence)) as refused:
            driver_url(url)
        assert "hidden" not in str(refused.value)
