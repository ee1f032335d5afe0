"""The demo's site, key and moderator: made once, kept in the data folder, found again."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session

from service.machine.data_folder import write_private
from service.moderators import actions as moderators
from service.moderators.errors import EmailTaken
from service.moderators.tables import Role
from service.sites import actions as sites
from service.sites import policy_texts, queries
from service.sites.errors import KeyNotKnown, SiteNotFound
from service.sites.reader_language import ReaderLanguage
from service.sites.rules import key_digest
from service.sites.scopes import EVERY
from service.sites.tables import Site

SLUG: Final = "demo"
_FILE_NAME: Final = "demo.json"
_POLICY_TEXTS: Final = Path(__file__).with_name("policy")
_DOMAIN: Final = "demo.example"
_PASSWORD_BYTES: Final = 15


class Access(BaseModel):
    """What the demo needs to send comments and to review them."""

    model_config = ConfigDict(frozen=True)

    key: str = ""
    email: str = f"editor@{_DOMAIN}"
    password: str = ""

    @classmethod
    def kept_in(cls, data: Path) -> Self:
        """Return what an earlier run kept in the data folder, or nothing yet."""
        try:
            return cls.model_validate_json((data / _FILE_NAME).read_bytes())
        except (FileNotFoundError, ValidationError):
            return cls()

    def keep_in(self, data: Path) -> None:
        write_private(data / _FILE_NAME, self.model_dump_json())


def prepare(session: Session, kept: Access, *, now: datetime) -> Access:
    """See that site, key and moderator are there; return what opens them.

    What was kept stays, if the database still knows it; else it is made anew.
    """
    site = _site(session, now=now)
    _say_the_policy(session, site, now=now)
    return _with_moderator(session, site, _with_key(session, site, kept, now=now), now=now)


def _site(session: Session, *, now: datetime) -> Site:
    try:
        return queries.by_slug(session, SLUG)
    except SiteNotFound:
        address = f"https://{_DOMAIN}"
        return sites.create_site(session, slug=SLUG, name="Demo", url=address, now=now)


def _say_the_policy(session: Session, site: Site, *, now: datetime) -> None:
    """Show readers a comment policy in each language, unless the site has one already."""
    if policy_texts.current(session, site.id):
        return
    for path in _POLICY_TEXTS.glob("*.md"):
        policy_texts.save(
            session,
            site.id,
            ReaderLanguage(path.stem),
            path.read_text("utf-8"),
            saved_by="demo",
            now=now,
        )


def _with_key(session: Session, site: Site, kept: Access, *, now: datetime) -> Access:
    try:
        queries.by_key(session, key_digest(kept.key))
    except KeyNotKnown:
        _, key = sites.issue_key(session, site, name="demo", scopes=EVERY, by="demo", now=now)
        return kept.model_copy(update={"key": key})
    return kept


def _with_moderator(session: Session, site: Site, kept: Access, *, now: datetime) -> Access:
    password = kept.password or secrets.token_urlsafe(_PASSWORD_BYTES)
    access = kept.model_copy(update={"password": password})
    try:
        who = moderators.create_moderator(
            session, email=access.email, name="Demo editor", password=password, now=now
        )
    except EmailTaken:
        if kept.password:
            return kept
        # Somebody's password that we do not have: whose account it is, it stays.
        other = f"editor-{secrets.token_hex(3)}@{_DOMAIN}"
        access = access.model_copy(update={"email": other})
        who = moderators.create_moderator(
            session, email=other, name="Demo editor", password=password, now=now
        )
    moderators.add_membership(session, who, site, Role.ADMIN, now=now)
    return access
