"""`parley model …`: which version of the classifier decides, and why."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.administration import COMMAND_LINE, now, opened, show, transaction
from service.cli.entry import console
from service.cli.learning_plans import plan
from service.cli.retraining import COMMAND, environment
from service.errors import Invalid
from service.learning import queries as learning
from service.learning import reports, rescoring, shadows
from service.learning.errors import NoShadow, ReportMissing
from service.registry import actions, queries
from service.registry.tables import ModelVersion
from service.sites import queries as sites
from service.sites.tables import Site

app = typer.Typer(no_args_is_help=True, help="The versions of the classifier, and which decides.")

Number = Annotated[
    int, typer.Argument(help="The version's number, from `parley model list`.", min=1)
]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="The site whose own model is meant; else the shared.")
]
Why = Annotated[str, typer.Option(help="Why, for the history.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file instead of printing.")
]


# As git shortens its own: a line stays a line, and nobody types a digest.
_DIGEST_SHOWN = len("sha256:") + 12


class DateInvalid(Invalid):
    code = "date_invalid"


@app.command("list")
def list_versions() -> None:
    """List the versions that were ever stored, newest first; the champion decides."""
    with transaction() as session:
        versions = queries.versions(session, None, limit=200)
        slugs = _slugs(session)
    rows = (
        (
            str(each.id),
            each.name,
            "shared" if each.site_id is None else slugs[each.site_id],
            each.state + (", damaged" if each.damaged_at else ""),
            f"{each.promoted_at:%Y-%m-%d %H:%M}" if each.promoted_at else "",
            each.digest[:_DIGEST_SHOWN],
        )
        for each in versions
    )
    show("Number", "Name", "Site", "State", "Promoted", "Digest", rows=rows)


@app.command("promote")
def promote(number: Number, why: Why = "") -> None:
    """Have a version decide from now on; an earlier one too.

    Workers and web processes swap by themselves. What was decided stays. An artifact that is
    damaged is refused, and what decides goes on.
    """
    with transaction() as session:
        version = queries.get(session, number)
        actions.promote(session, version, by=COMMAND_LINE, why=why, now=now())
    console.print(f"Version {number} decides from now on.", markup=False)


@app.command("rollback")
def roll_back(site: SiteOption = None, why: Why = "") -> None:
    """Take the last promotion back: the version decides that did before."""
    with transaction() as session:
        version = actions.roll_back(
            session, _scope(session, site), by=COMMAND_LINE, why=why, now=now()
        )
    what = "The shared version" if version is None else f"Version {version.id}"
    console.print(f"{what} decides again.", markup=False)


@app.command("history")
def history(site: SiteOption = None) -> None:
    """List which version took over from which, newest first: when, by whom, and why."""
    with transaction() as session:
        found = queries.promotions(session, _scope(session, site), limit=100)
    rows = (
        (
            f"{each.promoted_at:%Y-%m-%d %H:%M}",
            "shared" if each.version_id is None else str(each.version_id),
            "" if each.replaced_id is None else str(each.replaced_id),
            each.promoted_by,
            each.why,
        )
        for each in found
    )
    show("When", "Version", "Replaced", "By", "Why", rows=rows)


@app.command("shadow")
def shadow(number: Number) -> None:
    """Have a version score beside the champion and decide nothing; see `parley model compare`."""
    with transaction() as session:
        actions.shadow(session, queries.get(session, number))
    console.print(f"Version {number} scores beside the champion from now on.", markup=False)


@app.command("end-shadow")
def end_shadow(site: SiteOption = None) -> None:
    """Have no version score beside the champion."""
    with transaction() as session:
        actions.end_shadow(session, _scope(session, site))
    console.print("No version scores beside the champion.", markup=False)


@app.command("compare")
def compare(
    slug: Annotated[str, typer.Argument(metavar="SITE", help="The site's slug.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most comments shown.")] = 20,
) -> None:
    """List the newest comments on which champion and shadow would decide differently."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        champion = queries.champion(session, site.id)
        beside = None if champion is None else queries.shadow(session, champion.site_id)
        if champion is None or beside is None:
            raise NoShadow
        found = shadows.compare(session, champion, beside, [site.id])
    rows = (
        (each.champion.name.lower(), each.shadow.name.lower(), each.status, each.body)
        for each in found.differing[:limit]
    )
    show(f"Version {champion.id}", f"Version {beside.id}", "Stands", "Text", rows=rows)
    differing, looked_at = len(found.differing), found.looked_at
    console.print(f"{differing:,} of {looked_at:,} comments differ, by scores alone.", markup=False)


@app.command("report")
def report(number: Number, output: Output = None) -> None:
    """Print the report of the run that a version came from: one page of HTML."""
    with transaction() as session:
        run = learning.of_version(session, number)
        if run is None:
            queries.get(session, number)
            raise ReportMissing
        _write(reports.page(session, run, None), output)


@app.command("card")
def card(number: Number, output: Output = None) -> None:
    """Print the card of a version that was learned here, as Markdown."""
    with transaction() as session:
        run = learning.of_version(session, number)
        if run is None:
            queries.get(session, number)
            raise ReportMissing
        _write(reports.card(session, run), output)


@app.command("rescore")
def rescore(
    slug: Annotated[str, typer.Argument(metavar="SITE", help="The site's slug.")],
    since: Annotated[str, typer.Option(help="Comments sent since then: 2026-11-01.")],
) -> None:
    """Have a site's old comments scored by the version that decides now, when there is time."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        rescoring.ask(session, site.id, since=_date(since), by=COMMAND_LINE, now=now())
    console.print("Workers score them while nothing else waits.", markup=False)


app.command("plan")(plan)


@app.command("reproduce")
def reproduce(number: Number) -> None:
    """Make a version again from its snapshot, and see that the same artifact comes out."""
    with opened() as (settings, database):
        with database.transaction() as session:
            queries.get(session, number)
        made = subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "--reproduce", str(number)], env=environment(settings), check=False
        )
    raise typer.Exit(made.returncode)


def _scope(session: Session, slug: str | None) -> UUID | None:
    return None if slug is None else sites.by_slug(session, slug).id


def _slugs(session: Session) -> dict[UUID, str]:
    rows = session.execute(
        select(Site.id, Site.slug).join(ModelVersion, ModelVersion.site_id == Site.id)
    )
    return {row.id: row.slug for row in rows}


def _date(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise DateInvalid("--since is a date such as 2026-11-01, or a time in ISO 8601.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    console.print(f"Written to {output}.", markup=False)
