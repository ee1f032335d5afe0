"""Would this text wait for a person? Asked before it is sent, answered at once or with no.

Only what the writer can change counts: what the text says, not who sent it or when. Nothing of the
text is kept; how often readers were asked, and what they did then, is counted by day.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.labels import Language
from service.embed.tables import SecondThoughts
from service.policy import in_force as policies
from service.policy.evidence import Evidence
from service.policy.gathering import LANGUAGE_IS_SURE
from service.policy.in_force import InForce
from service.policy.outcomes import Outcome, Reason
from service.policy.rules import Mode, rule
from service.policy.text_evidence import read_text
from service.registry.tables import ModelVersion
from service.scoring.classifier import Prediction

ASKED: Final = "asked"
_COUNTED: Final = (ASKED, "edited", "sent_anyway")
_OF_THE_TEXT: Final = frozenset(
    {
        *("word_banned", "word_suspect", "links", "contacts"),
        *("capitals", "character_run", "repetition"),
    }
)
_SCORES: Final = "score_"


def in_force(session: Session, site_id: UUID, model_version: str) -> InForce | None:
    """Return what rules on the site by the scores of this model version.

    None while its thresholds are not worked out: then nobody can say what would be held.
    """
    version = select(ModelVersion.id).where(ModelVersion.digest == model_version).limit(1)
    version_id: int | None = session.scalar(version)
    found = policies.by_site(session, [site_id], model_version_id=version_id)[site_id]
    if found.unsolved or (version_id is None and found.document.operating_points):
        return None
    return found


def would_wait(ruling_by: InForce, body: str, prediction: Prediction) -> bool:
    """Say whether what the text itself says would keep it from being published at once."""
    sure = prediction.language_probability >= LANGUAGE_IS_SURE
    language: Language | None = prediction.language if sure else None
    read = None
    if ruling_by.parts:
        read = read_text(body, language=language, matcher=ruling_by.matcher, parts=ruling_by.parts)
    evidence = Evidence(
        scores=prediction.scores,
        language=prediction.language,
        language_probability=prediction.language_probability,
        text=read,
    )
    policy = replace(
        ruling_by.policy, mode=Mode.POST_MODERATION, authors=None, articles=None, languages=None
    )
    return any(_speaks_against_it(each) for each in rule(policy, evidence).reasons)


def _speaks_against_it(reason: Reason) -> bool:
    is_of_the_text = reason.code in _OF_THE_TEXT or reason.code.startswith(_SCORES)
    return is_of_the_text and reason.outcome is not Outcome.APPROVE


def hint_of(tag: str | None) -> Language | None:
    """Return the language of a tag such as ``uz-cyrl``; one that we do not know is no hint."""
    primary = (tag or "").partition("-")[0]
    return Language(primary) if primary in set(Language) else None


def count(session: Session, *, site_id: UUID, what: str, now: datetime) -> None:
    """Count that a reader was asked, edited then, or sent the text anyway."""
    row = {name: int(name == what) for name in _COUNTED}
    put = insert(SecondThoughts).values(site_id=site_id, day=now.date(), **row)
    more = {
        name: SecondThoughts.__table__.c[name] + put.excluded[name].cast(Integer)
        for name in _COUNTED
    }
    session.execute(put.on_conflict_do_update(index_elements=["site_id", "day"], set_=more))
