"""The `parley` command. Every expected error is a sentence and exit code 2, never a traceback."""

import sys

import typer
from rich.markup import escape
from sqlalchemy.exc import OperationalError

from service.cli import (
    corals,
    demo,
    importing,
    migrating,
    models,
    moderators,
    policies,
    resealing,
    retraining,
    roles,
    settings_table,
    sites,
    up,
    webhooks,
)
from service.cli.entry import console
from service.errors import ModerationError

app = typer.Typer(
    name="parley",
    help="Parley moderates the comments of article sites.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_RUN = "Run"
_SET_UP = "Set up"

app.command(rich_help_panel=_RUN)(up.up)
app.command(rich_help_panel=_RUN)(demo.demo)
app.command(rich_help_panel=_RUN)(roles.web)
app.command(rich_help_panel=_RUN)(roles.worker)
app.command(rich_help_panel=_RUN)(roles.beat)
app.command(rich_help_panel=_SET_UP)(migrating.migrate)
app.command(rich_help_panel=_SET_UP)(settings_table.settings)
app.command(rich_help_panel=_SET_UP)(resealing.reseal)
app.command(rich_help_panel=_RUN)(retraining.retrain)
app.command("import", rich_help_panel=_SET_UP)(importing.import_)
app.command(hidden=True)(migrating.migration)
app.add_typer(sites.app, name="site", rich_help_panel=_SET_UP)
app.add_typer(webhooks.app, name="webhook", rich_help_panel=_SET_UP)
app.add_typer(corals.app, name="coral", rich_help_panel=_SET_UP)
app.add_typer(policies.app, name="policy", rich_help_panel=_SET_UP)
app.add_typer(moderators.app, name="moderator", rich_help_panel=_SET_UP)
app.add_typer(models.app, name="model", rich_help_panel=_SET_UP)


def main() -> None:
    """Run the command line; the entry point of `parley` and of `python -m service`."""
    try:
        app()
    except ModerationError as error:
        _refuse(error.detail)
    except OperationalError as error:
        # The driver's first line says whom it could not reach, and never the password.
        _refuse(f"The database does not answer: {str(error.orig).splitlines()[0]}")


def _refuse(sentence: str) -> None:
    console.print(f"[bold red]Error:[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
