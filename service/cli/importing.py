"""`parley import`: another system's comments, with what became of them, as history and examples."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.cli.administration import now, opened
from service.cli.entry import console
from service.cli.sites import Slug
from service.imports import actions
from service.imports.actions import Wish
from service.imports.formats import Format, format_of
from service.imports.rows import Past, Tally
from service.sites import queries as sites

_SHOWN_MAX = 20


def import_(
    slug: Slug,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The export.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Told by the file itself if left out.")
    ] = None,
    undecided: Annotated[
        Past | None,
        typer.Option(help="What becomes of comments of which the file does not say it."),
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Write every problem to this file, a line each.")
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Find what would be wrong; store nothing.")
    ] = False,
) -> None:
    """Bring a site's past comments and their decisions here. No webhook is sent.

    Reads NDJSON, CSV, exports of Disqus and of WordPress. Interrupted, it goes on where it was;
    what is there already is not stored twice.

    A line of NDJSON or a row of CSV has id, article_id, article_url, author_name, body and
    created_at (ISO 8601); and may have article_title, author_id, author_email, parent_id, status
    (approved, rejected, held), reason (a code of the site's list) and, in NDJSON, labels, such as
    {"insult": 1}.
    """
    wish = Wish(file, form or format_of(file), _chosen(undecided), dry_run=dry_run)
    with opened() as (settings, database):
        with database.transaction() as session:
            site_id = sites.by_slug(session, slug).id
        with _progress() as bar:
            task = bar.add_task("read", total=None)

            def shown(tally: Tally) -> None:
                bar.update(task, completed=tally.read, description=f"{tally.stored:,} stored")

            report = actions.run(
                *(database, site_id, wish),
                secret=settings.secret.get_secret_value().encode(),
                clock=now,
                progress=shown,
            )
    _tell(report, dry_run=dry_run)
    if problems is not None:
        lines = (f"{each.place}: {each.detail}\n" for each in report.problems)
        problems.write_text("".join(lines), encoding="utf-8")


def _chosen(undecided: Past | None) -> Past | None:
    return None if undecided is Past.UNKNOWN else undecided


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console)


def _tell(report: actions.Report, *, dry_run: bool) -> None:
    tally = report.tally
    would = "would be stored" if dry_run else "stored"
    fates = ", ".join(f"{count:,} {past}" for past, count in sorted(tally.by_past.items()))
    console.print(
        f"{tally.read:,} read: {tally.stored:,} {would}"
        + (f" ({fates})" if fates else "")
        + f", {tally.again:,} there already, {tally.left_out:,} left out;"
        f" {tally.taught:,} teach the classifier."
    )
    if report.resumed_at:
        console.print(f"It went on after the first {report.resumed_at:,}.")
    for each in report.problems[:_SHOWN_MAX]:
        console.print(f"  {each.place}: {each.detail}", style="yellow", markup=False)
    if len(report.problems) > _SHOWN_MAX:
        console.print(f"  … and {len(report.problems) - _SHOWN_MAX:,} more (--problems FILE).")
