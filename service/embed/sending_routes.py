"""What readers do with comments of their own: write, edit, withdraw, see how they stand."""

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from service.comments import queries as comments
from service.comments import rules
from service.comments.statement_link import statement_url_of
from service.comments.status import Status
from service.comments.submission import Stored
from service.embed import own, second_thoughts, sending
from service.embed.errors import TokenWrong
from service.embed.gate import CurrentReaderSite
from service.embed.opened import OpenedSite
from service.embed.reading_routes import surroundings_of
from service.embed.sent_schemas import (
    OwnEditIn,
    OwnIn,
    OwnListOut,
    OwnOut,
    ReaderCommentIn,
    SecondThoughtIn,
    SecondThoughtOut,
    SentOut,
    Token,
)
from service.embed.surroundings import ScoresAtOnce, Surroundings
from service.errors import Unavailable
from service.request import AppSettings, Now, Transaction
from service.scoring import live
from service.settings import Settings

router = APIRouter(prefix="/embed/v1/{key}", tags=["comment section"])

_NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "`comment_not_found`, `public_key_not_known`"}
}
_OF_TOKENS: Final = "`token_wrong`, `origin_not_allowed`, `origin_missing`"


@router.post(
    "/comments",
    status_code=201,
    summary="Send a comment",
    responses={
        200: {"description": "Stored before, under this `client_id`.", "model": SentOut},
        403: {
            "description": ("`work_needed`, `work_wrong`, `origin_not_allowed`, `origin_missing`")
        },
        409: {"description": "`article_closed`, `external_id_taken`"},
        422: {
            "description": (
                "`fields_invalid`, `body_empty`, `body_too_long`, `body_has_unfit_character`, "
                "`field_required`, `parent_not_found`, `parent_elsewhere`, `parent_withdrawn`, "
                "`ticket_invalid`, `honeypot_filled`"
            )
        },
        429: {"description": "`rate_limited`, `written_too_fast`: again after `Retry-After`"},
    },
)
async def send_comment(
    request: Request,
    *,
    response: Response,
    sent: ReaderCommentIn,
    site: CurrentReaderSite,
    settings: AppSettings,
    now: Now,
) -> SentOut:
    """Take a reader's comment in, once however often it is sent under its `client_id`.

    It goes through the same door as `POST /v1/comments`. The answer waits a moment for the outcome,
    and has the token by which the comment is the reader's own to edit and withdraw. An article
    that is not known yet gets the address and the title that come with it; later ones from browsers
    change nothing.
    """
    around = surroundings_of(request)
    submission, stored = await sending.take(around, site, sent, scope=request.scope, now=now)
    if not stored.is_new:
        response.status_code = 200
    return SentOut(
        id=stored.id,
        token=around.readers.token_of(stored.id),
        status=stored.status,
        author_name=submission.author_name,
        body=submission.body,
        parent_id=submission.parent_id,
        created_at=stored.created_at,
        edit_until=own.edit_until(site, stored.status, stored.created_at, now=now),
        withdraw_until=own.withdraw_until(site, stored.status, stored.created_at, now=now),
        statement_url=_statement(settings, stored),
    )


@router.post("/own", summary="See how one's own comments stand")
def list_own(
    request: Request,
    *,
    sent: OwnIn,
    site: CurrentReaderSite,
    session: Transaction,
    settings: AppSettings,
    now: Now,
) -> OwnListOut:
    """Answer the comments that the browser has tokens of, newest first."""
    readers = surroundings_of(request).readers
    ids = [each.id for each in sent.comments if readers.owns(each.token, each.id)]
    return OwnListOut(items=own.of_reader(session, site, ids, settings=settings, now=now))


