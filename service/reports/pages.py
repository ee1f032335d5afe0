"""The page at which a notifier reads that a notice has come, and what became of it."""

from fastapi import APIRouter, Request, Response

from service.reports.notice_link import NOTICES
from service.reports.opening import TEXTS, opened
from service.request import AppSettings, Now, Transaction
from service.sites import reader_pages, reader_texts
from service.sites.reader_pages import ReaderRoute
from service.sites.tables import Site

router = APIRouter(prefix=NOTICES, include_in_schema=False, route_class=ReaderRoute)


@router.get("/{token}")
def notice_page(
    request: Request, token: str, session: Transaction, settings: AppSettings, now: Now
) -> Response:
    """Show the notice: in the language in which it was given, unless another is asked for."""
    notice = opened(session, settings, token, now=now)
    asked = request.query_params.get("lang")
    language = reader_texts.wanted_language(asked, None, otherwise=notice.language)
    site: Site = session.get_one(Site, notice.site_id)
    return reader_pages.page(
        request, "reports/notice.html", language, texts=TEXTS, notice=notice, site=site
    )
