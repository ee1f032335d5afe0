from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from service.moderators import actions, passwords
from service.moderators.tables import Membership, Moderator, Role
from service.sites.tables import Site

PASSWORD = "correct horse battery"  # noqa: S105 - of moderators in tests

_WHEN = datetime(2026, 11, 1, tzinfo=UTC)
_LIFETIME = timedelta(hours=12)
_numbers = count(1)
_hash: list[str] = []


class ModeratorChanges(TypedDict, total=False):
    email: str
    name: str
    disabled_at: datetime | None


def a_moderator(**changes: Unpack[ModeratorChanges]) -> Moderator:
    """Return an unsaved moderator whose password is ``PASSWORD``."""
    if not _hash:
        _hash.append(passwords.hashed(PASSWORD))
    given: ModeratorChanges = {"email": f"m{next(_numbers)}@news.example", "name": "Aziza"}
    return Moderator(**(given | changes), password_hash=_hash[0], created_at=_WHEN)


def stored_moderator(
    session: Session,
    *sites: Site,
    role: Role = Role.MODERATOR,
    **changes: Unpack[ModeratorChanges],
) -> Moderator:
    """Store a moderator who works on ``sites``."""
    moderator = a_moderator(**changes)
    session.add(moderator)
    session.flush()
    session.add_all(
        Membership(moderator_id=moderator.id, site_id=site.id, role=role, created_at=_WHEN)
        for site in sites
    )
    session.flush()
    return moderator


def a_token(session: Session, moderator: Moderator, *, now: datetime) -> str:
    """Open a session of ``moderator``, and return what to send as ``Authorization: Bearer``."""
    return actions.open_session(session, moderator, now=now, lifetime=_LIFETIME)
