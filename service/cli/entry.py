"""What every command begins with: settings, logs, and one console for what people read."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import SecretStr, ValidationError
from rich.console import Console

from service import logs
from service.errors import Invalid
from service.machine import data_folder, embedded
from service.machine.embedded import Servers
from service.settings import DEVELOPMENT_SECRET, Settings

console = Console(stderr=True, highlight=False)


class SettingsInvalid(Invalid):
    code = "settings_invalid"


def read_settings(*, level: int = logging.WARNING) -> Settings:
    """Read the environment, and set up logs.

    Raises:
        SettingsInvalid: names each variable that is wrong, and says what would be right.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsInvalid("\n".join(_sentences(error))) from error
    logs.configure(as_json=settings.is_production, level=level)
    return settings


def _sentences(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False):
        name = "PARLEY_" + "__".join(str(part).upper() for part in problem["loc"])
        said = problem["msg"].removeprefix("Value error, ")
        # The rules over several variables name them in their own sentence.
        yield f"{name}: {said}." if problem["loc"] else f"{said}."


@contextmanager
def connected(settings: Settings) -> Iterator[Settings]:
    """Have both servers: the given ones, those that ``parley up`` runs, or our own for a moment."""
    with ExitStack() as stack:
        servers = _known(settings)
        if servers is None:
            servers = stack.enter_context(
                embedded.start(
                    settings.data,
                    database_url=revealed(settings.database_url),
                    redis_url=revealed(settings.redis_url),
                )
            )
        yield with_servers(settings, servers)


def attached(settings: Settings) -> Settings:
    """Return settings with the addresses of what ``parley up`` runs, unless others are given.

    A process that stays does not start servers: they would end with it, under its fellows' feet.

    Raises:
        Unavailable: no address is given, and ``parley up`` is not running in the data folder.
    """
    servers = _known(settings)
    if servers is not None:
        settings = with_servers(settings, servers)
    assert settings.postgres_url  # noqa: S101 - the properties raise the sentence
    assert settings.broker_url  # noqa: S101
    return settings


def _known(settings: Settings) -> Servers | None:
    database_url, redis_url = revealed(settings.database_url), revealed(settings.redis_url)
    if database_url and redis_url:
        return Servers(database_url=database_url, redis_url=redis_url)
    running = embedded.running(settings.data)
    if running is None:
        return None
    return Servers(
        database_url=database_url or running.database_url,
        redis_url=redis_url or running.redis_url,
    )


def with_servers(settings: Settings, servers: Servers) -> Settings:
    """Return settings that say where the servers are, with a secret that is no default."""
    changes: dict[str, object] = {
        "data": settings.data.expanduser().absolute(),
        "database_url": SecretStr(servers.database_url),
        "redis_url": SecretStr(servers.redis_url),
    }
    changes["secret"] = own_secret(settings)
    return settings.model_copy(update=changes)


def own_secret(settings: Settings) -> SecretStr:
    """Return the secret that is given, or the data folder's own with an embedded server."""
    embedded_is_used = settings.database_url is None or settings.redis_url is None
    if embedded_is_used and settings.secret.get_secret_value() == DEVELOPMENT_SECRET:
        return SecretStr(data_folder.secret(Path(settings.data).expanduser()))
    return settings.secret


def as_environment(settings: Settings) -> Mapping[str, str]:
    """Return what a child process must find in its environment to read the same settings."""
    return {
        "PARLEY_DATA": str(settings.data),
        "PARLEY_DATABASE_URL": settings.postgres_url,
        "PARLEY_REDIS_URL": settings.broker_url,
        "PARLEY_SECRET": settings.secret.get_secret_value(),
        "PARLEY_WEB__PUBLIC_URL": settings.web.public_url,
    }


def revealed(url: SecretStr | None) -> str | None:
    return None if url is None else url.get_secret_value()
