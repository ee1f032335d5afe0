"""`parley webhook …`: where a site is told, its secrets, and sending again."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from service.cli.administration import now, seal, show, transaction
from service.cli.entry import console, read_settings
from service.cli.sites import Slug
from service.sites import queries as sites
from service.webhooks import actions, queries

app = typer.Typer(no_args_is_help=True, help="Where sites are told, signed by Standard Webhooks.")

Id = Annotated[UUID, typer.Argument(help="The webhook's id, from `parley webhook list`.")]


@app.command("add")
def add(slug: Slug, url: Annotated[str, typer.Argument(help="Where to send: https://…")]) -> None:
    """Add an address and print its secret, this once."""
    allow_private = read_settings().webhooks.allow_private_addresses
    with transaction() as session:
        site = sites.by_slug(session, slug)
        _, secret = actions.add_endpoint(
            session, site, url, seal=seal(), allow_private=allow_private, now=now()
        )
    console.print("Its receiver checks our signatures with this; it is not shown again.")
    typer.echo(secret)


@app.command("list")
def list_webhooks(slug: Slug) -> None:
    """List a site's addresses, disabled ones too."""
    with transaction() as session:
        found = queries.endpoints(session, sites.by_slug(session, slug).id)
    rows = (
        (
            str(each.id),
            each.url,
            f"{each.created_at:%Y-%m-%d}",
            f"{each.rotated_at:%Y-%m-%d}" if each.rotated_at else "",
            f"{each.disabled_at:%Y-%m-%d}" if each.disabled_at else "",
        )
        for each in found
    )
    show("Id", "Address", "Added", "Secret changed", "Disabled", rows=rows)


@app.command("rotate")
def rotate(slug: Slug, webhook: Id) -> None:
    """Change a secret and print the new one; for a day both sign."""
    with transaction() as session:
        endpoint = queries.endpoint(session, sites.by_slug(session, slug).id, webhook)
        secret = actions.rotate_secret(session, endpoint, seal=seal(), now=now())
    typer.echo(secret)


@app.command("redeliver")
def redeliver(
    slug: Slug,
    webhook: Id,
    since: Annotated[datetime, typer.Option(help="From when on, in UTC: 2026-11-25T12:00:00.")],
) -> None:
    """Send again all that was given up since a time."""
    with transaction() as session:
        endpoint = queries.endpoint(session, sites.by_slug(session, slug).id, webhook)
        count = actions.redeliver_failed(
            session, endpoint, since=since.replace(tzinfo=UTC), now=now()
        )
    console.print(f"{count} are sent again.")


@app.command("disable")
def disable(slug: Slug, webhook: Id) -> None:
    """Send nothing to an address any more; what it was owed is given up."""
    with transaction() as session:
        endpoint = queries.endpoint(session, sites.by_slug(session, slug).id, webhook)
        actions.disable_endpoint(session, endpoint, now=now())
    console.print("Disabled.")
