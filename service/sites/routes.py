"""A site reads and changes its own settings, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from service.request import Now, Transaction
from service.sites import configuring, policy_texts
from service.sites.auth import KeyName, ManagingSite
from service.sites.reader_language import ReaderLanguage
from service.sites.schemas import SiteIn, SiteOut, TextIn, TextOut, TextsOut

router = APIRouter(prefix="/v1/site", tags=["site"])

Language = Annotated[ReaderLanguage, Path(description="The language, with its script.")]


@router.get("", summary="Read the site's settings")
def read_site(site: ManagingSite) -> SiteOut:
    """Answer the site and every setting, whether chosen or the default."""
    return SiteOut.of(site)


@router.patch(
    "",
    summary="Change the site's settings",
    responses={422: {"description": "`site_invalid`, `fields_invalid`"}},
)
def change_site(
    sent: SiteIn, session: Transaction, now: Now, site: ManagingSite, key: KeyName
) -> SiteOut:
    """Change what is sent, and leave the rest; nothing is changed where anything is wrong.

    `email` is `required` exactly where `required_fields` has `author.email`: send either.
    """
    return SiteOut.of(configuring.configure(session, site, sent.wanted(), by=key, now=now))


@router.get("/policy-texts", summary="Read the comment policy that readers see")
def read_policy_texts(session: Transaction, site: ManagingSite) -> TextsOut:
    """Answer the newest version in each language in which there is one."""
    found = policy_texts.current(session, site.id)
    return TextsOut(items=[TextOut.of(found[each]) for each in ReaderLanguage if each in found])


@router.get("/policy-texts/{language}/versions", summary="Read every version of it")
def read_versions(language: Language, session: Transaction, site: ManagingSite) -> TextsOut:
    """Answer what readers saw when, newest first; an empty text took the policy back."""
    found = policy_texts.history(session, site.id, language)
    return TextsOut(items=[TextOut.of(each) for each in found])


@router.put(
    "/policy-texts/{language}",
    summary="Change the comment policy that readers see",
    responses={
        204: {"description": "There is no policy in this language, and there was none."},
        422: {"description": "`site_invalid`, `fields_invalid`"},
    },
    response_model=TextOut,
)
def save_policy_text(
    language: Language,
    sent: TextIn,
    session: Transaction,
    now: Now,
    *,
    site: ManagingSite,
    key: KeyName,
) -> TextOut | Response:
    """Show this text from now on, as another version; the same again makes none.

    Comments remember which version their authors agreed to.
    """
    saved = policy_texts.save(session, site.id, language, sent.markdown, saved_by=key, now=now)
    if saved is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return TextOut.of(saved)
