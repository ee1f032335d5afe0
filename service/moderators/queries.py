"""Who is who, and who may do what where."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.moderators.errors import ModeratorNotFound, NotSignedIn
from service.moderators.rules import TokenScope, reaches
from service.moderators.tables import Membership, Moderator, ModeratorToken, Role, SignIn
from service.sites.errors import SiteNotFound
from service.sites.tables import Site


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A moderator with an open session, the sites to work on by slug, and the role on each.

    A program has no session but a token, which opens no more than its ``scopes``.
    """

    moderator: Moderator
    sign_in: SignIn | None
    sites: Mapping[str, Site]
    roles: Mapping[UUID, Role]
    scopes: frozenset[TokenScope] | None = None

    @property
    def site_ids(self) -> tuple[UUID, ...]:
        return tuple(self.roles)

    def site(self, slug: str) -> Site:
        """Return the moderator's site of this slug.

        Raises:
            SiteNotFound: there is none, or it is none of the moderator's: which, is not told.
        """
        if slug not in self.sites:
            raise SiteNotFound(slug)
        return self.sites[slug]

    def may(self, site_id: UUID, needed: Role) -> bool:
        """Say whether the role on this site, one of the moderator's own, is enough."""
        return reaches(self.roles[site_id], needed)


def digest_of(token: str) -> bytes:
    """Return what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def by_email(session: Session, email: str) -> Moderator:
    """Return the moderator, also one who has left.

    Raises:
        ModeratorNotFound: nobody has this address.
    """
    found = session.scalar(select(Moderator).where(Moderator.email == email))
    if found is None:
        raise ModeratorNotFound
    return found


def signed_in(session: Session, token: str, *, now: datetime) -> SignedIn:
    """Return whose session ``token`` opens.

    Raises:
        NotSignedIn: nobody's, or not any more.
    """
    found = session.execute(
        select(SignIn, Moderator)
        .join(Moderator, Moderator.id == SignIn.moderator_id)
        .where(
            SignIn.token_digest == digest_of(token),
            SignIn.expires_at > now,
            Moderator.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotSignedIn
    sign_in, moderator = found
    seats = memberships(session, moderator.id)
    return SignedIn(
        moderator,
        sign_in,
        sites={site.slug: site for site, _ in seats},
        roles={site.id: role for site, role in seats},
    )


def memberships(session: Session, moderator_id: UUID) -> list[tuple[Site, Role]]:
    """Return the sites that the moderator works on, by name, with the role on each."""
    rows = session.execute(
        select(Site, Membership.role)
        .join(Membership, Membership.site_id == Site.id)
        .where(Membership.moderator_id == moderator_id)
        .order_by(Site.name, Site.slug)
    )
    return [(site, role) for site, role in rows]


def may(session: Session, moderator_id: UUID, site_id: UUID, needed: Role) -> bool:
    """Say whether the moderator works on the site, in a role that is enough."""
    role = session.scalar(
        select(Membership.role).where(
            Membership.moderator_id == moderator_id, Membership.site_id == site_id
        )
    )
    return role is not None and reaches(role, needed)


def good_sessions(
    session: Session, digests: Collection[bytes], *, now: datetime
) -> frozenset[bytes]:
    """Return those of the sessions that are still open, by the digests of their tokens."""
    found = (
        select(SignIn.token_digest)
        .join(Moderator, Moderator.id == SignIn.moderator_id)
        .where(
            SignIn.token_digest.in_(digests),
            SignIn.expires_at > now,
            Moderator.disabled_at.is_(None),
        )
    )
    return frozenset(session.scalars(found))


def good_programs(
    session: Session, moderator_ids: Collection[UUID], *, now: datetime
) -> frozenset[UUID]:
    """Return those of the programs whose token still opens something."""
    found = select(ModeratorToken.moderator_id).where(
        ModeratorToken.moderator_id.in_(moderator_ids),
        ModeratorToken.revoked_at.is_(None),
        ModeratorToken.expires_at > now,
    )
    return frozenset(session.scalars(found))


def sites_of(session: Session, moderator_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return the sites that each of the moderators works on."""
    found: dict[UUID, set[UUID]] = {}
    rows = session.execute(
        select(Membership.moderator_id, Membership.site_id).where(
            Membership.moderator_id.in_(moderator_ids)
        )
    )
    for moderator_id, site_id in rows:
        found.setdefault(moderator_id, set()).add(site_id)
    return found


def sites_with(
    session: Session, moderator_id: UUID, site_ids: Collection[UUID], needed: Role
) -> frozenset[UUID]:
    """Return those of the sites on which the moderator works in a role that is enough."""
    rows = session.execute(
        select(Membership.site_id, Membership.role).where(
            Membership.moderator_id == moderator_id, Membership.site_id.in_(site_ids)
        )
    )
    return frozenset(site_id for site_id, role in rows if reaches(role, needed))


def names(session: Session, moderator_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names that colleagues see."""
    rows = session.execute(
        select(Moderator.id, Moderator.name).where(Moderator.id.in_(moderator_ids))
    )
    return {moderator_id: name for moderator_id, name in rows}  # noqa: C416 - rows are no pairs to mypy
