"""`parley model plan`: when a site's model is retrained, how strict the gate is, what must pass."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from service.cli.administration import COMMAND_LINE, now, transaction
from service.cli.entry import console
from service.learning import due, plans
from service.learning.errors import PlanInvalid
from service.learning.plan import PlanDocument
from service.problems import field_problems
from service.sites import queries as sites


def plan(
    slug: Annotated[str, typer.Argument(metavar="SITE", help="The site's slug.")],
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A plan as JSON, to be followed; `-` reads standard input."),
    ] = None,
) -> None:
    """Print a site's plan for learning as JSON, ready to be edited; with --file, save another.

    When its model is retrained, whether it has one of its own, which limits of the gate are
    stricter than what is built in, and which texts must always pass.
    """
    with transaction() as session:
        site = sites.by_slug(session, slug)
        if file is not None:
            text = sys.stdin.read() if file == Path("-") else file.read_text(encoding="utf-8")
            plans.save(session, site, _read(text), by=COMMAND_LINE, now=now())
            console.print("It holds for every run that begins from now on.", markup=False)
        kept = due.plan_of(session, site.id).model_dump(mode="json")
    typer.echo(json.dumps(kept, indent=2, ensure_ascii=False))


def _read(text: str) -> PlanDocument:
    """Return the plan that the text holds.

    Raises:
        PlanInvalid: it holds none.
    """
    try:
        return PlanDocument.model_validate_json(text)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise PlanInvalid(field_problems(found)) from error
