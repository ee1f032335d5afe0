"""Who changes a team: a person with a role on the site, or whoever runs the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from service.moderators.errors import RoleTooLow
from service.moderators.queries import SignedIn
from service.moderators.rules import may_give, reaches
from service.moderators.tables import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """``name`` is kept where it is kept who did something; without ``roles`` one may everything."""

    name: str
    moderator_id: UUID | None = None
    roles: Mapping[UUID, Role] | None = None

    @classmethod
    def of(cls, who: SignedIn) -> Self:
        return cls(who.moderator.email, who.moderator.id, who.roles)

    def role_on(self, site_id: UUID) -> Role:
        return Role.ADMIN if self.roles is None else self.roles[site_id]

    def require(self, site_id: UUID, needed: Role) -> None:
        """Pass who has the role on the site.

        Raises:
            RoleTooLow: a lower one.
        """
        if not reaches(self.role_on(site_id), needed):
            raise RoleTooLow(needed)

    def require_giving(self, site_id: UUID, *roles: Role) -> None:
        """Pass who may give these roles on the site, and take them away.

        Raises:
            RoleTooLow: not all of them; leads give every role but an admin's.
        """
        own = self.role_on(site_id)
        if not all(may_give(own, role) for role in roles):
            raise RoleTooLow(Role.LEAD if own is Role.MODERATOR else Role.ADMIN)
