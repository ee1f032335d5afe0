"""WordPress waits: a held comment is put before our moderators, and their decision is told it.

The plugin sends an address with every check. An answer with a guid and a time to check again makes
it keep the comment pending until we call that address, which must be the site's own.
"""

import re
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy.orm import Session

from service import texts
from service.articles.schemas import EXTERNAL_ID_MAX_CHARS
from service.comments.rules import (
    BODY_MAX_CHARS,
    NAME_MAX_CHARS,
    TITLE_MAX_CHARS,
    URL_MAX_CHARS,
    hidden,
)
from service.comments.schemas import CommentIn
from service.comments.status import Status
from service.comments.submission import Stored, submission_of
from service.dialects.akismet_fields import Fields, host_of
from service.dialects.surroundings import Surroundings
from service.dialects.tables import AkismetCallback
from service.errors import Conflict, Invalid
from service.sites.keyring import OpenedBy
from service.sites.tables import Site

_log = structlog.get_logger(__name__)

_NOBODY: Final = "Anonymous"
_EMAIL: Final = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_POST_ID: Final = re.compile(r"\d{1,20}")
_WWW: Final = "www."
WAITING: Final = frozenset({Status.PENDING, Status.HELD})


class Callbacks:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def queue(self, opened: OpenedBy, fields: Fields, guid: UUID) -> Status | None:
        """Put a held comment before the site's moderators; return where it stands.

        While it waits, WordPress will be told. The same comment, checked again because WordPress
        had to wait for long, is not put there twice, and may have been decided meanwhile. None
        where nobody could be told, or the comment is none that can be stored.

        Raises:
            Unavailable: the database does not answer in time. A comment that is stored later all
                the same is found when WordPress checks it again.
        """
        url, key = fields["callback"], fields.key
        if not url or not key or not _POST_ID.fullmatch(fields["comment_post_ID"] or "0"):
            return None
        return await self._around.finished_in_time(self._keep(opened, fields, guid))

    async def _keep(self, opened: OpenedBy, fields: Fields, guid: UUID) -> Status | None:
        if not await self._is_of_site(fields["callback"], opened.site_id):
            return None
        stored = await self._store(opened, fields)
        if stored is None or stored.status not in WAITING:
            return stored and stored.status
        callback = AkismetCallback(
            guid=guid,
            comment_id=stored.id,
            url=fields["callback"],
            sealed_key=self._around.seal.seal(fields.key),
            post_id=fields["comment_post_ID"],
            author_email=fields["comment_author_email"],
            next_attempt_at=self._around.now(),
            created_at=self._around.now(),
        )
        await self._around.in_transaction(lambda session: _add(session, callback))
        return stored.status

    async def _is_of_site(self, url: str, site_id: UUID) -> bool:
        registered = await self._around.in_transaction(
            lambda session: session.get_one(Site, site_id).url
        )
        allow_private = self._around.settings.webhooks.allow_private_addresses
        if not is_of_site(url, registered, allow_http=allow_private):
            _log.info("akismet_callback_refused", reason="not an address of the site")
            return False
        return True

    async def _store(self, opened: OpenedBy, fields: Fields) -> Stored | None:
        door, settings = self._around.door, self._around.settings
        try:
            submission = submission_of(
                comment_of(fields, secret=door.secret),
                opened,
                secret=door.secret,
                body_max_chars=settings.comments.body_max_chars,
                now=self._around.now(),
            )
            return await door.intake.submit(submission)
        except (ValidationError, Invalid, Conflict) as error:
            _log.info("akismet_comment_not_queued", reason=type(error).__name__)
            return None


def comment_of(fields: Fields, *, secret: bytes) -> CommentIn:
    """Return the checked comment as one of ours, known again when it is checked again.

    Nothing that WordPress sends is the comment's own id; but it takes the same words of the same
    author on the same post only once.

    Raises:
        ValidationError: it cannot be one.
    """
    blog, permalink = fields["blog"], fields["permalink"]
    page = (permalink if host_of(permalink) else blog)[:URL_MAX_CHARS]
    post = fields["comment_post_ID"]
    email = fields["comment_author_email"]
    name = texts.normal_form(fields["comment_author"])[:NAME_MAX_CHARS]
    article = f"wordpress:{post}" if post else page[:EXTERNAL_ID_MAX_CHARS]
    known_by = hidden(f"{article}\0{name}\0{email}\0{fields.text}", secret=secret)
    return CommentIn.model_validate(
        {
            "article": {
                "id": article,
                "url": page,
                "title": (urlsplit(page).path.strip("/") or page)[:TITLE_MAX_CHARS],
            },
            "author": {
                "name": name or _NOBODY,
                "email": email if _EMAIL.fullmatch(email) else None,
            },
            "body": fields.text[: 2 * BODY_MAX_CHARS],
            "external_id": f"akismet:{known_by}",
        }
    )


def is_of_site(url: str, registered: str, *, allow_http: bool) -> bool:
    """Say whether ``url`` lies on the registered site's host, with or without ``www.``."""
    try:
        parts, site = urlsplit(url), urlsplit(registered)
        ports = {each.port or (443 if each.scheme == "https" else 80) for each in (parts, site)}
    except ValueError:
        return False
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        return False
    if parts.username is not None or parts.password is not None or not parts.hostname:
        return False
    own = (site.hostname or "").removeprefix(_WWW)
    # The site may be registered with http and be reached by https.
    same_port = len(ports) == 1 or (parts.port is None and site.port is None)
    return parts.hostname.removeprefix(_WWW) == own and same_port


def _add(session: Session, callback: AkismetCallback) -> None:
    session.add(callback)
