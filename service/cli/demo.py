"""`parley demo`: everything as `parley up` runs it, with a site that people have commented on."""

from collections import Counter
from contextlib import closing
from datetime import timedelta
from typing import Final

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from service.broker import Broker
from service.cli.administration import now
from service.cli.entry import read_settings
from service.cli.up import run
from service.database_url import sync_url
from service.db import Database
from service.demo.access import Access, prepare
from service.demo.pages import PATH
from service.demo.readers import Readers, as_curl, outcomes
from service.errors import ModerationError
from service.settings import Settings

_DECIDED_WITHIN: Final = timedelta(seconds=30)


def demo() -> None:
    """Run everything, with a demo site, a moderator and a few dozen comments; safe to repeat."""
    raise typer.Exit(run(read_settings(), when_ready=_fill, any_port=True))


def _fill(settings: Settings, address: str, console: Console) -> None:
    try:
        access = _access(settings)
        readers = Readers(f"{address}{PATH}")
        counted = _send(readers, address, access, console)
    except (ModerationError, httpx2.TransportError) as error:
        console.print(f"The demo could not be filled: {error}", markup=False)
        return
    _say_where(address, access, readers, counted, console)


def _access(settings: Settings) -> Access:
    with closing(Broker(settings.broker_url)) as broker:
        database = Database(sync_url(settings.postgres_url), publish=broker.publish, pool_size=1)
        with closing(database), database.transaction() as session:
            access = prepare(session, Access.kept_in(settings.data), now=now())
    access.keep_in(settings.data)
    return access


def _send(readers: Readers, address: str, access: Access, console: Console) -> Counter[str]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    headers = {"Authorization": f"Bearer {access.key}"}
    with (
        httpx2.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as client,
        Progress(*columns, console=console) as progress,
    ):
        task = progress.add_task("Sending comments", total=len(readers))
        ids = readers.send(client, sent=lambda: progress.advance(task))
        progress.update(task, description="Waiting for decisions")
        counted = outcomes(client, ids, within=_DECIDED_WITHIN)
        progress.update(task, description="Comments sent")
    return counted


def _say_where(
    address: str, access: Access, readers: Readers, counted: Counter[str], console: Console
) -> None:
    decided = ", ".join(f"{count} {status}" for status, count in sorted(counted.items()))
    console.print(
        f"\n  The demo runs; its comments: {decided}."
        f"\n\n  Article       {address}{PATH}"
        f"\n  Review page   {address}/review"
        f"\n                {access.email}"
        f"\n                {access.password}"
        f"\n  API           {address}/docs"
        "\n\n  Paste this into another terminal to send a comment:\n",
        markup=False,
    )
    console.print(as_curl(address, access.key, readers.article), markup=False, soft_wrap=True)
    console.print("\n  Ctrl-C ends everything.\n", markup=False)
