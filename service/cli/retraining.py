"""`parley retrain`: one run now, with its progress; the schedule is the worker's."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from service.cli.administration import COMMAND_LINE, now, opened
from service.cli.entry import as_environment, console
from service.db import Database
from service.errors import Invalid
from service.learning import due, runs
from service.learning.states import Cause, RunState
from service.learning.tables import Run
from service.settings import Settings
from service.sites import queries as sites

# By name: the service imports no worker.
COMMAND: Final = (sys.executable, "-m", "worker.retraining")
_LOOK_EVERY_SECONDS: Final = 0.3
_ANOTHER_RUNS: Final = 3


class SiteNeeded(Invalid):
    code = "site_needed"

    def __init__(self) -> None:
        super().__init__("Every site has a model of its own: say which is meant, by --site.")


def retrain(
    site: Annotated[
        str | None,
        typer.Option("--site", help="The site whose model is meant: its own, or the shared one."),
    ] = None,
    *,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Promote a challenger that is not worse.")
    ] = False,
) -> None:
    """Train a challenger from moderators' decisions, judge it, and promote or refuse it.

    Exits with 0 if it was promoted, 1 if it was not, 2 if nothing could be done.
    """
    with opened() as (settings, database):
        run_id = _ask(database, settings, site, is_refresh=refresh)
        run = _make(database, settings, run_id)
    _say(run)
    raise typer.Exit(0 if run.state is RunState.PROMOTED else 1)


def _ask(database: Database, settings: Settings, slug: str | None, *, is_refresh: bool) -> UUID:
    with database.transaction() as session:
        scope = _scope(session, settings, slug)
        run = runs.ask(
            session,
            scope,
            cause=Cause.PERSON,
            by=COMMAND_LINE,
            is_refresh=is_refresh,
            now=now(),
        )
        return run.id


def _scope(session: Session, settings: Settings, slug: str | None) -> UUID | None:
    """Return whose model is meant; without a site, the shared one, or the only one there is.

    Raises:
        SiteNeeded: every site has a model of its own, so there is none to be shared.
    """
    if slug is not None:
        site = sites.by_slug(session, slug)
        return due.scope_of_site(session, site.id, settings.learning)
    found = [each.site_id for each in due.scopes(session, settings.learning)]
    if None in found or not found:
        return None
    if len(found) > 1:
        raise SiteNeeded
    return found[0]


def _make(database: Database, settings: Settings, run_id: UUID) -> Run:
    """Have it made in a process of its own, or by a worker that is quicker; show how far it is."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with (
        subprocess.Popen(  # noqa: S603 - our own command
            COMMAND,
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
        Progress(*columns, console=console, transient=True) as bars,
    ):
        task = bars.add_task("waiting", total=1.0)
        while True:
            code = process.poll()
            run = _seen(database, run_id)
            doing = f"{run.state.value}: {run.doing}" if run.doing else run.state.value
            bars.update(task, completed=run.progress, description=doing)
            if run.state.is_over or code not in (None, _ANOTHER_RUNS):
                process.wait()
                return _seen(database, run_id)
            time.sleep(_LOOK_EVERY_SECONDS)


def _seen(database: Database, run_id: UUID) -> Run:
    with database.transaction() as session:
        return session.get_one(Run, run_id)


def _say(run: Run) -> None:
    if not run.state.is_over:
        console.print("The process that trains ended before the run did.", markup=False)
        return
    color = "green" if run.state is RunState.PROMOTED else "yellow"
    console.print(f"[bold {color}]{run.state.value.capitalize()}[/]")
    for check in (run.verdict or {}).get("checks", []):
        sign = "passes" if check["passed"] else "fails "
        console.print(f"  {sign}  {check['sentence']}", markup=False, soft_wrap=True)
    if run.verdict is None and run.why:
        console.print(f"  {run.why}", markup=False, soft_wrap=True)
    if run.version_id is not None:
        console.print(f"The report: parley model report {run.version_id}", markup=False)


def environment(settings: Settings) -> Mapping[str, str]:
    """Return what a child process needs to work on the same database."""
    return {**os.environ, **as_environment(settings)}
