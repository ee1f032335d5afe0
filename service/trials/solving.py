"""Works out a site's operating points for the live model version, from what its moderators said.

A version's thresholds mean nothing to another version's scores, so the comments that moderators
decided are scored anew where the live version has not scored them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ml import labelled_scores
from ml.labelled_scores import LabelledScores
from ml.labels import Label, Language
from service.policy import in_force, queries, solutions
from service.policy.document import PolicyDocument
from service.policy.in_force import InForce
from service.policy.operating_points import LabelledScore, Solved, solve_wishes
from service.scoring.classifier import Classifier
from service.trials.past import first_id

LABELLED_MAX = 5_000
LABELLED_WITHIN = timedelta(days=180)
_SHARE_MIN_COUNT = 200


@dataclass(frozen=True, slots=True)
class Judge:
    """The live model version; without its classifier only its stored scores are at hand.

    ``digest`` names it to the evaluation that ships, whose scores are of one version alone.
    """

    version_id: int
    classifier: Classifier | None
    digest: str | None = None


def solve(
    session: Session, site_id: UUID, document: PolicyDocument, judge: Judge, *, now: datetime
) -> tuple[Solved, ...]:
    """Return the document's wishes with their thresholds, for the live model version.

    The comments are those that moderators had before them, most of them held, of which more are
    rejected than of all comments with such scores: a promise is kept with room to spare.
    """
    if not document.operating_points:
        return ()
    return solve_wishes(
        document.wishes,
        own=labelled(session, site_id, judge, now=now),
        bundled=_bundled(document, judge),
        share_rejected=_share_rejected(session, site_id, now=now),
        advised=queries.built_in(session, judge.version_id).document.policy().thresholds_in,
    )


def _bundled(document: PolicyDocument, judge: Judge) -> list[LabelledScore]:
    """Return what the evaluation that ships says of the labels wished for, if of this version."""
    shipped = _shipped()
    if shipped is None or shipped.version != judge.digest:
        return []
    wanted = {(wish.label, wish.language) for wish in document.wishes}
    return [
        LabelledScore(label, language, score, truth)
        for label, language, found in shipped
        if (label, language) in wanted
        for score, truth in zip(found.scores, found.truths, strict=True)
    ]


@cache
def _shipped() -> LabelledScores | None:
    return labelled_scores.bundled()


def see_to(
    session: Session, site_id: UUID, ruling: InForce, judge: Judge, *, now: datetime
) -> InForce:
    """Return what rules on the site with its operating points worked out, for good."""
    if not ruling.unsolved or ruling.policy_id is None:
        return ruling
    solved = solve(session, site_id, ruling.document, judge, now=now)
    solutions.store(session, ruling.policy_id, judge.version_id, solved, now=now)
    return in_force.by_site(session, [site_id], model_version_id=judge.version_id)[site_id]


def labelled(
    session: Session, site_id: UUID, judge: Judge, *, now: datetime
) -> list[LabelledScore]:
    """Return what the live version gives the comments that moderators decided last."""
    since = now - LABELLED_WITHIN
    rows = session.execute(
        _JUDGED,
        {
            "site_id": site_id,
            "first": first_id(since),
            "version": judge.version_id,
            "limit": LABELLED_MAX,
        },
    ).all()
    scored = [row for row in rows if row.language is not None]
    found = [each for row in scored for each in _stored(row)]
    if judge.classifier is not None:
        unscored = [row for row in rows if row.language is None]
        found += _scored_anew(judge.classifier, unscored)
    return found


def _stored(row: Row[Any]) -> list[LabelledScore]:
    language, rejected = Language(row.language), row.status == "rejected"
    return [
        LabelledScore(label, language, value, rejected)
        for label in Label
        if (value := getattr(row, label.value)) is not None
    ]


def _scored_anew(classifier: Classifier, rows: Sequence[Row[Any]]) -> list[LabelledScore]:
    predictions = classifier.predict([row.body for row in rows]) if rows else ()
    return [
        LabelledScore(label, prediction.language, value, row.status == "rejected")
        for row, prediction in zip(rows, predictions, strict=True)
        for label, value in prediction.scores.items()
    ]


_JUDGED = text(f"""
    SELECT c.body, d.status, s.language, {", ".join(f"s.{label}" for label in Label)}
    FROM decisions d
    JOIN comments c ON c.id = d.comment_id AND c.revision = d.revision
    LEFT JOIN LATERAL (
        SELECT * FROM scores
        WHERE comment_id = c.id AND revision = c.revision AND model_version_id = :version
        ORDER BY id DESC LIMIT 1
    ) s ON true
    WHERE d.moderator_id IS NOT NULL AND d.status IN ('approved', 'rejected')
        AND c.site_id = :site_id AND c.id >= CAST(:first AS uuid) AND c.status = d.status
        AND d.id = (SELECT max(id) FROM decisions WHERE comment_id = c.id)
    ORDER BY d.id DESC LIMIT :limit
""")  # noqa: S608 - the labels are ours

_DECIDED = text("""
    SELECT count(*) FILTER (WHERE status = 'rejected'), count(*) FROM comments
    WHERE site_id = :site_id AND id >= CAST(:first AS uuid) AND status IN ('approved', 'rejected')
""")


def _share_rejected(session: Session, site_id: UUID, *, now: datetime) -> float | None:
    """Return the share of the site's comments that stand rejected; None with too few to tell."""
    asked = {"site_id": site_id, "first": first_id(now - LABELLED_WITHIN)}
    rejected, decided = session.execute(_DECIDED, asked).one()
    if decided < _SHARE_MIN_COUNT or not 0 < rejected < decided:
        return None
    return float(rejected / decided)
