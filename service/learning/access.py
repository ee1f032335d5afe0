"""Who may see what of learning, and who may change which model decides.

A lead reads about every site that she leads, and about the shared model, with the texts of her own
sites alone. An admin of a site changes its own model; the shared one, whoever is an admin of every
site that goes by it. Whoever runs the service does all of it by command.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.learning.errors import RunNotFound, SharedByOthers
from service.learning.tables import Run
from service.moderators.errors import RoleTooLow
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.registry import queries as versions
from service.registry.errors import ModelVersionNotFound
from service.registry.tables import ModelVersion
from service.sites.tables import Site


def led(who: SignedIn, slug: str | None = None) -> list[Site]:
    """Return the sites that are led, or the one that is meant.

    Raises:
        SiteNotFound: it is none of the moderator's.
        RoleTooLow: the moderator leads none of them.
    """
    sites = list(who.sites.values()) if slug is None else [who.site(slug)]
    found = [site for site in sites if who.may(site.id, Role.LEAD)]
    if not found:
        raise RoleTooLow(Role.LEAD)
    return found


def led_ids(who: SignedIn) -> frozenset[UUID]:
    """Return the sites that are led.

    Raises:
        RoleTooLow: there is none.
    """
    return frozenset(site.id for site in led(who))


def run(session: Session, who: SignedIn, run_id: UUID) -> Run:
    """Return a run of a site that is led, or of the shared model.

    Raises:
        RunNotFound: there is none.
        RoleTooLow: the moderator leads no site.
    """
    own = led_ids(who)
    found = session.get(Run, run_id)
    if found is None or (found.site_id is not None and found.site_id not in own):
        raise RunNotFound
    return found


def version(session: Session, who: SignedIn, number: int) -> ModelVersion:
    """Return a version of a site that is led, or a shared one.

    Raises:
        ModelVersionNotFound: there is none.
        RoleTooLow: the moderator leads no site.
    """
    own = led_ids(who)
    found = versions.get(session, number)
    if found.site_id is not None and found.site_id not in own:
        raise ModelVersionNotFound(number)
    return found


def check_may_change(session: Session, who: SignedIn, site_id: UUID | None) -> None:
    """Pass an admin of the site; of the shared model, of all sites that go by it.

    Raises:
        RoleTooLow: no admin of the site.
        SharedByOthers: other sites go by the shared model too.
    """
    if site_id is not None:
        if site_id not in who.roles or not who.may(site_id, Role.ADMIN):
            raise RoleTooLow(Role.ADMIN)
        return
    sharing = _sharing(session)
    if not any(each in who.roles and who.may(each, Role.ADMIN) for each in sharing):
        raise RoleTooLow(Role.ADMIN)
    if not all(each in who.roles and who.may(each, Role.ADMIN) for each in sharing):
        raise SharedByOthers


def _sharing(session: Session) -> Collection[UUID]:
    own = set(versions.sites_with_own(session))
    return [each for each in session.scalars(select(Site.id)) if each not in own]
