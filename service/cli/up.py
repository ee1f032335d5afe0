"""`parley up`: servers, migrations, web, worker and beat, as one."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from subprocess import TimeoutExpired
from types import FrameType
from typing import Final, NoReturn

import httpx2
import typer
from rich.console import Console

from service import metrics_folder
from service.cli.entry import as_environment, console, read_settings, revealed, with_servers
from service.cli.listening import address_of, listen, listen_nearby
from service.cli.migrating import bring_up_to_date
from service.cli.roles import commands
from service.errors import Unavailable
from service.machine import embedded, lifeline
from service.machine.embedded import EmbeddedServers
from service.machine.supervised_log import SupervisedLog
from service.machine.supervisor import Program, Supervisor
from service.settings import Settings

_READY_WITHIN: Final = timedelta(seconds=60)
_ASK_EVERY_SECONDS: Final = 0.1
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Every part may take its time, one after the other, and be ended by force at the end of it.
_ENDED_WITHIN: Final = timedelta(seconds=40)

WhenReady = Callable[[Settings, str, Console], None]
"""Called once, in a thread of its own, when the web process can do its work: with its address, and
with the console that also shows the log, so that lines and progress do not mix."""


def up() -> None:
    """Run everything on this machine: database, broker, web, worker and beat.

    PostgreSQL and a Redis-protocol server run inside the data folder, ./.parley unless PARLEY_DATA
    says otherwise; PARLEY_DATABASE_URL and PARLEY_REDIS_URL replace either. Ctrl-C ends all of it.
    """
    raise typer.Exit(run(read_settings(), when_ready=_say_where))


def run(settings: Settings, *, when_ready: WhenReady, any_port: bool = False) -> int:
    """Run everything until a signal asks for the end; return the exit code.

    Args:
        settings: as read from the environment.
        when_ready: told when the first request can be answered.
        any_port: take the next free port when the wanted one is taken, and say so.
    """
    lifeline.hold(grace=_ENDED_WITHIN)
    servers = embedded.start(
        settings.data,
        database_url=revealed(settings.database_url),
        redis_url=revealed(settings.redis_url),
    )
    console.print(f"Data folder: {settings.data.expanduser().absolute()}")
    with _ended_in_order(servers):
        with console.status("Starting PostgreSQL and Valkey"):
            addresses = servers.start()
        # After the folder is ours: a second `up` hears who holds it, not that the port is taken.
        with _listening(settings, any_port=any_port) as listening:
            settings = _at(with_servers(settings, addresses), address_of(listening))
            bring_up_to_date(settings)
            servers.announce(address_of(listening))
            code = _supervise(settings, listening, when_ready, servers)
    console.print("Everything has ended.")
    return code


@contextmanager
def _ended_in_order(servers: EmbeddedServers) -> Iterator[None]:
    """See that the servers end whatever asks us to, and that impatience does not prevent it."""
    before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        servers.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _listening(settings: Settings, *, any_port: bool) -> Iterator[socket.socket]:
    host, port = settings.web.host, settings.web.port
    with (listen_nearby if any_port and port else listen)(host, port) as listening:
        actual = listening.getsockname()[1]
        if port and actual != port:
            console.print(f"Port {port} is taken by another program; using {actual} instead.")
        yield listening


def _at(settings: Settings, address: str) -> Settings:
    """Return settings whose public address is the actual one, unless another was given."""
    if "public_url" in settings.web.model_fields_set:
        return settings
    web = settings.web.model_copy(update={"public_url": address})
    return settings.model_copy(update={"web": web})


def _supervise(
    settings: Settings,
    listening: socket.socket,
    when_ready: WhenReady,
    servers: EmbeddedServers,
) -> int:
    screen = Console(highlight=False)
    log = SupervisedLog(screen, settings.data / "logs" / "parley.log")
    supervisor = Supervisor(_stages(settings, listening), log=log)
    over = threading.Event()

    def announce() -> None:
        if _is_ready(address_of(listening), over):
            when_ready(settings, address_of(listening), screen)

    def keep() -> None:
        while not over.wait(1.0):
            try:
                for name in servers.revive():
                    log.write("parley", f"{name} had ended; it runs again.")
            except (Unavailable, OSError, TimeoutExpired) as error:
                # Also a full disk: it is said each second until there is room again.
                log.write("parley", str(error))

    announcer = threading.Thread(target=announce, daemon=True)
    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        return supervisor.run(when_started=announcer.start)
    finally:
        over.set()
        keeper.join()
        log.close()


def _stages(settings: Settings, listening: socket.socket) -> Sequence[Sequence[Program]]:
    # One folder for all: whichever process is asked for the metrics tells everybody's.
    counted = metrics_folder.emptied(settings.data / "metrics")
    environment = {
        **os.environ,
        **as_environment(settings),
        metrics_folder.VARIABLE: str(counted.absolute()),
    }
    # Of a worker by itself: here the web process tells what it has counted, behind the proxy.
    environment.pop("PARLEY_WORKER__METRICS_PORT", None)
    command = commands()
    descriptor = listening.fileno()
    count = settings.web.processes
    webs = [
        Program(
            "web" if count == 1 else f"web-{number}",
            (*command["web"], "--descriptor", str(descriptor)),
            environment,
            inherits=(descriptor,),
        )
        for number in range(1, count + 1)
    ]
    beat = Program("beat", command["beat"], environment, stop_within=timedelta(seconds=6))
    worker = Program("worker", command["worker"], environment, stop_within=timedelta(seconds=8))
    # What takes work in ends first; then nothing new is due, and what is under way is finished.
    return [webs, [beat, worker]]


def _is_ready(address: str, over: threading.Event) -> bool:
    """Wait until the web process says that it can do its work; false when the end came first."""
    waited = 0.0
    with httpx2.Client(timeout=5, trust_env=False) as client:
        while not over.wait(_ASK_EVERY_SECONDS):
            waited += _ASK_EVERY_SECONDS
            try:
                if client.get(f"{address}/readyz").is_success:
                    return True
            except httpx2.TransportError:
                pass
            if waited > _READY_WITHIN.total_seconds():
                console.print("The web process is not ready yet; the log above says why.")
                waited = 0.0
    return False


def _say_where(settings: Settings, address: str, screen: Console) -> None:
    screen.print(
        f"\n  Review page   {address}/review"
        f"\n  API           {address}/docs"
        f"\n  Log           {settings.data / 'logs' / 'parley.log'}"
        "\n\n  Add a site with `parley site add`, a moderator with `parley moderator add`."
        "\n  Ctrl-C ends everything.\n"
    )
