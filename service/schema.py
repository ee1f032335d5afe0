"""Brings a database to the schema that this code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to ``revision``; one runner at a time, others wait their turn."""
    with engine.connect() as connection:
        command.upgrade(configuration(connection), revision)


def is_current(connection: Connection) -> bool:
    """Say whether the database stands at the newest migration of this code."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
