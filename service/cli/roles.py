"""`parley web`, `parley worker`, `parley beat`: one long-running process each."""

import logging
import os
import socket
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer

from service import metrics_folder
from service.cli.entry import as_environment, attached, read_settings
from service.cli.listening import listen
from service.machine import lifeline
from service.settings import Settings

_REQUESTS_END_WITHIN_SECONDS: Final = 3
# They say every few seconds that nothing is wrong; what fails, they still say.
_TALKATIVE: Final = ("alembic", "celery.app.trace", "celery.beat", "celery.worker.strategy")


def web(
    descriptor: Annotated[
        int | None, typer.Option(hidden=True, help="A listening socket that was handed down.")
    ] = None,
) -> None:
    """Run one web process: the API and the review page.

    `parley up` runs as many as PARLEY_WEB__PROCESSES says; elsewhere, run as many as you need.
    """
    settings = _enter()
    web_settings = settings.web
    listening = (
        listen(web_settings.host, web_settings.port)
        if descriptor is None
        else socket.socket(fileno=descriptor)
    )
    _serve(listening, trusted_proxies=web_settings.trusted_proxies)


def _serve(listening: socket.socket, *, trusted_proxies: str) -> None:
    # Imported here: the other commands start without a web server's import time.
    import uvicorn  # noqa: PLC0415

    config = uvicorn.Config(
        "service.asgi:app",
        factory=True,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=_REQUESTS_END_WITHIN_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


def worker() -> None:
    """Run one worker: scores what waits, decides by policy, delivers webhooks."""
    settings = _enter()
    count_together(settings)
    concurrency = f"--concurrency={settings.worker.processes}"
    _celery("worker", concurrency, "--without-gossip", "--without-mingle", "--loglevel=INFO")


def beat() -> None:
    """Run the clock that starts what is due: one per installation."""
    _enter()
    # In memory: the schedule is code, and nothing in it minds being due again after a restart.
    _celery("beat", "--scheduler=celery.beat:Scheduler", "--pidfile=", "--loglevel=INFO")


def count_together(settings: Settings) -> None:
    """Begin once more, with a folder for what the worker's processes count, if it is to be told.

    Raises:
        PortTaken: another program listens where it would be told.
    """
    port = settings.worker.metrics_port
    if port is None or metrics_folder.VARIABLE in os.environ:
        return
    # Taken for good only when the processes are there, and then there is nobody to refuse it to.
    listen(settings.web.host, port, variable="PARLEY_WORKER__METRICS_PORT").close()
    folder = metrics_folder.apart(settings.data / "metrics-of-workers")
    os.environ[metrics_folder.VARIABLE] = str(folder.absolute())
    # Prometheus' client, which is loaded by now, looked for the variable when it was.
    worker = [*commands()["worker"]]
    os.execv(worker[0], worker)  # noqa: S606 - ourselves


def _enter() -> Settings:
    lifeline.hold()
    settings = attached(read_settings(level=logging.INFO))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    os.environ.update(as_environment(settings))
    return settings


def _celery(*words: str) -> None:
    """Become Celery's command line, with the application by name: the service imports no worker."""
    from celery.bin.celery import celery  # noqa: PLC0415

    # Celery advises against running as root, for the sake of pickle, which nothing here accepts.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    arguments: Sequence[str] = ["--app=worker.app:app", "--quiet", *words]
    sys.exit(celery.main(args=list(arguments), prog_name="celery", standalone_mode=False))


def commands() -> Mapping[str, Sequence[str]]:
    """Return the command line of each role, for whoever runs them as children."""
    parley = (sys.executable, "-m", "service")
    return {role: (*parley, role) for role in ("web", "worker", "beat")}
