"""`parley policy …`: what rules on a site: show, edit, try, look back; and its words."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from service.cli.administration import now, show, transaction
from service.cli.entry import console
from service.errors import Invalid
from service.policy import queries, word_lists
from service.policy.document import PolicyDocument
from service.problems import field_problems
from service.sites import queries as sites
from service.trials import actions
from service.trials.actions import Trial
from service.trials.schemas import CostOut

app = typer.Typer(no_args_is_help=True, help="What rules on a site: show, edit, try, look back.")

Slug = Annotated[str, typer.Argument(help="The site's short name.")]
Note = Annotated[str, typer.Option(help="Why it is changed; kept with the version.")]
File = Annotated[
    Path | None, typer.Option("--file", help="A policy as JSON; `-` reads standard input.")
]
_SHOWN_MAX = 20


class PolicyUnreadable(Invalid):
    code = "policy_unreadable"


@app.command("show")
def show_policy(
    slug: Slug,
    version: Annotated[int | None, typer.Option(help="Another version than what rules.")] = None,
) -> None:
    """Print a policy as JSON, ready to be edited."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        if version is None:
            found = queries.current(session, site.id)
        else:
            found = queries.version(session, site.id, version)
    console.print(f"Version {found.version}: {found.note}", markup=False)
    typer.echo(_written(found.document))


@app.command("edit")
def edit(slug: Slug, note: Note, file: File = None) -> None:
    """Save a policy from a file, or what you make of the one that rules in your editor."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        text = _text(file) or _edited(_written(queries.current(session, site.id).document))
        if text is None:
            console.print("Nothing was changed.")
            return
        saved = actions.save(
            *(session, site.id, _read(text), actions.judge(session, site.id, None)),
            note=note,
            saved_by="command line",
            now=now(),
        )
        console.print(f"Version {saved.version.version} rules.", markup=False)
        for sentence in saved.version.changes:
            console.print(f"  {sentence}", markup=False)
        _print_trial(saved.trial)


@app.command("preview")
def preview(slug: Slug, file: File = None) -> None:
    """Try a policy on the site's last 30 days; nothing is changed."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        text = _text(file)
        document = _read(text) if text else queries.current(session, site.id).document
        judge = actions.judge(session, site.id, None)
        _print_trial(actions.preview(session, site.id, document, judge, now=now()))


@app.command("history")
def history(slug: Slug) -> None:
    """List the versions: who saved what when, why, and what was changed."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        found = queries.history(session, site.id, after=None, limit=_SHOWN_MAX)
    rows = (
        (
            str(each.version),
            f"{each.saved_at:%Y-%m-%d %H:%M}",
            each.saved_by,
            each.note,
            "\n".join(each.changes),
        )
        for each in found
    )
    show("Version", "Saved", "By", "Why", "Changes", rows=rows)


@app.command("restore")
def restore(
    slug: Slug, version: Annotated[int, typer.Argument(help="The version.")], note: Note
) -> None:
    """Have an old version rule again, as a new one."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        saved = actions.restore(
            *(session, site.id, version, actions.judge(session, site.id, None)),
            note=note,
            saved_by="command line",
            now=now(),
        )
    console.print(f"Version {saved.version.version} rules.", markup=False)


@app.command("words")
def words(
    slug: Slug,
    file: Annotated[
        Path | None, typer.Option("--import", help="A CSV file to put in place of the words.")
    ] = None,
    note: Note = "Words imported.",
) -> None:
    """Print the site's own listed words as CSV, or put those of a file in their place."""
    with transaction() as session:
        site = sites.by_slug(session, slug)
        if file is None:
            listed = queries.current(session, site.id).document.words.listed
            sys.stdout.buffer.write(word_lists.write_csv(each.entry for each in listed))
            return
        document = actions.with_words(session, site.id, file.read_bytes())
        saved = actions.save(
            *(session, site.id, document, actions.judge(session, site.id, None)),
            note=note,
            saved_by="command line",
            now=now(),
        )
    for sentence in saved.version.changes:
        console.print(sentence, markup=False)


def _written(document: PolicyDocument) -> str:
    plain = document.model_dump(mode="json", exclude_none=True)
    return json.dumps(plain, ensure_ascii=False, indent=2)


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def _edited(text: str) -> str | None:
    """Open the text in the administrator's editor; return it if it was changed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.json")
        path.write_text(text, encoding="utf-8")
        # The administrator's own choice of a program, with the administrator's own rights.
        subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603
        edited = path.read_text(encoding="utf-8")
    return None if edited == text else edited


def _read(text: str) -> PolicyDocument:
    """Return the policy of a JSON text.

    Raises:
        PolicyUnreadable: names every place that is wrong, and says what would be right.
    """
    try:
        return PolicyDocument.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = field_problems([{**each, "loc": ("file", *each["loc"])} for each in found])
        told = "\n".join(f"{each.pointer or '/'} {each.detail}" for each in problems)
        raise PolicyUnreadable(told, fields=problems) from error


def _print_trial(trial: Trial) -> None:
    cost = CostOut.of(trial.replay, trial.pace)
    rows = (
        (name, *(f"{getattr(counts, outcome):,}" for outcome in ("approve", "hold", "reject")))
        for name, counts in (("was", cost.was), ("would be", cost.would))
    )
    show(f"{cost.comments:,} comments", "Published", "Held", "Rejected", rows=rows)
    console.print(
        f"Held a day: {cost.held_per_day:,.1f}, after {cost.held_per_day_was:,.1f}; hours of"
        f" moderation a day: {cost.hours_per_day:,.1f}, after {cost.hours_per_day_was:,.1f}."
    )
    for solved in trial.solved:
        wish = solved.wish
        console.print(f"{wish.label} in {wish.language}: {solved.sentence}", markup=False)
    against = trial.replay.disagreements
    console.print(f"Against a moderator's decision: {len(against):,} of {trial.replay.judged:,}.")
    for each in against[:_SHOWN_MAX]:
        reason = each.ruling.reasons[0].sentence
        would = each.would.name.lower()
        console.print(f"  {each.comment_id} {would}, not {each.judged}: {reason}", markup=False)
    if trial.replay.not_replayed:
        console.print(f"Not replayed: {', '.join(trial.replay.not_replayed)}.")
