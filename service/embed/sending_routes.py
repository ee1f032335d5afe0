"""What readers do in the comment section: write, edit, withdraw, answer, report."""

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from service.articles import actions as articles
from service.articles import reactions
from service.comments import queries as comments
from service.comments import rules
from service.comments.statement_link import statement_url_of
from service.comments.status import Status
from service.comments.submission import Stored
from service.embed import origins, own, second_thoughts, sending
from service.embed.errors import ArticleElsewhere, TokenWrong
from service.embed.gate import CurrentReaderSite
from service.embed.opened import OpenedSite
from service.embed.reading_routes import surroundings_of
from service.embed.sent_schemas import (
    Answered,
    NoticeIn,
    NoticeReceivedOut,
    OwnEditIn,
    OwnIn,
    OwnListOut,
    OwnOut,
    ReactionIn,
    ReactionOut,
    ReaderCommentIn,
    ReceivedOut,
    ReportIn,
    SecondThoughtIn,
    SecondThoughtOut,
    SentOut,
    Token,
)
from service.embed.surroundings import ScoresAtOnce, Surroundings, network_of
from service.errors import Unavailable
from service.reports import actions as reports
from service.reports.notice_link import notice_url
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


@router.post(
    "/reactions",
    summary="Answer whether one likes the article",
)
def react(
    request: Request, sent: ReactionIn, site: CurrentReaderSite, session: Transaction, now: Now
) -> ReactionOut:
    """Keep a reader's answer, one for each reader and article, in place of the one before."""
    if not origins.lies_on(sent.article.url, site.origins):
        raise ArticleElsewhere(site.origins)
    which = articles.known_or_new(
        session,
        site.site_id,
        sent.article.id,
        url=sent.article.url,
        title=sent.article.title,
        now=now,
    )
    reader = surroundings_of(request).readers.hidden(site.site_id, sent.reader)
    is_yes = None if sent.answer is None else sent.answer is Answered.YES
    article = reactions.react(session, which, reader, is_yes=is_yes, now=now)
    return ReactionOut(yes=article.yes_count, no=article.no_count, mine=sent.answer)


@router.post(
    "/comments/{comment_id}/reports",
    status_code=202,
    summary="Report a comment",
    responses={
        **_NOT_FOUND,
        410: {"description": "`nothing_to_report`"},
        422: {"description": "`fields_invalid`, `words_unfit`"},
        429: {"description": "`rate_limited`: again after `Retry-After`"},
    },
)
def report_comment(
    request: Request,
    *,
    comment_id: UUID,
    sent: ReportIn,
    site: CurrentReaderSite,
    session: Transaction,
    now: Now,
) -> ReceivedOut:
    """Say what is wrong with a comment: one report for each reader; again changes nothing.

    Enough of them have a person look at it again; readers of one network count as one.
    """
    around = surroundings_of(request)
    around.spend_word("reports", request.scope)
    reports.report(
        session,
        comments.get(session, site.site_id, comment_id),
        reason=sent.reason,
        words=sent.words,
        reporter=around.readers.hidden(site.site_id, sent.reader),
        reader_network=around.readers.hidden_network(site.site_id, network_of(request.scope)),
        now=now,
    )
    return ReceivedOut(received=True)


@router.post(
    "/comments/{comment_id}/notices",
    status_code=202,
    summary="Give notice of an illegal comment",
    responses={
        **_NOT_FOUND,
        410: {"description": "`nothing_to_report`"},
        422: {"description": "`fields_invalid`, `words_unfit`, `good_faith_required`"},
        429: {"description": "`rate_limited`: again after `Retry-After`"},
    },
)
def give_notice(
    request: Request,
    *,
    comment_id: UUID,
    sent: NoticeIn,
    site: CurrentReaderSite,
    session: Transaction,
    settings: AppSettings,
    now: Now,
) -> NoticeReceivedOut:
    """Take in that somebody holds a comment to be against the law; a person answers it."""
    surroundings_of(request).spend_word("notices", request.scope)
    comment = comments.get(session, site.site_id, comment_id)
    notice = reports.give_notice(
        session,
        comment,
        law=sent.law,
        explanation=sent.explanation,
        good_faith=sent.good_faith,
        contact=sent.contact,
        language=sent.language,
        now=now,
    )
    return NoticeReceivedOut(received=True, receipt_url=notice_url(settings, notice))


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
