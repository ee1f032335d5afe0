"""A site's people and programs come, change roles, and leave.

Each verb checks that the actor may, and writes the site's log.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from service.moderators import actions as moderators
from service.moderators import links, tokens
from service.moderators.queries import memberships
from service.moderators.rules import TokenScope, clean_email, reaches
from service.moderators.tables import AccountLink, Moderator, ModeratorToken, Role
from service.review import claims
from service.sites import log
from service.sites.tables import ChangeKind, Site
from service.team import queries
from service.team.actor import Actor
from service.team.errors import AlreadyMember, OwnMembership, PasswordLinkElsewhere


def invite(
    session: Session,
    actor: Actor,
    site: Site,
    *,
    email: str,
    role: Role,
    now: datetime,
    lifetime: timedelta,
) -> tuple[AccountLink, str]:
    """Invite an address to the site; return the invitation with the token of its link.

    Raises:
        RoleTooLow: the actor may not give this role.
        EmailInvalid: this is no address.
        AlreadyMember: somebody of this address works here.
    """
    actor.require_giving(site.id, role)
    if queries.works_on(session, site.id, clean_email(email)):
        raise AlreadyMember
    return links.invite(
        session, site, email=email, role=role, by=actor.name, now=now, lifetime=lifetime
    )


def revoke_invitation(
    session: Session, actor: Actor, site: Site, invitation_id: UUID, *, now: datetime
) -> None:
    """End an invitation that nobody has followed.

    Raises:
        RoleTooLow: the actor leads nothing here.
        LinkNotGood: the site has no such invitation, or it is not open any more.
    """
    actor.require(site.id, Role.LEAD)
    links.revoke_invitation(session, site, invitation_id, by=actor.name, now=now)


def assign(
    session: Session, actor: Actor, site: Site, moderator: Moderator, role: Role, *, now: datetime
) -> None:
    """Have somebody who has an account work on the site: for whoever runs the service."""
    before = {held.id: had for held, had in memberships(session, moderator.id)}.get(site.id)
    moderators.add_membership(session, moderator, site, role, now=now)
    if before is not None and not reaches(role, before):
        _end_handed_out(session, site, moderator, by=actor.name, now=now)
    told = {"email": moderator.email, "role": role.value}
    log.write(session, site.id, ChangeKind.JOINED, by=actor.name, now=now, **told)


def change_role(
    session: Session, actor: Actor, site: Site, moderator_id: UUID, role: Role, *, now: datetime
) -> None:
    """Give somebody of the site another role; with a lower one, what was handed out ends.

    Raises:
        ModeratorNotFound: no such person works here.
        OwnMembership: it is the actor's own.
        RoleTooLow: the actor may not give the role, or not take the one that was.
    """
    who, before = queries.member(session, site.id, moderator_id)
    _check_other(actor, moderator_id)
    actor.require_giving(site.id, before, role)
    if role is before:
        return
    moderators.add_membership(session, who, site, role, now=now)
    if not reaches(role, before):
        _end_handed_out(session, site, who, by=actor.name, now=now)
    told = {"email": who.email, "before": before.value, "role": role.value}
    log.write(session, site.id, ChangeKind.ROLE_CHANGED, by=actor.name, now=now, **told)


def remove_member(
    session: Session, actor: Actor, site: Site, moderator_id: UUID, *, now: datetime
) -> None:
    """Take somebody off the site: signed out everywhere, nothing in hand any more.

    What the person has handed out ends too: open invitations, and programs' tokens, since who has
    seen a token can go on using it.

    Raises:
        ModeratorNotFound: no such person works here.
        OwnMembership: it is the actor.
        RoleTooLow: the actor may not take the role away.
    """
    who, role = queries.member(session, site.id, moderator_id)
    _check_other(actor, moderator_id)
    actor.require_giving(site.id, role)
    moderators.remove_membership(session, who, site)
    claims.release_all(session, who.id)
    _leave(session, actor, site, who, now=now)


def dismiss(session: Session, actor: Actor, who: Moderator, *, now: datetime) -> None:
    """Have somebody leave the service: for whoever runs it."""
    sites = [site for site, _ in memberships(session, who.id)]
    links.revoke_for(session, who.id, now=now)
    claims.dismiss(session, who, now=now)
    for site in sites:
        _leave(session, actor, site, who, now=now)


def password_link(
    session: Session, actor: Actor, who: Moderator, *, now: datetime, lifetime: timedelta
) -> str:
    """Return the token of a link by which somebody chooses a new password.

    Raises:
        PasswordLinkElsewhere: the actor is not an admin of every site.
        ModeratorNotFound: the moderator has left.
    """
    if actor.roles is not None:
        held = [site_id for site_id, role in actor.roles.items() if role is Role.ADMIN]
        if not queries.is_on_every_site(session, held):
            raise PasswordLinkElsewhere
    _, token = links.for_password(session, who, by=actor.name, now=now, lifetime=lifetime)
    for site, _ in memberships(session, who.id):
        kind = ChangeKind.PASSWORD_LINK_MADE
        log.write(session, site.id, kind, by=actor.name, now=now, email=who.email)
    return token


def issue_token(
    session: Session,
    actor: Actor,
    site: Site,
    *,
    name: str,
    scopes: Collection[TokenScope],
    now: datetime,
    expires_at: datetime,
) -> tuple[ModeratorToken, str]:
    """Issue a program's token; return it with its text, which is shown this once.

    Raises:
        RoleTooLow: the actor leads nothing here.
        NameInvalid, TokenInvalid: says what is wrong, and what would be right.
    """
    actor.require(site.id, Role.LEAD)
    return tokens.issue(
        session, site, name=name, scopes=scopes, by=actor.name, now=now, expires_at=expires_at
    )


def revoke_token(
    session: Session, actor: Actor, site: Site, token_id: UUID, *, now: datetime
) -> None:
    """End a program's token, and give back what the program has in hand.

    Raises:
        RoleTooLow: the actor leads nothing here.
        TokenNotFound: the site has none of this id.
    """
    actor.require(site.id, Role.LEAD)
    token, program = tokens.get(session, site, token_id)
    tokens.revoke(session, token, program, by=actor.name, now=now)
    claims.release_all(session, program.id)


def _check_other(actor: Actor, moderator_id: UUID) -> None:
    if actor.moderator_id == moderator_id:
        raise OwnMembership


def _leave(session: Session, actor: Actor, site: Site, who: Moderator, *, now: datetime) -> None:
    """Write that somebody has left, and end what they have handed out."""
    _end_handed_out(session, site, who, by=actor.name, now=now)
    log.write(session, site.id, ChangeKind.LEFT, by=actor.name, now=now, email=who.email)


def end_handed_out(session: Session, who: Moderator, *, now: datetime) -> None:
    """End all that was made in the name of somebody whose address is proved only now.

    Until then the account may have been in the hands of whoever invited the address, and followed
    the link: what that person made in its name would outlive the password and the sessions.
    """
    for site, _ in memberships(session, who.id):
        _end_handed_out(session, site, who, by=who.email, now=now)
    links.revoke_for_passwords_by(session, who.email, now=now)


def _end_handed_out(
    session: Session, site: Site, who: Moderator, *, by: str, now: datetime
) -> None:
    """End invitations and programs' tokens that somebody made with the rights they had."""
    links.revoke_made_by(session, site.id, who.email, now=now)
    for token, program in tokens.made_by(session, site.id, who.email):
        tokens.revoke(session, token, program, by=by, now=now)
        claims.release_all(session, program.id)
