"""What the plain page shows: who asks for what, and what there is of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from sqlalchemy.orm import Session

from service import texts
from service.articles.errors import ArticleNotFound
from service.articles.tables import Article
from service.comments.errors import CommentNotFound
from service.comments.rules import TITLE_MAX_CHARS, URL_MAX_CHARS, check_web_address
from service.embed import origins, own, reading, section, tickets
from service.embed.messages import Words, words_of
from service.embed.opened import OpenedSite
from service.embed.plain_errors import Trouble
from service.embed.reading import Place, Seen, SeenThread, Sort
from service.embed.reading_schemas import PolicyOut
from service.embed.sent_schemas import OwnOut
from service.embed.signing import time_as_bytes, time_of
from service.embed.surroundings import Surroundings
from service.paging import Cursor, CursorInvalid
from service.settings import Settings
from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage

_THREADS: Final = 25
_REPLIES: Final = 100
_RECEIPT_LASTS: Final = timedelta(days=30)
_ID_BYTES: Final = 16
# What the links of the page carry on.
_CARRIED: Final = ("site", "lang", "title", "url", "sort")

Found = TypeVar("Found")


class NamedArticle(NamedTuple):
    """An article as it is, or as the address says it is before anybody commented on it."""

    id: str
    url: str
    title: str


@dataclass(frozen=True)
class Visit:
    """A reader's request for the page of an article."""

    request: Request
    around: Surroundings
    settings: Settings
    site: OpenedSite
    article_id: str
    words: Words
    now: datetime

    def asked(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def asked_id(self, name: str) -> UUID | None:
        try:
            return UUID(self.asked(name))
        except ValueError:
            return None

    @property
    def sort(self) -> Sort:
        wanted = self.asked("sort")
        return Sort(wanted) if wanted in set(Sort) else Sort.NEWEST

    def at(self, *, anchor: str = "", **changes: object) -> str:
        """Return the address of this page with other wishes; it is relative to itself."""
        carried = {name: self.asked(name) for name in _CARRIED}
        wishes = {name: str(value) for name, value in (carried | changes).items() if value}
        return f"?{urlencode(wishes)}" + (f"#{anchor}" if anchor else "")

    def next_replies(self, thread: SeenThread) -> str:
        cursor = Cursor(thread.replies[-1].id).encode()
        return self.at(thread=thread.top.id, cursor=cursor, anchor="comments")

    async def in_transaction(self, do: Callable[[Session], Found]) -> Found:
        return await self.around.in_transaction(do)

    async def article(self) -> NamedArticle:
        """Return the article that a comment is for.

        Raises:
            ArticleNotFound: nobody commented on it yet, and the address does not say what it is.
        """
        found = await self.in_transaction(
            lambda session: _named(self, section.known(session, self.site, self.article_id))
        )
        if found is None:
            raise ArticleNotFound
        return found

    async def ticket(self, typed: str, trouble: Trouble | None) -> str:
        """Return the form's ticket: the one that it has, unless that is what was wrong."""
        if typed and trouble is not None and trouble.code != "ticket_invalid":
            return typed
        return tickets.issue(self.around.tickets, self.site.site_id, now=self.now)

    def receipt(self, comment_id: UUID) -> str:
        """Return what shows whoever sent the comment how it stands, and lets them do nothing."""
        said = comment_id.bytes + time_as_bytes(self.now + _RECEIPT_LASTS)
        return self.around.receipts.text(said, of=self.site.site_id)

    def received(self) -> UUID | None:
        """Return the comment of the receipt in the address, if it is good."""
        said = self.around.receipts.said(self.asked("receipt"), of=self.site.site_id)
        if said is None or time_of(said[_ID_BYTES:]) <= self.now:
            return None
        return UUID(bytes=said[:_ID_BYTES])


async def visit(request: Request, article_id: str, *, settings: Settings, now: datetime) -> Visit:
    """Return the visit, counted among those of the reader's address.

    Raises:
        RateLimited: too many of them in this minute.
        PublicKeyNotKnown: the address names no site.
        ArticleNotFound: what it names is no article's id.
    """
    around: Surroundings = request.app.state.embed
    await around.spend_call(request.scope, reads=request.method == "GET")
    site = await around.keys.site_of(request.query_params.get("site", ""))
    try:
        texts.check_identifier(article_id)
    except ValueError as error:
        raise ArticleNotFound from error
    return Visit(request, around, settings, site, article_id, words_for(request), now)


def words_for(request: Request) -> Words:
    """Return the texts in the language that the address asks for, else the browser."""
    return words_of(
        reader_texts.wanted_language(
            request.query_params.get("lang"),
            request.headers.get("accept-language"),
            otherwise=ReaderLanguage.ENGLISH,
        )
    )


class Looked(NamedTuple):
    """What is there for a visit.

    ``thread`` is the one discussion that is asked for; else ``threads`` is a page of all.
    ``reply_to`` and ``about`` are the comments that a reply or a report is for.
    """

    article: NamedArticle | None
    is_open: bool
    published: int
    policy: PolicyOut | None
    threads: Sequence[SeenThread]
    more: str | None
    thread: SeenThread | None
    reply_to: Seen | None
    about: Seen | None
    mine: OwnOut | None

    def depths(self) -> dict[UUID, int]:
        """Return how far down its thread each reply stands, by id; 1 is right below the top."""
        found: dict[UUID, int] = {}
        for each in (*self.threads, *([self.thread] if self.thread else ())):
            for reply in each.replies:
                found[reply.id] = 1 + found.get(reply.parent_id or each.top.id, 0)
        return found


def look(visiting: Visit, session: Session) -> Looked:
    """Return what there is of what the visit asks for.

    Raises:
        CommentNotFound: a comment that it asks for is not public.
    """
    known = section.known(session, visiting.site, visiting.article_id)
    threads, more = _threads(visiting, session)
    return Looked(
        article=_named(visiting, known),
        is_open=known is None or known.is_open,
        published=known.published_count if known else 0,
        policy=section.policy(session, visiting.site, visiting.words.language),
        threads=threads,
        more=more,
        thread=_thread(visiting, session),
        reply_to=_one(visiting, session, "reply"),
        about=_one(visiting, session, "report") or _one(visiting, session, "notice"),
        mine=_mine(visiting, session),
    )


def _named(visiting: Visit, known: Article | None) -> NamedArticle | None:
    if known is not None:
        return NamedArticle(known.external_id, known.url, known.title)
    url, title = visiting.asked("url"), visiting.asked("title")
    try:
        title = texts.clean_line(title or visiting.article_id)[:TITLE_MAX_CHARS]
        check_web_address(url)
    except ValueError:
        return None
    if len(url) > URL_MAX_CHARS or not origins.lies_on(url, visiting.site.origins):
        return None
    return NamedArticle(visiting.article_id, url, title)


def _threads(visiting: Visit, session: Session) -> tuple[Sequence[SeenThread], str | None]:
    if visiting.asked_id("thread") is not None:
        return (), None
    after = _decoded(visiting.asked("cursor"), lambda text: Place.decode(text, visiting.sort))
    found = reading.threads(
        visiting.site.site_id,
        visiting.article_id,
        sort=visiting.sort,
        after=after,
        most=_THREADS + 1,
    ).on(session)
    page = found.threads[:_THREADS]
    if len(found.threads) == len(page):
        return page, None
    place = Place(page[-1].reply_count, page[-1].top.id)
    return page, visiting.at(cursor=place.encode(visiting.sort), anchor="comments")


def _thread(visiting: Visit, session: Session) -> SeenThread | None:
    which = visiting.asked_id("thread")
    if which is None:
        return None
    site_id = visiting.site.site_id
    after = _decoded(visiting.asked("cursor"), Cursor.decode)
    found = reading.top(site_id, which).on(session)
    if found is None:
        raise CommentNotFound(which)
    below = reading.replies(
        site_id, which, after=after.after if after else None, most=_REPLIES + 1
    ).on(session)
    return found._replace(replies=below[:_REPLIES], has_more=len(below) > _REPLIES)


def _one(visiting: Visit, session: Session, wish: str) -> Seen | None:
    which = visiting.asked_id(wish)
    if which is None:
        return None
    found = reading.with_ancestors(visiting.site.site_id, which).on(session)
    if found is None:
        raise CommentNotFound(which)
    return found.replies[-1] if found.replies else found.top


def _mine(visiting: Visit, session: Session) -> OwnOut | None:
    which = visiting.received()
    if which is None:
        return None
    found = own.of_reader(
        session, visiting.site, [which], settings=visiting.settings, now=visiting.now
    )
    return found[0] if found else None


Decoded = TypeVar("Decoded")


def _decoded(text: str, decode: Callable[[str], Decoded]) -> Decoded | None:
    """Return what a cursor says; a broken one begins again, which is what a reader would do."""
    try:
        return decode(text) if text else None
    except CursorInvalid:
        return None
