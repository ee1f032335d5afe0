"""Scoring at once, for those who do not send comments."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request

from service.comments import rules
from service.comments.errors import BodyEmpty, BodyHasUnfitCharacter, BodyTooLong
from service.errors import FieldProblem
from service.request import AppSettings
from service.scoring import live, looks
from service.scoring.errors import TextUnfit
from service.scoring.schemas import ScoredText, ScoreIn, ScoreOut
from service.sites.auth import ClassifyingSite

router = APIRouter(prefix="/v1/score", tags=["scoring"])

# Longer, and all threads of the process would soon wait for one.
_WAIT_FOR_ROOM: Final = timedelta(milliseconds=250)


@router.post("")
def score_texts(
    sent: ScoreIn, request: Request, settings: AppSettings, site: ClassifyingSite
) -> ScoreOut:
    """Answer what the classifier makes of each text, at once. Nothing is stored or decided.

    Texts that are unclear at first sight are looked at more closely, one after the other. Under
    load there may be no room for that within a quarter of a second: then the first sight is the
    answer, and ``is_unclear`` says so.
    """
    texts = _cleaned(sent.texts, max_chars=settings.comments.body_max_chars)
    # Taken once: another version may be promoted between two readings.
    classifier = live.of_site(request.app.state, site.id)
    predictions = looks.predict(
        classifier,
        texts,
        hint=sent.language,
        looks=request.app.state.closer_looks,
        wait=_WAIT_FOR_ROOM,
    )
    return ScoreOut(
        model_version=classifier.version, results=[ScoredText.of(each) for each in predictions]
    )


def _cleaned(texts: list[str], *, max_chars: int) -> list[str]:
    """Return the texts as comments would be stored.

    Raises:
        TextUnfit: one of them could not be a comment; says which, and why.
    """
    cleaned = []
    for at, text in enumerate(texts):
        try:
            cleaned.append(rules.clean_body(text, max_chars=max_chars))
        except (BodyEmpty, BodyTooLong, BodyHasUnfitCharacter) as error:
            [problem] = error.fields
            where = FieldProblem(f"/texts/{at}", problem.detail)
            raise TextUnfit(f"texts.{at} {problem.detail}.", fields=(where,)) from error
    return cleaned
