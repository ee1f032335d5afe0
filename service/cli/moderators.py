"""`parley moderator …`: the people and programs that review."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

import typer
from sqlalchemy import select

from service.cli.administration import COMMAND_LINE, now, show, transaction
from service.cli.entry import console, read_settings
from service.moderators import actions, queries, tokens
from service.moderators.errors import TokenNotFound
from service.moderators.rules import TOKEN_MEANINGS, TokenScope, clean_email, is_program
from service.moderators.tables import Moderator, Role
from service.sites import queries as sites
from service.team import actions as team
from service.team import addresses
from service.team.actor import Actor

_OPERATOR: Final = Actor(COMMAND_LINE)
_SCOPES = " ".join(f"{scope}: {meaning}." for scope, meaning in TOKEN_MEANINGS.items())

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
        team.assign(session, _OPERATOR, where, who, role, now=now())
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
        team.assign(session, _OPERATOR, sites.by_slug(session, site), who, role, now=now())
    console.print(f"{who.email} is {role} of {site}.", markup=False)


@app.command("unassign")
def unassign(email: Email, site: SiteOption) -> None:
    """Take a moderator off a site: every session ends, claims are given back."""
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        where = sites.by_slug(session, site)
        team.remove_member(session, _OPERATOR, where, who.id, now=now())
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
            if not is_program(who.email)
        ]
    show("E-mail", "Name", "Sites", "Left", rows=iter(rows))


@app.command("remove")
def remove(email: Email) -> None:
    """Have a moderator leave: every session ends, claims are given back, the decisions stay."""
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        team.dismiss(session, _OPERATOR, who, now=now())
    console.print(f"{who.email} has left.", markup=False)


@app.command("invite")
def invite(email: Email, site: SiteOption, role: RoleOption = Role.MODERATOR) -> None:
    """Print a one-time link by which somebody joins a site and chooses a password."""
    settings = read_settings()
    lifetime = settings.review.invitation_lifetime
    with transaction() as session:
        where = sites.by_slug(session, site)
        _, token = team.invite(
            session, _OPERATOR, where, email=email, role=role, now=now(), lifetime=lifetime
        )
    console.print(f"For {email}, once, within {_days(lifetime)}:", markup=False)
    typer.echo(addresses.of_invitation(settings, token))


@app.command("reset")
def reset(email: Email) -> None:
    """Print a one-time link by which a moderator chooses a new password."""
    settings = read_settings()
    lifetime = settings.review.password_link_lifetime
    with transaction() as session:
        who = queries.by_email(session, clean_email(email))
        token = team.password_link(session, _OPERATOR, who, now=now(), lifetime=lifetime)
    console.print(f"For {who.email}, once, within {_days(lifetime)}:", markup=False)
    typer.echo(addresses.of_password(settings, token))


@app.command("token")
def token(
    site: SiteOption,
    name: Annotated[str, typer.Option(help="The name that the decisions bear.")],
    scope: Annotated[
        list[TokenScope], typer.Option("--scope", help=f"What it may do; repeat it. {_SCOPES}")
    ],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it is good.")] = 90,
) -> None:
    """Issue a token for a program that reviews, or a team outside, and print it, this once."""
    at = now()
    with transaction() as session:
        _, text = team.issue_token(
            session,
            _OPERATOR,
            sites.by_slug(session, site),
            name=name,
            scopes=scope,
            now=at,
            expires_at=at + timedelta(days=days),
        )
    console.print("Send it as `Authorization: Bearer …`; it is not shown again.", markup=False)
    typer.echo(text)


@app.command("tokens")
def list_tokens(site: SiteOption) -> None:
    """List a site's tokens: what they begin with, never the whole."""
    with transaction() as session:
        found = tokens.of_site(session, sites.by_slug(session, site).id)
        rows: Sequence[tuple[str, ...]] = [
            (
                f"parleymod_{each.prefix}_…",
                name,
                ", ".join(each.scopes),
                f"{each.expires_at:%Y-%m-%d}",
                f"{each.revoked_at:%Y-%m-%d}" if each.revoked_at else "",
            )
            for each, name in found
        ]
    show("Token", "Name", "Scopes", "Ends", "Revoked", rows=iter(rows))


@app.command("revoke")
def revoke(
    site: SiteOption,
    beginning: Annotated[str, typer.Argument(help="What it begins with: parleymod_1a2b3c4d.")],
) -> None:
    """Revoke a program's token: it opens nothing any more, and its claims are given back."""
    prefix = beginning.removeprefix("parleymod_")[:8]
    with transaction() as session:
        where = sites.by_slug(session, site)
        found = [each for each, _ in tokens.of_site(session, where.id) if each.prefix == prefix]
        if not found:
            raise TokenNotFound
        team.revoke_token(session, _OPERATOR, where, found[0].id, now=now())
    console.print("Revoked.")


def _days(lifetime: timedelta) -> str:
    hours = round(lifetime.total_seconds() / 3600)
    return f"{hours // 24} day(s)" if hours % 24 == 0 else f"{hours} hour(s)"