@router.put(
    "/comments/{comment_id}",
    summary="Edit one's own comment",
    responses={
        **_NOT_FOUND,
        403: {"description": _OF_TOKENS},
        409: {"description": "`edit_window_over`"},
        410: {"description": "`comment_withdrawn`"},
        422: {
            "description": (
                "`fields_invalid`, `body_empty`, `body_too_long`, `body_has_unfit_character`"
            )
        },
    },
)
def edit_own(
    request: Request,
    *,
    comment_id: UUID,
    sent: OwnEditIn,
    site: CurrentReaderSite,
    session: Transaction,
    settings: AppSettings,
    now: Now,
) -> OwnOut:
    """Give one's own comment another text, within the time that the site sets.

    It is decided again; what readers saw stays until then.
    """
    _check_token(surroundings_of(request), sent.token, comment_id)
    body = rules.clean_body(sent.body, max_chars=settings.comments.body_max_chars)
    comment = own.edit(session, site, comment_id, body, now=now)
    article, _ = comments.article_and_author(session, comment)
    return own.shown(site, comment, article.external_id, settings=settings, now=now)


@router.delete(
    "/comments/{comment_id}",
    summary="Withdraw one's own comment",
    responses={
        **_NOT_FOUND,
        403: {"description": _OF_TOKENS},
        409: {"description": "`withdraw_window_over`"},
    },
)
def withdraw_own(
    request: Request,
    *,
    comment_id: UUID,
    token: Annotated[Token, Header(alias="X-Reader-Token")],
    site: CurrentReaderSite,
    session: Transaction,
    settings: AppSettings,
    now: Now,
) -> OwnOut:
    """Erase one's own comment for good, within the time that the site sets. Harmless to repeat."""
    _check_token(surroundings_of(request), token, comment_id)
    comment = own.withdraw(session, site, comment_id, now=now)
    article, _ = comments.article_and_author(session, comment)
    return own.shown(site, comment, article.external_id, settings=settings, now=now)


@router.post("/second-thought", summary="Ask whether a text would wait for a person")
async def think_twice(
    request: Request, sent: SecondThoughtIn, site: CurrentReaderSite, now: Now
) -> SecondThoughtOut:
    """Answer whether the reader may be asked, once, to reconsider; in doubt or in haste: no.

    Nothing of the text is kept. No score is told.
    """
    if not site.preferences.thinks_twice:
        return SecondThoughtOut(reconsider=False)
    around = surroundings_of(request)
    try:
        async with asyncio.timeout(around.settings.second_thought_within.total_seconds()):
            reconsider = await _would_wait(around, site, sent)
    except (TimeoutError, Unavailable):
        return SecondThoughtOut(reconsider=False)
    if reconsider:
        await around.in_transaction(
            lambda session: second_thoughts.count(
                session, site_id=site.site_id, what=second_thoughts.ASKED, now=now
            )
        )
    return SecondThoughtOut(reconsider=reconsider)


def _check_token(around: Surroundings, token: str, comment_id: UUID) -> None:
    if not around.readers.owns(token, comment_id):
        raise TokenWrong


def _statement(settings: Settings, stored: Stored) -> str | None:
    if stored.status is not Status.REJECTED or stored.decided_at is None:
        return None
    return statement_url_of(settings, stored.id, rejected_at=stored.decided_at)


async def _would_wait(around: Surroundings, site: OpenedSite, sent: SecondThoughtIn) -> bool:
    settings: Settings = around.app.state.settings
    body = rules.clean_body(sent.body, max_chars=settings.comments.body_max_chars)
    classifier = live.of_site(around.app.state, site.site_id)
    rules_by = await around.in_transaction(
        lambda session: second_thoughts.in_force(session, site.site_id, classifier.version)
    )
    if rules_by is None:
        return False
    scores: ScoresAtOnce = around.app.state.scorer
    [prediction] = await scores.predict(
        [body],
        hint=second_thoughts.hint_of(sent.language),
        # The rest is for the rules, by the first sight where a closer look is not there by then.
        within=around.settings.second_thought_within / 2,
        by=classifier,
    )
    return await asyncio.to_thread(second_thoughts.would_wait, rules_by, body, prediction)
