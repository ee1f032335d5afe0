"""What the comment section reads: public, the same for every reader, answered from memory."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from service.articles.schemas import ExternalId
from service.comments.errors import CommentNotFound
from service.embed import documents, reading, section, tickets, work
from service.embed.answers import Answer, respond
from service.embed.documents import Document
from service.embed.gate import CurrentReaderSite
from service.embed.opened import OpenedSite
from service.embed.reading import Place, Sort
from service.embed.reading_schemas import (
    ArticleCountsOut,
    PermalinkOut,
    RepliesOut,
    SectionOut,
    ThreadsOut,
    TicketOut,
    Work,
)
from service.embed.sending import needs_work
from service.embed.surroundings import Surroundings
from service.paging import Cursor
from service.request import AppSettings, Now
from service.sites.preferences import ProofOfWork
from service.sites.reader_language import ReaderLanguage

router = APIRouter(prefix="/embed/v1/{key}", tags=["comment section"])

_THREADS_MOST: Final = 50
_REPLIES_MOST: Final = 100
_COUNTED_AT_ONCE: Final = 100
_SHARED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "As the browser has it, by `If-None-Match`."}
}
_NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "`comment_not_found`, `public_key_not_known`"}
}

ArticleId = Annotated[ExternalId, Query(alias="article", description="The site's own id.")]
CursorQuery = Annotated[
    str | None,
    Query(alias="cursor", max_length=64, description="As the page before gave it."),
]


@router.get("/article", summary="Open the section under an article")
async def open_section(
    request: Request,
    *,
    site: CurrentReaderSite,
    settings: AppSettings,
    now: Now,
    article: ArticleId,
    lang: Annotated[
        ReaderLanguage, Query(description="For the comment policy.")
    ] = ReaderLanguage.ENGLISH,
) -> SectionOut:
    """Answer what the section needs before the comments: counts, the form, the comment policy.

    Of an article that nobody commented on yet it answers the same, with counts of 0.
    """
    around = surroundings_of(request)
    found = await around.discussions.of(
        (site.site_id, article),
        lambda: around.asking.answer(section.discussion(site, article)),
    )
    policy = await around.policy_of(site, lang)
    ticket = await issue_ticket(around, site, now=now)
    return section.section(site, found, policy, ticket, max_chars=settings.comments.body_max_chars)


@router.get("/ticket", summary="Get another ticket for the form")
async def renew_ticket(request: Request, site: CurrentReaderSite, now: Now) -> TicketOut:
    """Answer a ticket of a form that is opened now, and what work is asked for now."""
    return await issue_ticket(surroundings_of(request), site, now=now)


@router.get(
    "/comments", summary="List an article's comments", response_model=ThreadsOut, responses=_SHARED
)
async def list_threads(
    request: Request,
    *,
    site: CurrentReaderSite,
    article: ArticleId,
    sort: Annotated[
        Sort, Query(description="Of the comments at the top; `replies`: most replies first.")
    ] = Sort.NEWEST,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=_THREADS_MOST)] = 25,
) -> Response:
    """Answer published comments page by page: each at the top with the first replies below it.

    What was removed or withdrawn keeps a place without text and name as long as published replies
    stand below it.
    """
    after = None if cursor is None else Place.decode(cursor, sort)

    async def read() -> Document:
        asked = reading.threads(site.site_id, article, sort=sort, after=after, most=limit + 1)
        found = await surroundings_of(request).asking.answer(asked)
        return documents.threads(found, sort=sort, limit=limit)

    return await _shared(request, site, ("threads", article, sort, cursor, limit), read)


@router.get(
    "/comments/{comment_id}",
    summary="Find one comment where it stands",
    response_model=PermalinkOut,
    responses=_SHARED | _NOT_FOUND,
)
async def find_comment(request: Request, site: CurrentReaderSite, comment_id: UUID) -> Response:
    """Answer a published comment with all above it: for links to one comment."""

    async def read() -> Document:
        asked = reading.with_ancestors(site.site_id, comment_id)
        found = await surroundings_of(request).asking.answer(asked)
        if found is None:
            raise CommentNotFound(comment_id)
        return {"thread": documents.thread(found)}

    return await _shared(request, site, ("comment", comment_id), read)


@router.get(
    "/comments/{comment_id}/replies",
    summary="List a thread's replies",
    response_model=RepliesOut,
    responses=_SHARED,
)
async def list_replies(
    request: Request,
    site: CurrentReaderSite,
    comment_id: UUID,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=_REPLIES_MOST)] = 50,
) -> Response:
    """Answer all that stands below a comment at the top, oldest first, page by page.

    Each hangs by `parent_id`, and a parent comes before its replies.
    """
    after = Cursor.decode(cursor).after if cursor else None

    async def read() -> Document:
        asked = reading.replies(site.site_id, comment_id, after=after, most=limit + 1)
        found = await surroundings_of(request).asking.answer(asked)
        return documents.replies(found, limit=limit)

    return await _shared(request, site, ("replies", comment_id, cursor, limit), read)


@router.get(
    "/counts",
    summary="Count the comments of many articles",
    response_model=ArticleCountsOut,
    responses=_SHARED,
)
async def count_comments(
    request: Request,
    site: CurrentReaderSite,
    article: Annotated[
        list[ExternalId],
        Query(
            min_length=1,
            max_length=_COUNTED_AT_ONCE,
            description="The site's own ids: `?article=a&article=b`.",
        ),
    ],
) -> Response:
    """Answer for each article how many of its comments readers see."""

    async def read() -> Document:
        counts = await surroundings_of(request).asking.answer(section.counts(site, article))
        return {"counts": counts}

    return await _shared(request, site, ("counts", *article), read)


def surroundings_of(request: Request) -> Surroundings:
    around: Surroundings = request.app.state.embed
    return around


async def issue_ticket(around: Surroundings, site: OpenedSite, *, now: datetime) -> TicketOut:
    """Return a ticket of a form that is opened now, with work where it is asked for."""
    return TicketOut(
        ticket=tickets.issue(around.tickets, site.site_id, now=now),
        seconds_to_write=around.settings.least_time_to_write.total_seconds(),
        proof_of_work=Work.of(await _challenge(around, site, now=now)),
    )


async def _challenge(
    around: Surroundings, site: OpenedSite, *, now: datetime
) -> work.Challenge | None:
    if site.preferences.proof_of_work is ProofOfWork.OFF:
        return None
    is_attacked = await run_in_threadpool(around.attacks.is_on, site.site_id)
    if not needs_work(site, is_attacked=is_attacked):
        return None
    return work.issue(
        around.challenges,
        site.site_id,
        bits=around.settings.work_bits,
        lifetime=around.settings.work_lifetime,
        now=now,
    )


async def _shared(
    request: Request,
    site: OpenedSite,
    question: tuple[object, ...],
    read: Callable[[], Awaitable[Document]],
) -> Response:
    around = surroundings_of(request)

    async def work_out() -> Answer:
        return Answer.of(await read())

    answer = await around.answers.of((site.site_id, *question), work_out)
    seconds = int(around.settings.shared_for.total_seconds())
    return respond(request, answer, shared_for=seconds)
