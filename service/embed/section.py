"""What the section shows before the comments themselves, and the counts for lists of articles."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.articles import queries as articles
from service.articles.tables import Article
from service.comments import rules
from service.embed.asking import Asked, Rows
from service.embed.opened import OpenedSite
from service.embed.reading_schemas import (
    ArticleOut,
    CommentCount,
    FormOut,
    PolicyOut,
    ReactionsOut,
    RequiredField,
    SectionOut,
    TicketOut,
)
from service.reports.reason import ReportReason
from service.sites import markdown, policy_texts
from service.sites.preferences import EmailField
from service.sites.reader_language import ReaderLanguage

_POLICIES_KEPT = 256


class Discussion(NamedTuple):
    """What is the same for all readers of an article."""

    article: ArticleOut
    reaction: ReactionsOut
    comments: CommentCount


def discussion(site: OpenedSite, article_id: str) -> Asked[Discussion]:
    """Ask what the section under this article shows; the article need not be known."""

    def read(rows: Rows) -> Discussion:
        found = rows[0] if rows else None
        return Discussion(
            ArticleOut(
                id=article_id,
                title=found.title if found else None,
                url=found.url if found else None,
                is_open=found.is_open if found else True,
            ),
            ReactionsOut(yes=found.yes_count if found else 0, no=found.no_count if found else 0),
            CommentCount(count=found.published_count if found else 0),
        )

    return Asked(_ARTICLE, {"site": site.site_id, "article": article_id}, read)


def section(
    site: OpenedSite,
    found: Discussion,
    policy: PolicyOut | None,
    ticket: TicketOut,
    *,
    max_chars: int,
) -> SectionOut:
    """Return all that the section needs before the comments themselves."""
    choices = site.preferences
    return SectionOut(
        **found._asdict(),
        policy=policy,
        form=FormOut(
            ticket=ticket.ticket,
            seconds_to_write=ticket.seconds_to_write,
            proof_of_work=ticket.proof_of_work,
            required=required_fields(site),
            email=choices.email,
            max_chars=max_chars,
            name_max_chars=rules.NAME_MAX_CHARS,
            email_max_chars=rules.EMAIL_MAX_CHARS,
        ),
        edit_seconds=int(choices.edit_window.total_seconds()),
        withdraw_seconds=int(choices.withdraw_window.total_seconds()),
        thinks_twice=choices.thinks_twice,
        report_reasons=list(ReportReason),
        languages=list(ReaderLanguage),
    )


def required_fields(site: OpenedSite) -> list[RequiredField]:
    """Return which fields of the form are marked as required."""
    if site.preferences.email is EmailField.REQUIRED:
        return ["name", "body", "email"]
    return ["name", "body"]


def known(session: Session, site: OpenedSite, article_id: str) -> Article | None:
    """Return the site's article, or None before anybody commented on it."""
    return articles.by_external_ids(session, site.site_id, [article_id]).get(article_id)


def policy(session: Session, site: OpenedSite, language: ReaderLanguage) -> PolicyOut | None:
    """Return the site's comment policy in the nearest language that there is."""
    found = policy_texts.shown(session, site.site_id, language)
    if found is None:
        return None
    return PolicyOut(
        language=ReaderLanguage(found.language),
        version=f"{found.language}:{found.version}",
        html=_html(found.markdown),
    )


def counts(site: OpenedSite, article_ids: Sequence[str]) -> Asked[dict[str, int]]:
    """Ask how many comments readers see under each article; 0 under one that is not known."""

    def read(rows: Rows) -> dict[str, int]:
        return dict.fromkeys(article_ids, 0) | {
            row.external_id: row.published_count for row in rows
        }

    return Asked(_COUNTS, {"site": site.site_id, "ids": list(article_ids)}, read)


_ARTICLE = text("""
    SELECT title, url, is_open, published_count, yes_count, no_count FROM articles
    WHERE site_id = :site AND external_id = :article
""")
_COUNTS = text("""
    SELECT external_id, published_count FROM articles
    WHERE site_id = :site AND external_id = ANY(CAST(:ids AS text[]))
""")


@lru_cache(maxsize=_POLICIES_KEPT)
def _html(written: str) -> str:
    return markdown.to_html(written)
