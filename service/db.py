"""The base of all tables, and the only commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
import uuid_utils.compat
from sqlalchemy import DateTime, Engine, MetaData, String, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

from service.jobs import Job, take_enqueued

_log = structlog.get_logger(__name__)

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


# Nobody waits for ever behind a lock, nor keeps one for having gone to sleep.
_PATIENCE = "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"


class Base(MappedAsDataclass, DeclarativeBase):
    """A row is a typed dataclass, and its times are aware."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class StoredEnum(TypeDecorator[StrEnum]):
    """Stores an enum's value, as text: readable in the table, and no type to migrate."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: object) -> str | None:  # noqa: ARG002
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: object) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.kind(value)


def new_id() -> UUID:
    """Return a version 7 UUID (RFC 9562): later rows sort later, and nothing can be counted."""
    return uuid_utils.compat.uuid7()


def first_id_at(at: datetime) -> UUID:
    """Return what every id that was made from then on is greater than, and no earlier one."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


class Database:
    """One engine, and the transaction in which everything happens."""

    def __init__(self, url: str, *, publish: Callable[[Job], None], pool_size: int = 10) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            # An error would repeat its parameters, and those are readers' texts and names.
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "options": f"-c timezone=UTC {_PATIENCE}"},
        )
        self._publish = publish

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit on success, roll back on any error; publish the enqueued jobs after the commit.

        Publishing follows the block rather than an ``after_commit`` event, because that event also
        fires when a savepoint is released, and a job would leave before the real commit.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for job in take_enqueued(session):
                self._publish(job)

    def close(self) -> None:
        self.engine.dispose()


def asynchronous_engine(url: str, *, pool_size: int) -> AsyncEngine:
    """Return the engine of the hot door, at an ``async_url``.

    Its statements are short, so a lock or a statement that takes seconds is given up.
    """
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "timeout": 5,
            "server_settings": {
                "application_name": "parley intake",
                "timezone": "UTC",
                "lock_timeout": "5s",
                "statement_timeout": "10s",
            },
        },
    )
