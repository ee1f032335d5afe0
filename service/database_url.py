"""One database URL, for both drivers: psycopg where the code waits, asyncpg at the hot door."""

from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.errors import Invalid

_SCHEMES: Final = ("postgres", "postgresql")
_PARAMETERS: Final = frozenset({"host", "port", "sslmode"})
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class DatabaseUrlNotUnderstood(Invalid):
    """Says what would be right, and never repeats the URL: it may carry a password."""

    code = "database_url_not_understood"


def sync_url(url: str) -> str:
    """Return the URL for SQLAlchemy with psycopg.

    Raises:
        DatabaseUrlNotUnderstood: it is not a PostgreSQL URL, or says what one driver cannot do.
    """
    return _with_driver(_read(url), "psycopg")


def async_url(url: str) -> str:
    """Return the URL for SQLAlchemy with asyncpg, which calls ``sslmode`` ``ssl``.

    Raises:
        DatabaseUrlNotUnderstood: it is not a PostgreSQL URL, or says what one driver cannot do.
    """
    read = _read(url)
    query = {"ssl" if name == "sslmode" else name: given for name, given in read.query.items()}
    return _with_driver(read.set(query=query), "asyncpg")


def _with_driver(url: URL, driver: str) -> str:
    return url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)


def _read(url: str) -> URL:
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        # The cause would show the URL in a traceback.
        raise DatabaseUrlNotUnderstood(
            "The database URL cannot be read: write postgresql://user:password@host:5432/database"
        ) from None
    if read.drivername not in _SCHEMES:
        raise DatabaseUrlNotUnderstood(
            f"The database URL begins with {read.drivername}://, and only PostgreSQL is supported: "
            "write postgresql://…"
        )
    if not read.database:
        raise DatabaseUrlNotUnderstood(
            "The database URL names no database: write postgresql://user:password@host/database"
        )
    _check_parameters(read)
    return read


def _check_parameters(url: URL) -> None:
    unknown = sorted(set(url.query) - _PARAMETERS)
    if unknown:
        raise DatabaseUrlNotUnderstood(
            f"The database URL has the parameter {unknown[0]!r}; known are "
            f"{', '.join(sorted(_PARAMETERS))}."
        )
    for name, given in url.query.items():
        if not isinstance(given, str):
            raise DatabaseUrlNotUnderstood(f"The database URL has {name!r} twice: give it once.")
    mode = url.query.get("sslmode", "prefer")
    if mode not in _SSL_MODES:
        raise DatabaseUrlNotUnderstood(
            f"The database URL has sslmode={mode}; known are {', '.join(_SSL_MODES)}."
        )
