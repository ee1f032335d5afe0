"""A comment's scores beside what the site's policy holds and rejects at, in the text's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ml.labels import Label, Language
from ml.thresholds import Automatic
from service.comments.tables import Comment
from service.policy import in_force as policies
from service.policy import solutions
from service.policy.gathering import LANGUAGE_IS_SURE
from service.policy.in_force import InForce
from service.policy.operating_points import Solved
from service.scoring.tables import Score


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a threshold comes from: what the site asked for, and what was shown; in words."""

    automatic: Automatic
    share: float
    sentence: str


@dataclass(frozen=True, slots=True)
class LabelScore:
    """A label's probability beside what the policy in force holds and rejects at.

    ``basis`` says what the operating points of the site rest on; it is empty where the site gave
    the thresholds as numbers.
    """

    label: Label
    score: float | None
    hold: float | None
    reject: float | None
    basis: Sequence[Basis] = ()


def in_force(session: Session, comment: Comment, score: Score | None) -> InForce:
    """Return the policy that rules now, with the thresholds for the model version of the score."""
    version = None if score is None else score.model_version_id
    return policies.by_site(session, [comment.site_id], model_version_id=version)[comment.site_id]


def label_scores(session: Session, ruling: InForce, score: Score | None) -> list[LabelScore]:
    """Return every label, with its score and thresholds if it has any."""
    found = {} if score is None else score.by_label()
    policy = ruling.policy
    limits = policy.thresholds if score is None else policy.thresholds_in(score.language)
    thresholds = {each.label: each for each in limits}
    bases = _bases(session, ruling, score)
    return [
        LabelScore(
            label=label,
            score=found.get(label),
            hold=thresholds[label].hold if label in thresholds else None,
            reject=thresholds[label].reject if label in thresholds else None,
            basis=bases.get(label, ()),
        )
        for label in Label
    ]


def sure_language(score: Score | None) -> Language | None:
    """Return the text's language, where nobody need doubt it."""
    is_sure = score is not None and score.language_probability >= LANGUAGE_IS_SURE
    return score.language if score is not None and is_sure else None


def _bases(session: Session, ruling: InForce, score: Score | None) -> dict[Label, list[Basis]]:
    if score is None or ruling.policy_id is None or not ruling.document.operating_points:
        return {}
    solved = solutions.stored(session, ruling.policy_id, score.model_version_id) or ()
    found: dict[Label, list[Basis]] = {}
    for each in solved:
        if each.wish.language is score.language:
            found.setdefault(each.wish.label, []).append(_basis(each))
    return found


def _basis(solved: Solved) -> Basis:
    return Basis(solved.wish.point.automatic, solved.wish.point.share, solved.sentence)
