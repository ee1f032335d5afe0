"""What the administrator's commands share: one transaction on a migrated database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy.orm import Session

from service.broker import Broker
from service.cli.entry import connected, console, own_secret, read_settings
from service.cli.migrating import bring_up_to_date
from service.database_url import sync_url
from service.db import Database
from service.errors import Conflict
from service.schema import is_current
from service.sealing import Seal
from service.settings import Settings

# Who did it, where it is kept: whoever has the database's keys has no other name.
COMMAND_LINE: Final = "command line"


class SchemaNotCurrent(Conflict):
    code = "schema_not_current"


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """Give the database that the settings name, for commands of many transactions.

    Raises:
        SchemaNotCurrent: a database of yours is at another version; we migrate only our own.
    """
    wanted = read_settings()
    with connected(wanted) as settings, closing(Broker(settings.broker_url)) as broker:
        database = Database(sync_url(settings.postgres_url), publish=broker.publish, pool_size=2)
        with closing(database):
            _see_to_schema(database, settings, is_ours=wanted.database_url is None)
            yield settings, database


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a session that is committed at the end, on the database that the settings name.

    Raises:
        SchemaNotCurrent: a database of yours is at another version; we migrate only our own.
    """
    with opened() as (_, database), database.transaction() as session:
        yield session


def _see_to_schema(database: Database, settings: Settings, *, is_ours: bool) -> None:
    with database.engine.connect() as connection:
        if is_current(connection):
            return
    if not is_ours:
        raise SchemaNotCurrent("The database is at another version: run `parley migrate` first.")
    bring_up_to_date(settings)


def seal() -> Seal:
    """Return what seals and opens secrets here: by the settings' secret, or the data folder's."""
    settings = read_settings()
    return Seal.of(settings.model_copy(update={"secret": own_secret(settings)}))


def now() -> datetime:
    return datetime.now(UTC)


def show(*headings: str, rows: Iterator[tuple[str, ...]]) -> None:
    """Print a table on standard output, or say that there is nothing.

    What names a row comes first and stays in one piece, to be copied.
    """
    first, *others = headings
    columns = (Column(heading, overflow="fold") for heading in others)
    table = Table(Column(first, no_wrap=True, overflow="fold"), *columns, box=None)
    for row in rows:
        table.add_row(*map(escape, row))
    if table.row_count:
        Console(highlight=False).print(table)
    else:
        console.print("There is none yet.")
