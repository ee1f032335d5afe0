"""`parley site public-key …`: the keys that stand in a site's pages."""

from typing import Annotated

import typer

from service.cli.administration import now, show, transaction
from service.cli.entry import console
from service.embed import public_keys
from service.sites import queries

app = typer.Typer(
    no_args_is_help=True,
    help="The keys that name a site in its pages: public, and bound to the pages' origins.",
)

Slug = Annotated[str, typer.Argument(help="The site's short name.")]


@app.command("add")
def add(
    slug: Slug,
    origin: Annotated[
        list[str],
        typer.Option(help="Where the pages lie: https://news.example; again for each."),
    ],
) -> None:
    """Make a public key for the pages of these origins, and print it."""
    with transaction() as session:
        site = queries.by_slug(session, slug)
        key = public_keys.add(session, site, origins=origin, now=now())
    console.print(f"For pages of {', '.join(key.origins)}; it is no secret.", markup=False)
    typer.echo(key.text)


@app.command("list")
def list_keys(slug: Slug) -> None:
    """List a site's public keys."""
    with transaction() as session:
        found = public_keys.of_site(session, queries.by_slug(session, slug))
    rows = (
        (
            each.text,
            " ".join(each.origins),
            f"{each.created_at:%Y-%m-%d}",
            f"{each.revoked_at:%Y-%m-%d}" if each.revoked_at else "",
        )
        for each in found
    )
    show("Public key", "For pages of", "Made", "Revoked", rows=rows)


@app.command("revoke")
def revoke(slug: Slug, key: Annotated[str, typer.Argument(help="The whole key: pk_…")]) -> None:
    """Revoke a public key: pages with it show no comments any more."""
    with transaction() as session:
        public_keys.revoke(session, queries.by_slug(session, slug), key, now=now())
    console.print("Revoked.")
