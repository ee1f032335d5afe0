"""Which site a lead or an admin looks after: every call and page of this slice begins here."""

from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import Depends, Path

from service.moderators.auth import PersonModerator
from service.moderators.errors import RoleTooLow
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.sites.tables import Site
from service.team.actor import Actor


@dataclass(frozen=True, slots=True)
class Led:
    """One site, and who looks after it."""

    site: Site
    actor: Actor
    role: Role

    @classmethod
    def of(cls, who: SignedIn, slug: str, needed: Role = Role.LEAD) -> Self:
        """Return the site of this slug.

        Raises:
            SiteNotFound: there is none, or it is none of the moderator's.
            RoleTooLow: the moderator only moderates there.
        """
        site = who.site(slug)
        if not who.may(site.id, needed):
            raise RoleTooLow(needed)
        return cls(site, Actor.of(who), who.roles[site.id])


SitePath = Annotated[str, Path(max_length=100, description="The site's slug.")]


def _led(site: SitePath, who: PersonModerator) -> Led:
    return Led.of(who, site)


def _administered(site: SitePath, who: PersonModerator) -> Led:
    return Led.of(who, site, Role.ADMIN)


LedSite = Annotated[Led, Depends(_led)]
AdministeredSite = Annotated[Led, Depends(_administered)]
