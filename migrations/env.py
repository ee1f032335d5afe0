"""Runs migrations: one runner at a time, and none that waits long for a lock.

The address comes from whoever runs them: ``parley migrate`` and the tests hand in a connection.
"""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from service.db import StoredEnum
from service.tables import metadata

ADVISORY_LOCK = 7_251_153


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write enums as the text that they are stored as: migrations travel without our code."""
    return "sa.String()" if kind == "type" and isinstance(item, StoredEnum) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        render_item=render_item,
    )
    # A migration that waits for a lock blocks everybody who queues up behind it: better to fail and
    # be tried again. The advisory lock makes two deploys take turns.
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


migrate(context.config.attributes["connection"])
