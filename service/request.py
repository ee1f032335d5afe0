"""What a handler may ask for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from service.db import Database
from service.settings import Settings


def _transaction(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.database
    with database.transaction() as session:
        yield session


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def now() -> datetime:
    """Return the time of this request; tests put their own clock in its place."""
    return datetime.now(UTC)


# scope="function": FastAPI's default would commit after the response has been sent, so a client
# could read 202 for a row that was never stored.
Transaction = Annotated[Session, Depends(_transaction, scope="function")]
Now = Annotated[datetime, Depends(now)]
AppSettings = Annotated[Settings, Depends(_settings)]
