"""`parley coral …`: the Corals that ask us before they publish, and the secrets they sign with."""

import sys
from typing import Annotated

import typer

from service.cli.administration import now, seal, show, transaction
from service.cli.entry import console, read_settings
from service.cli.sites import Slug
from service.dialects import coral_secrets
from service.sites import queries

app = typer.Typer(no_args_is_help=True, help="Coral's moderation phase, and its signing secrets.")


@app.command("add")
def add(slug: Slug) -> None:
    """Add the signing secret that a Coral shows; it is asked for, or read from standard input."""
    secret = _asked()
    settings = read_settings()
    with transaction() as session:
        site = queries.by_slug(session, slug)
        coral_secrets.add(session, site, secret, seal=seal(), now=now())
    url = f"{settings.web.public_url.rstrip('/')}/coral/{slug}"
    console.print(f"Added. The phase's callback URL is {url}", markup=False, soft_wrap=True)


def _asked() -> str:
    """Read the secret from where nobody sees it: not from the command, which others can list."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    return str(typer.prompt("Signing secret (empsec_…)", hide_input=True, err=True))


@app.command("list")
def list_secrets(slug: Slug) -> None:
    """List a site's secrets: what they end with, never the whole."""
    with transaction() as session:
        found = coral_secrets.of_site(session, queries.by_slug(session, slug))
    rows = ((f"empsec_…{each.hint}", f"{each.created_at:%Y-%m-%d}") for each in found)
    show("Secret", "Added", rows=rows)


@app.command("remove")
def remove(
    slug: Slug,
    ending: Annotated[str, typer.Argument(help="What the secret ends with: its last 6 signs.")],
) -> None:
    """Remove a secret: what is signed with it is refused from now on."""
    with transaction() as session:
        was_there = coral_secrets.remove(session, queries.by_slug(session, slug), ending)
    console.print("Removed." if was_there else "There is no secret that ends so.")
