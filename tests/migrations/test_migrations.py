from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from service import schema
from service.database_url import sync_url
from service.tables import metadata
from tests.conftest import Addresses

SCRIPTS = ScriptDirectory.from_config(schema.configuration())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


@pytest.fixture
def empty(servers: Addresses, worker_id: str) -> Iterator[Engine]:
    """Return an engine on a database without any table."""
    name = f"parley_migrations_{worker_id}"
    administration = create_engine(sync_url(servers.database_url), isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(servers.database_url).set(database=name)
    engine = create_engine(sync_url(url.render_as_string(hide_password=False)))
    yield engine
    engine.dispose()
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


def test_there_is_one_head() -> None:
    assert len(SCRIPTS.get_heads()) == 1


def test_every_migration_goes_up_down_and_up_again(empty: Engine) -> None:
    for revision in REVISIONS:
        with empty.connect() as connection:
            config = schema.configuration(connection)
            command.upgrade(config, revision)
            command.downgrade(config, "-1")
            command.upgrade(config, revision)
    with empty.connect() as connection:
        assert schema.is_current(connection)


def test_the_way_down_leaves_no_table_behind(empty: Engine) -> None:
    schema.migrate(empty)
    with empty.connect() as connection:
        command.downgrade(schema.configuration(connection), "base")
    with empty.connect() as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        assert set(tables.scalars()) == {"alembic_version"}


def test_tables_and_migrations_do_not_differ(empty: Engine) -> None:
    schema.migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
