"""`parley model …`: which version of the classifier decides."""

from typing import Annotated

import typer
from sqlalchemy import select

from service.cli.administration import now, show, transaction
from service.cli.entry import console
from service.errors import NotFound
from service.registry import actions
from service.registry.tables import ModelVersion, State

app = typer.Typer(no_args_is_help=True, help="The versions of the classifier, and which decides.")


class ModelVersionNotFound(NotFound):
    code = "model_version_not_found"


@app.command("list")
def list_versions() -> None:
    """List the versions that were ever stored; the champion decides."""
    with transaction() as session:
        versions = session.scalars(select(ModelVersion).order_by(ModelVersion.id)).all()
    rows = (
        (
            str(each.id),
            each.name,
            each.state,
            f"{each.promoted_at:%Y-%m-%d %H:%M}" if each.promoted_at else "",
            each.digest,
        )
        for each in versions
    )
    show("Number", "Name", "State", "Promoted", "Digest", rows=rows)


@app.command("promote")
def promote(
    number: Annotated[int, typer.Argument(help="The version's number, from `parley model list`.")],
) -> None:
    """Have a version decide from now on; an earlier one too, which is how to roll back.

    Workers and web processes swap by themselves. What was decided stays.
    """
    with transaction() as session:
        version = session.get(ModelVersion, number)
        if version is None:
            raise ModelVersionNotFound(f"There is no model version {number}.")
        if version.state is not State.CHAMPION:
            actions.promote(session, version, now=now())
    console.print(f"Version {number} decides from now on.", markup=False)
