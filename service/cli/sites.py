"""`parley site …`: the publications that send comments, and their keys."""

from typing import Annotated

import typer
from sqlalchemy import select

from service.cli import public_keys
from service.cli.administration import COMMAND_LINE, now, show, transaction
from service.cli.entry import console
from service.sites import actions, queries
from service.sites.scopes import MEANINGS, USUAL, Scope
from service.sites.tables import Site

app = typer.Typer(no_args_is_help=True, help="The sites that send comments, and their keys.")
app.add_typer(public_keys.app, name="public-key")

_SCOPES = " ".join(f"{scope}: {meaning}." for scope, meaning in MEANINGS.items())

Slug = Annotated[str, typer.Argument(help="The site's short name: a-z, 0-9 and hyphens.")]


@app.command("add")
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The site's name, as its readers know it.")],
    url: Annotated[str, typer.Option(help="The site's address: https://…")],
) -> None:
    """Add a site."""
    with transaction() as session:
        actions.create_site(session, slug=slug, name=name, url=url, now=now())
    console.print(f"Added. Issue its key with `parley site key {slug}`.", markup=False)


@app.command("list")
def list_sites() -> None:
    """List the sites."""
    with transaction() as session:
        sites = session.scalars(select(Site).order_by(Site.slug)).all()
    rows = ((site.slug, site.name, site.url, f"{site.created_at:%Y-%m-%d}") for site in sites)
    show("Site", "Name", "Address", "Added", rows=rows)


@app.command("key")
def key(
    slug: Slug,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "default",
    *,
    host_name: Annotated[
        bool,
        typer.Option("--host-name", help="For clients that send it as a part of our host name."),
    ] = False,
    scope: Annotated[
        list[Scope] | None,
        typer.Option("--scope", help=f"What it may do; may be repeated. {_SCOPES}"),
    ] = None,
) -> None:
    """Issue a key and print it, this once: only its hash is kept."""
    held = tuple(scope or USUAL)
    with transaction() as session:
        site = queries.by_slug(session, slug)
        _, text = actions.issue_key(
            session,
            site,
            name=name,
            scopes=held,
            for_host_names=host_name,
            by=COMMAND_LINE,
            now=now(),
        )
    console.print(f"It may: {'; '.join(MEANINGS[each] for each in held)}.", markup=False)
    console.print("Send it as `Authorization: Bearer …`; it is not shown again.", markup=False)
    typer.echo(text)


@app.command("keys")
def keys(slug: Slug) -> None:
    """List a site's keys: what they begin with, never the whole."""
    with transaction() as session:
        found = queries.keys(session, queries.by_slug(session, slug))
    rows = (
        (
            f"parley_{each.prefix}_…",
            each.name,
            ", ".join(each.scopes),
            f"{each.created_at:%Y-%m-%d}",
            f"{each.revoked_at:%Y-%m-%d}" if each.revoked_at else "",
        )
        for each in found
    )
    show("Key", "Name", "Scopes", "Issued", "Revoked", rows=rows)


@app.command("revoke")
def revoke(
    slug: Slug,
    beginning: Annotated[str, typer.Argument(help="What the key begins with: parley_1a2b3c4d.")],
) -> None:
    """Revoke a key: it opens nothing any more."""
    prefix = beginning[len("parley_") :][:8] if beginning.startswith("parley") else beginning[:8]
    with transaction() as session:
        site = queries.by_slug(session, slug)
        found = queries.key_by_prefix(session, site, prefix)
        actions.revoke_key(session, found, by=COMMAND_LINE, now=now())
    console.print("Revoked.")
