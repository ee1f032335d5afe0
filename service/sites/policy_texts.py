"""The comment policy that a site shows to its readers: saved by version, read by language.

What a moderator or a program rules by is another thing: see ``service/policy``.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service import texts
from service.errors import FieldProblem
from service.sites import log
from service.sites.errors import SiteInvalid
from service.sites.markdown import MARKDOWN_MAX_CHARS
from service.sites.reader_language import ReaderLanguage, by_preference
from service.sites.tables import ChangeKind, Site, SiteText


def shown(session: Session, site_id: UUID, language: ReaderLanguage) -> SiteText | None:
    """Return the policy for a reader of ``language``: in the nearest language that there is.

    ``markdown.to_html`` makes it fit for a page; ``language`` of the row says what it is in.
    """
    found = current(session, site_id)
    return next((found[each] for each in by_preference(language) if each in found), None)


def current(session: Session, site_id: UUID) -> dict[ReaderLanguage, SiteText]:
    """Return the newest version in each language in which there is a policy."""
    newest = session.scalars(
        select(SiteText)
        .where(SiteText.site_id == site_id)
        .ext(distinct_on(SiteText.language))
        .order_by(SiteText.language, SiteText.version.desc())
    )
    return {ReaderLanguage(row.language): row for row in newest if row.markdown}


def history(session: Session, site_id: UUID, language: ReaderLanguage) -> list[SiteText]:
    """Return every version, newest first; one without text took the policy back."""
    return list(
        session.scalars(
            select(SiteText)
            .where(SiteText.site_id == site_id, SiteText.language == language)
            .order_by(SiteText.version.desc())
        )
    )


def save(
    session: Session,
    site_id: UUID,
    language: ReaderLanguage,
    markdown: str,
    *,
    saved_by: str,
    now: datetime,
) -> SiteText | None:
    """Show this text from now on, as another version; an empty one takes the policy back.

    Saving what is shown already makes no version. Returns the newest version, if there is any.

    Raises:
        SiteInvalid: the text is too long, or has characters that no page can show.
    """
    text = clean(markdown)
    # The site's row is the queue of those who save at once.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
    before = next(iter(history(session, site_id, language)), None)
    if text == (before.markdown if before else ""):
        return before
    saved = SiteText(
        site_id=site_id,
        language=language,
        version=before.version + 1 if before else 1,
        markdown=text,
        saved_by=saved_by,
        saved_at=now,
    )
    session.add(saved)
    kind = ChangeKind.POLICY_TEXT_SAVED
    told = {"language": language.value, "version": saved.version}
    log.write(session, site_id, kind, by=saved_by, now=now, **told)
    return saved


def clean(markdown: str) -> str:
    """Return the text in the form in which it is stored.

    Raises:
        SiteInvalid: it is too long, or has characters that no page can show.
    """
    text = texts.normal_form(markdown)
    if len(text) > MARKDOWN_MAX_CHARS:
        said = f"must have at most {MARKDOWN_MAX_CHARS} characters"
    elif unfit := texts.unfit_character(text):
        said = f"must not have {unfit}, which no page can show"
    else:
        return text
    raise SiteInvalid(f"The policy text {said}.", fields=(FieldProblem("/markdown", said),))
