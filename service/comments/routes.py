"""Comments in, and where they stand."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response

from service.articles import queries as articles
from service.articles.schemas import ExternalId
from service.comments import prefer, queries
from service.comments.door import Door
from service.comments.hot_door import HotDoor, OpenedByKey
from service.comments.queries import Order
from service.comments.schemas import CommentIn, CommentOut, PublishedOut, Receipt
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.comments.submission import Stored, submission_of
from service.comments.waiting import Waiting
from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.request import AppSettings, Now, Transaction
from service.settings import Settings
from service.sites.auth import CommentsSite

_PATH = "/v1/comments"

router = APIRouter(tags=["comments"])
# Included before all others, so that the busiest address is the first that is compared.
hot = APIRouter(tags=["comments"], route_class=HotDoor)

_HEADERS = {
    "Location": {"description": "Where to ask again.", "schema": {"type": "string"}},
    "Preference-Applied": {
        "description": "`wait=N` when `Prefer: wait=N` was heeded.",
        "schema": {"type": "string"},
    },
}


@hot.post(
    _PATH,
    status_code=202,
    response_model=Receipt,
    summary="Send a comment",
    responses={
        200: {
            "description": "Stored, and decided already.",
            "model": Receipt,
            "headers": _HEADERS,
        },
        202: {"description": "Stored; the decision is still to come.", "headers": _HEADERS},
        409: {"description": "`external_id_taken`, `article_closed`"},
    },
)
async def submit_comment(
    request: Request,
    sent: CommentIn,
    opened: OpenedByKey,
    now: Now,
    prefer_: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`wait=N`: answer when the comment is decided, after N seconds at most.",
            examples=["wait=5"],
        ),
    ] = None,
) -> Response:
    """Take a comment in, once however often it is sent under its `external_id`.

    When it is answered the comment is stored safely. The decision comes later: by webhook, by
    asking at `location`, or in the answer itself with `Prefer: wait=N`.
    """
    del prefer_  # documented here; read with all its repetitions below
    settings: Settings = request.app.state.settings
    door: Door = request.app.state.door
    submission = submission_of(
        sent,
        opened,
        secret=door.secret,
        body_max_chars=settings.comments.body_max_chars,
        now=now,
    )
    stored = await door.intake.submit(submission)
    wait = prefer.wait_asked(request.headers.getlist("prefer"), most=settings.comments.wait_max)
    if wait and stored.status is Status.PENDING:
        stored = await _when_decided(door.waiting, stored, within=wait)
    return _receipt(stored, sent.external_id, waited=wait)


async def _when_decided(waiting: Waiting, stored: Stored, *, within: timedelta) -> Stored:
    decided = await waiting.decision_on(stored.id, within=within)
    if decided is None:
        return stored
    return stored._replace(status=decided.status, decided_at=decided.decided_at)


def _receipt(stored: Stored, external_id: str | None, *, waited: timedelta) -> Response:
    location = f"{_PATH}/{stored.id}"
    receipt = Receipt(
        id=stored.id,
        external_id=external_id,
        status=stored.status,
        location=location,
        created_at=stored.created_at,
        decided_at=stored.decided_at,
    )
    headers = {"Location": location}
    if waited:
        headers["Preference-Applied"] = f"wait={int(waited.total_seconds())}"
    return Response(
        receipt.model_dump_json(),
        status_code=202 if stored.status is Status.PENDING else 200,
        headers=headers,
        media_type="application/json",
    )


@router.get(
    f"{_PATH}/{{comment_id}}",
    summary="See where a comment stands",
    responses={404: {"description": "`comment_not_found`"}},
)
def read_comment(
    comment_id: UUID, session: Transaction, settings: AppSettings, site: CommentsSite
) -> CommentOut:
    """Answer the comment with its newest text and its status."""
    comment = queries.get(session, site.id, comment_id)
    article, author = queries.article_and_author(session, comment)
    url = statement_url(settings, comment)
    return CommentOut.of(comment, article, author, statement_url=url)


@router.get(
    "/v1/articles/{article_id:path}/comments",
    summary="List an article's comments",
    tags=["articles"],
    responses={404: {"description": "`article_not_found`"}},
)
def list_comments(
    article_id: Annotated[ExternalId, Path(description="The site's own id; it may have slashes.")],
    session: Transaction,
    site: CommentsSite,
    *,
    order: Annotated[Order, Query(description="By when they were sent.")] = Order.OLDEST,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[PublishedOut]:
    """Answer what readers see under an article, page by page; threads hang by `parent_id`.

    A rejected or withdrawn comment with published replies is there without text and name, to keep
    their place.
    """
    article = articles.by_external_id(session, site.id, article_id)
    after = Cursor.decode(cursor).after if cursor else None
    found = queries.published(session, article, order=order, after=after, most=limit + 1)
    page = found[:limit]
    return Page(
        items=[PublishedOut.of(comment, earlier_body) for comment, earlier_body in page],
        next=Cursor(page[-1][0].id).encode() if len(found) > limit else None,
    )
