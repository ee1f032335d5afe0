"""The forms of the plain page, read as what the section's script would send."""

from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData

from service.embed.plain_errors import Trouble
from service.embed.sent_schemas import ReaderCommentIn
from service.reports.reason import ReportReason


class ReportForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    comment: UUID
    reason: ReportReason
    words: str | None


class NoticeForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    comment: UUID
    law: str
    explanation: str
    contact: str | None
    good_faith: bool


def text(form: FormData | None, name: str) -> str:
    """Return what was typed in a field; a file is nothing that can be typed."""
    found = form.get(name) if form is not None else None
    return found if isinstance(found, str) else ""


def comment(form: FormData, article: tuple[str, str, str], *, language: str) -> ReaderCommentIn:
    """Return the comment that the form holds.

    Raises:
        ValidationError: by field, what is wrong with it.
    """
    article_id, url, title = article
    return ReaderCommentIn.model_validate(
        {
            "client_id": text(form, "client_id"),
            "article": {"id": article_id, "url": url, "title": title},
            "author": {"name": text(form, "name"), "email": text(form, "email") or None},
            "body": text(form, "body"),
            "ticket": text(form, "ticket"),
            "parent_id": text(form, "parent_id") or None,
            "language": language,
            "policy_version": text(form, "policy_version") or None,
            "website": text(form, "website"),
        }
    )


def client_id(form: FormData | None, trouble: Trouble | None) -> str:
    """Return by what a sending is known again: another one for every other text.

    What was refused was not stored, so the form may keep its id; one that is taken needs another.
    """
    kept = text(form, "client_id")
    is_taken = trouble is not None and trouble.code == "external_id_taken"
    return kept if kept and not is_taken else str(uuid4())


def report(form: FormData) -> ReportForm:
    """Return the report that the form holds.

    Raises:
        ValidationError: by field, what is wrong with it.
    """
    return ReportForm.model_validate(
        {
            "comment": text(form, "comment"),
            "reason": text(form, "reason"),
            "words": text(form, "words"),
        }
    )


def notice(form: FormData) -> NoticeForm:
    """Return the notice that the form holds.

    Raises:
        ValidationError: by field, what is wrong with it.
    """
    return NoticeForm.model_validate(
        {
            "comment": text(form, "comment"),
            "law": text(form, "law"),
            "explanation": text(form, "explanation"),
            "contact": text(form, "contact"),
            "good_faith": bool(text(form, "good_faith")),
        }
    )
