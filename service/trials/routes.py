"""Saving and trying what rules on a site, as JSON; reading it is in ``service/policy``."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request

from service.policy.document import PolicyDocument
from service.policy.routes import Number
from service.policy.schemas import Note, PolicyIn
from service.request import Now, Transaction
from service.scoring import live
from service.sites.auth import KeyName, ManagingSite
from service.trials import actions
from service.trials.schemas import (
    DISAGREEMENTS_MAX,
    OperatingPointsOut,
    PreviewOut,
    RestoreIn,
    SavedOut,
)
from service.trials.solving import Judge

router = APIRouter(prefix="/v1/policy", tags=["policy"])

_NO_CHAMPION: dict[int | str, dict[str, Any]] = {503: {"description": "`no_champion`"}}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "`policy_version_not_found`"}}


def _judge(request: Request, session: Transaction, site: ManagingSite) -> Judge | None:
    return actions.judge(session, site.id, live.of_site(request.app.state, site.id))


Judging = Annotated[Judge | None, Depends(_judge)]


@router.put("", responses=_NO_CHAMPION)
def save_policy(
    sent: Annotated[PolicyIn, Body()],
    session: Transaction,
    judge: Judging,
    *,
    now: Now,
    site: ManagingSite,
    key: KeyName,
) -> SavedOut:
    """Save the next version, which rules from now on. Sending what rules already changes nothing.

    Answers what its operating points come to, and what it would have cost lately. Comments decided
    before are not decided again.
    """
    saved = actions.save(
        *(session, site.id, sent.document(), judge),
        note=sent.note,
        saved_by=key,
        now=now,
    )
    return SavedOut.of_saved(saved)


@router.post("/preview", responses=_NO_CHAMPION)
def preview_policy(
    sent: Annotated[PolicyDocument, Body()],
    session: Transaction,
    judge: Judging,
    *,
    now: Now,
    site: ManagingSite,
    limit: Annotated[
        int, Query(ge=0, le=DISAGREEMENTS_MAX, description="Most disagreements answered.")
    ] = 100,
) -> PreviewOut:
    """Try a draft on the site's last 30 days, from stored scores. Nothing is changed."""
    trial = actions.preview(session, site.id, sent, judge, now=now)
    return PreviewOut.of(trial, limit=limit)


@router.post("/versions/{number}/restore", responses={**_NOT_FOUND, **_NO_CHAMPION})
def restore_policy(
    number: Number,
    sent: RestoreIn,
    session: Transaction,
    judge: Judging,
    *,
    now: Now,
    site: ManagingSite,
    key: KeyName,
) -> SavedOut:
    """Have an old version rule again, as a new one."""
    saved = actions.restore(
        *(session, site.id, number, judge), note=sent.note, saved_by=key, now=now
    )
    return SavedOut.of_saved(saved)


@router.get("/operating-points")
def operating_points(
    session: Transaction, judge: Judging, site: ManagingSite
) -> OperatingPointsOut:
    """Answer what the operating points that rule come to with the live model version.

    They are worked out again when the first comment is decided under a new one.
    """
    standing = actions.standing(session, site.id, judge)
    return OperatingPointsOut.of(standing)


@router.put(
    "/words.csv", responses={422: {"description": "`word_list_invalid`: each wrong row, and why."}}
)
def import_words(
    content: Annotated[bytes, Body(media_type="text/csv")],
    note: Annotated[Note, Query()],
    session: Transaction,
    judge: Judging,
    *,
    now: Now,
    site: ManagingSite,
    key: KeyName,
) -> SavedOut:
    """Put a CSV file in the place of the site's own listed words: word, kind, language, note.

    A file with a wrong row is refused as a whole. Starter lists and all other rules stay.
    """
    document = actions.with_words(session, site.id, content)
    saved = actions.save(
        *(session, site.id, document, judge),
        note=note,
        saved_by=key,
        now=now,
    )
    return SavedOut.of_saved(saved)
