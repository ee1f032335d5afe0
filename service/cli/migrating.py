"""`parley migrate`: brings the database to the schema of this version."""

import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Engine, create_engine

from service import schema
from service.cli.entry import connected, console, read_settings
from service.database_url import sync_url
from service.machine import embedded
from service.settings import Settings


def migrate() -> None:
    """Bring the database to the schema of this version; harmless to repeat."""
    with connected(read_settings()) as settings:
        bring_up_to_date(settings)


def bring_up_to_date(settings: Settings) -> None:
    """Apply what is pending, one migration after the other, and show it."""
    engine = create_engine(sync_url(settings.postgres_url))
    try:
        pending = _pending(engine)
        if not pending:
            console.print("The database is up to date.")
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("Migrating", total=len(pending))
            for step in pending:
                progress.update(task, description=f"Migrating: {step.doc}")
                schema.migrate(engine, step.revision)
                progress.advance(task)
            progress.update(task, description="Migrated the database")
    finally:
        engine.dispose()


def migration(message: str) -> None:
    """Write a migration from what the tables say beyond the migrations; for development."""
    config = Config(toml_file=str(Path(__file__).parents[2] / "pyproject.toml"))
    with (
        tempfile.TemporaryDirectory(prefix="parley-migration-") as folder,
        embedded.start(Path(folder), ephemeral=True) as servers,
    ):
        engine = create_engine(sync_url(servers.database_url))
        schema.migrate(engine)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True)
        engine.dispose()


def _pending(engine: Engine) -> list[Script]:
    """Return the migrations that this code has and the database has not, oldest first."""
    scripts = ScriptDirectory.from_config(schema.configuration())
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return list(reversed(list(scripts.iterate_revisions("head", current))))
