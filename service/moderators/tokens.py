"""Programs that review: each has a token for one site, and a name that its decisions bear."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.moderators import actions
from service.moderators.errors import NotSignedIn, TokenNotFound
from service.moderators.queries import SignedIn, digest_of
from service.moderators.rules import TOKEN_MARK, TokenScope, check_token, clean_name
from service.moderators.tables import Membership, Moderator, ModeratorToken, Role
from service.sites import log
from service.sites.tables import ChangeKind, Site

_PREFIX_BYTES = 4
_SECRET_BYTES = 32
# A write for every read would be too much for knowing about when a token was last seen.
_SEEN_AGAIN_AFTER = timedelta(minutes=5)


def issue(
    session: Session,
    site: Site,
    *,
    name: str,
    scopes: Collection[TokenScope],
    by: str,
    now: datetime,
    expires_at: datetime,
) -> tuple[ModeratorToken, str]:
    """Take a program in; return its token with the text, which is shown this once.

    Raises:
        NameInvalid, TokenInvalid: says what is wrong, and what would be right.
    """
    check_token(scopes, lifetime=expires_at - now)
    prefix = secrets.token_hex(_PREFIX_BYTES)
    who = Moderator(
        email=f"token:{prefix}", name=clean_name(name), password_hash=None, created_at=now
    )
    session.add(who)
    session.flush()
    role = Role.LEAD if TokenScope.LEAD in scopes else Role.MODERATOR
    actions.add_membership(session, who, site, role, now=now)
    text = f"{TOKEN_MARK}{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    token = ModeratorToken(
        token_digest=digest_of(text),
        prefix=prefix,
        moderator_id=who.id,
        site_id=site.id,
        scopes=[scope.value for scope in TokenScope if scope in scopes],
        made_by=by,
        made_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    told = {"name": who.name, "prefix": prefix, "scopes": token.scopes}
    log.write(session, site.id, ChangeKind.TOKEN_ISSUED, by=by, now=now, **told)
    return token, text


def of_site(session: Session, site_id: UUID) -> Sequence[tuple[ModeratorToken, str]]:
    """Return the site's tokens with their names, newest first, revoked ones too."""
    rows = session.execute(
        select(ModeratorToken, Moderator.name)
        .join(Moderator, Moderator.id == ModeratorToken.moderator_id)
        .where(ModeratorToken.site_id == site_id)
        .order_by(ModeratorToken.id.desc())
    )
    return [(token, name) for token, name in rows]


def get(session: Session, site: Site, token_id: UUID) -> tuple[ModeratorToken, Moderator]:
    """Return the site's token and the program that it is of.

    Raises:
        TokenNotFound: the site has none of this id.
    """
    found = session.execute(
        select(ModeratorToken, Moderator)
        .join(Moderator, Moderator.id == ModeratorToken.moderator_id)
        .where(ModeratorToken.id == token_id, ModeratorToken.site_id == site.id)
    ).one_or_none()
    if found is None:
        raise TokenNotFound
    return found[0], found[1]


def made_by(session: Session, site_id: UUID, by: str) -> Sequence[tuple[ModeratorToken, Moderator]]:
    """Return what somebody has issued for the site and nobody has revoked."""
    rows = session.execute(
        select(ModeratorToken, Moderator)
        .join(Moderator, Moderator.id == ModeratorToken.moderator_id)
        .where(ModeratorToken.site_id == site_id, ModeratorToken.made_by == by)
        .where(ModeratorToken.revoked_at.is_(None))
    )
    return [(token, who) for token, who in rows]


def revoke(
    session: Session, token: ModeratorToken, who: Moderator, *, by: str, now: datetime
) -> None:
    """End a token: it opens nothing any more; revoking it twice is no error.

    Whoever calls this wants ``team.actions.revoke_token``, which also gives back what was claimed.
    """
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    actions.disable(session, who, now=now)
    told = {"name": who.name, "prefix": token.prefix}
    log.write(session, token.site_id, ChangeKind.TOKEN_REVOKED, by=by, now=now, **told)


def signed_in(session: Session, text: str, *, now: datetime) -> SignedIn:
    """Return which program ``text`` is the token of, with its one site.

    Raises:
        NotSignedIn: none's, or not any more.
    """
    found = session.execute(
        select(ModeratorToken, Moderator, Membership.role, Site)
        .join(Moderator, Moderator.id == ModeratorToken.moderator_id)
        .join(Site, Site.id == ModeratorToken.site_id)
        .join(
            Membership,
            (Membership.moderator_id == Moderator.id) & (Membership.site_id == Site.id),
        )
        .where(
            ModeratorToken.token_digest == digest_of(text),
            ModeratorToken.expires_at > now,
            ModeratorToken.revoked_at.is_(None),
            Moderator.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotSignedIn
    token, who, role, site = found
    if token.used_at is None or token.used_at < now - _SEEN_AGAIN_AFTER:
        token.used_at = now
        session.flush()
    scopes = frozenset(map(TokenScope, token.scopes))
    return SignedIn(who, None, sites={site.slug: site}, roles={site.id: role}, scopes=scopes)
