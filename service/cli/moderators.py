"""`parley moderator …`: the people who review."""

import secrets
from typing import Annotated, Final

import typer
from sqlalchemy import select

from service.cli.administration import now, show, transaction
from service.cli.entry import console
from service.moderators import actions, queries
from service.moderators.rules import clean_email
from service.moderators.tables import Moderator, Role
from service.review import claims
from service.sites import queries as sites

app = typer.Typer(no_args_is_help=True, help="The people who review, and the sites they work on.")

_PASSWORD_BYTES: Final = 15

Email = Annotated[str, typer.Argument(help="The e-mail address to sign in with.")]
SiteOption = Annotated[str, typer.Option("--site", help="The short name of the site.")]
RoleOption = Annotated[Role, typer.Option(help="What the person may do there.")]


@app.command("add")
def add(
    email: Email,
    site: SiteOption,
    name: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
    role: RoleOption = Role.MODERATOR,
    ask_password: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--ask-password", help="Type a password instead of getting one.")
    ] = False,
) -> None:
    """Add a moderator and print the password, this once: only its hash is kept."""
    password = _asked() if ask_password else secrets.token_urlsafe(_PASSWORD_BYTES)
    with transaction() as session:
        where = sites.by_slug(session, site)
        who = actions.create_moderator(
            session,
            email=email,
            name=name or email.partition("@")[0],
            password=password,
            now=now(),
        )
        actions.add_membership(session, who, where, role, now=now())
    console.print(f"Added {who.email} as {role} of {site}.", markup=False)
    if not ask_password:
        console.print("The password, which is not shown again:", markup=False)
        typer.echo(password)


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@app.command("assign")
def assign(email: Email, site: SiteOption, role: RoleOption = Role.MODERATOR) -> None:
    """Let a moderator work on one more site, or change the role on it."""
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        actions.add_membership(session, who, sites.by_slug(session, site), role, now=now())
    console.print(f"{who.email} is {role} of {site}.", markup=False)


@app.command("unassign")
def unassign(email: Email, site: SiteOption) -> None:
    """Take a moderator off a site."""
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        actions.remove_membership(session, who, sites.by_slug(session, site))
    console.print(f"{who.email} does not work on {site}.", markup=False)


@app.command("list")
def list_moderators() -> None:
    """List the moderators, with their sites and roles."""
    with transaction() as session:
        rows = [
            (
                who.email,
                who.name,
                ", ".join(
                    f"{site.slug} ({role})" for site, role in queries.memberships(session, who.id)
                ),
                f"{who.disabled_at:%Y-%m-%d}" if who.disabled_at else "",
            )
            for who in session.scalars(select(Moderator).order_by(Moderator.email))
        ]
    show("E-mail", "Name", "Sites", "Left", rows=iter(rows))


@app.command("remove")
def remove(email: Email) -> None:
    """Have a moderator leave: every session ends, claims are given back, the decisions stay."""
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        claims.dismiss(session, who, now=now())
    console.print(f"{who.email} has left.", markup=False)
