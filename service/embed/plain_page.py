"""The comment section as a page of its own: for browsers without JavaScript, and beside it.

Everything that is sent from here goes the way of what the section sends; what was typed stays in
the form until it is taken. After that the browser goes on to the page again, so that loading it
once more sends nothing twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from service import html
from service.comments import queries as comments
from service.comments.rules import count_chars
from service.embed import plain_forms, section, sending
from service.embed.messages import Words
from service.embed.plain_errors import Trouble, trouble_of
from service.embed.plain_view import Visit, look, visit, words_for
from service.embed.reading import Sort
from service.embed.surroundings import network_of
from service.errors import ModerationError
from service.moderators import forgery
from service.reports import actions as reports
from service.reports.notice_link import notice_url
from service.reports.reason import ReportReason
from service.request import AppSettings, Now
from service.sites import reader_pages

_log = structlog.get_logger(__name__)

router = APIRouter(prefix="/embed/articles", include_in_schema=False)

_TEXTS: Final = Path(__file__).with_name("texts")
ArticlePath = Annotated[str, PathParameter(min_length=1, max_length=255)]
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/{article_id:path}")
async def show(
    request: Request, article_id: ArticlePath, settings: AppSettings, now: Now
) -> Response:
    """Show the comments, the form, and what the address asks for beside."""
    try:
        visiting = await visit(request, article_id, settings=settings, now=now)
        return await _shown(visiting)
    except ModerationError as error:
        return _trouble(request, error)


@router.post("/{article_id:path}")
async def send(
    request: Request, article_id: ArticlePath, settings: AppSettings, now: Now
) -> Response:
    """Take what a form of the page sends, and show it again with what is to be mended."""
    try:
        forgery.check_origin(request, settings)
        visiting = await visit(request, article_id, settings=settings, now=now)
        form = await request.form()
        return await _TAKEN.get(plain_forms.text(form, "form"), _take_comment)(visiting, form)
    except ModerationError as error:
        return _trouble(request, error)


async def _take_comment(visiting: Visit, form: FormData) -> Response:
    article = await visiting.article()
    try:
        sent = plain_forms.comment(form, article, language=visiting.words.language)
        _, stored = await sending.take(
            visiting.around,
            visiting.site,
            sent,
            scope=visiting.request.scope,
            address_is_ours=True,
            now=visiting.now,
        )
    except (ValidationError, ModerationError) as error:
        return await _shown(visiting, typed=form, trouble=trouble_of(error, visiting.words))
    return html.go_to(visiting.at(receipt=visiting.receipt(stored.id), anchor="mine"))


async def _take_report(visiting: Visit, form: FormData) -> Response:
    around, site_id, scope = visiting.around, visiting.site.site_id, visiting.request.scope
    network = around.readers.hidden_network(site_id, network_of(scope))
    try:
        sent = plain_forms.report(form)
        await run_in_threadpool(around.spend_word, "reports", scope)
        await visiting.in_transaction(
            lambda session: reports.report(
                session,
                comments.get(session, site_id, sent.comment),
                reason=sent.reason,
                words=sent.words,
                # Without a browser that keeps an id, a network stands for its reader.
                reporter=network,
                reader_network=network,
                now=visiting.now,
            )
        )
    except (ValidationError, ModerationError) as error:
        return await _shown(visiting, typed=form, trouble=trouble_of(error, visiting.words))
    return html.go_to(visiting.at(done="report", anchor="done"))


async def _take_notice(visiting: Visit, form: FormData) -> Response:
    try:
        sent = plain_forms.notice(form)
        await run_in_threadpool(visiting.around.spend_word, "notices", visiting.request.scope)
        notice = await visiting.in_transaction(
            lambda session: reports.give_notice(
                session,
                comments.get(session, visiting.site.site_id, sent.comment),
                law=sent.law,
                explanation=sent.explanation,
                good_faith=sent.good_faith,
                contact=sent.contact,
                language=visiting.words.language,
                now=visiting.now,
            )
        )
    except (ValidationError, ModerationError) as error:
        return await _shown(visiting, typed=form, trouble=trouble_of(error, visiting.words))
    receipt = notice_url(visiting.settings, notice)
    return html.go_to(f"{urlsplit(receipt).path}?lang={visiting.words.language}")


_TAKEN: Final[Mapping[str, Callable[[Visit, FormData], Awaitable[Response]]]] = {
    "comment": _take_comment,
    "report": _take_report,
    "notice": _take_notice,
}


async def _shown(
    visiting: Visit, *, typed: FormData | None = None, trouble: Trouble | None = None
) -> Response:
    looked = await visiting.in_transaction(partial(look, visiting))
    return _page(
        visiting.request,
        "embed/article.html",
        visiting.words,
        trouble,
        visit=visiting,
        looked=looked,
        depths=looked.depths(),
        sorts=list(Sort),
        reasons=list(ReportReason),
        required=section.required_fields(visiting.site),
        chars_left=visiting.settings.comments.body_max_chars
        - count_chars(plain_forms.text(typed, "body")),
        ticket=await visiting.ticket(plain_forms.text(typed, "ticket"), trouble),
        client_id=plain_forms.client_id(typed, trouble),
        typed=partial(plain_forms.text, typed),
        sent=plain_forms.text(typed, "form"),
    )


def _trouble(request: Request, error: ModerationError) -> Response:
    words = words_for(request)
    _log.info("page_refused", code=error.code)
    return _page(request, "embed/trouble.html", words, trouble_of(error, words))


def _page(
    request: Request, template: str, words: Words, trouble: Trouble | None, **more: object
) -> Response:
    answer = reader_pages.page(
        request,
        template,
        words.language,
        texts=_TEXTS,
        status=200 if trouble is None else trouble.status,
        words=words,
        trouble=trouble,
        **more,
    )
    answer.headers["Content-Security-Policy"] = _POLICY
    if trouble is not None and trouble.retry_after:
        answer.headers["Retry-After"] = str(trouble.retry_after)
    return answer
