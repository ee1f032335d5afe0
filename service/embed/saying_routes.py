"""What readers say of what they read: whether they like it, and what is wrong with a comment."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request

from service.articles import actions as articles
from service.articles import reactions
from service.comments import queries as comments
from service.embed import origins
from service.embed.errors import ArticleElsewhere
from service.embed.gate import CurrentReaderSite
from service.embed.reading_routes import surroundings_of
from service.embed.sent_schemas import (
    Answered,
    NoticeIn,
    NoticeReceivedOut,
    ReactionIn,
    ReactionOut,
    ReceivedOut,
    ReportIn,
)
from service.embed.surroundings import network_of
from service.reports import actions as reports
from service.reports.notice_link import notice_url
from service.request import AppSettings, Now, Transaction

router = APIRouter(prefix="/embed/v1/{key}", tags=["comment section"])

_WORD_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "`comment_not_found`, `public_key_not_known`"},
    410: {"description": "`nothing_to_report`"},
    429: {"description": "`rate_limited`: again after `Retry-After`"},
}


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
        **_WORD_REFUSED,
        422: {"description": "`fields_invalid`, `words_unfit`"},
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
        **_WORD_REFUSED,
        422: {"description": "`fields_invalid`, `words_unfit`, `good_faith_required`"},
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
