"""Operating points as they were worked out for one model version: written down and read again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from ml.thresholds import Automatic, OperatingPoint, Solution
from service.policy.operating_points import Solved, Wish, thresholds
from service.policy.point_sentences import Source
from service.policy.rules import Threshold
from service.policy.tables import PolicySolution


def stored(session: Session, policy_id: UUID, model_version_id: int) -> tuple[Solved, ...] | None:
    """Return what the policy's wishes come to with the model version; None: not worked out yet."""
    found: list[dict[str, Any]] | None = session.scalar(
        select(PolicySolution.solved).where(
            PolicySolution.policy_id == policy_id,
            PolicySolution.model_version_id == model_version_id,
        )
    )
    return None if found is None else tuple(map(_read, found))


def store(
    session: Session,
    policy_id: UUID,
    model_version_id: int,
    solved: Sequence[Solved],
    *,
    now: datetime,
) -> tuple[Solved, ...]:
    """Keep what was worked out, unless another did it first; return what is kept."""
    session.execute(
        insert(PolicySolution)
        .values(
            policy_id=policy_id,
            model_version_id=model_version_id,
            solved=[_written(each) for each in solved],
            solved_at=now,
        )
        .on_conflict_do_nothing()
    )
    return stored(session, policy_id, model_version_id) or tuple(solved)


def by_language(solved: Sequence[Solved]) -> dict[Language, tuple[Threshold, ...]]:
    """Return the thresholds in each language that a wish names."""
    languages = {each.wish.language for each in solved}
    return {language: thresholds(solved, language) for language in languages}


def _written(solved: Solved) -> dict[str, Any]:
    solution = solved.solution
    return {
        "label": solved.wish.label.value,
        "language": solved.wish.language.value,
        "automatic": solved.wish.point.automatic.value,
        "share": solved.wish.point.share,
        "source": solved.source.value,
        "own": solved.own,
        "enough": solved.enough,
        "advised": solved.advised,
        "solution": None
        if solution is None
        else {
            "threshold": solution.threshold,
            "bound": solution.bound,
            "observed": solution.observed,
            "count": solution.count,
        },
    }


def _read(written: dict[str, Any]) -> Solved:
    point = OperatingPoint(Automatic(written["automatic"]), written["share"])
    return Solved(
        wish=Wish(Label(written["label"]), Language(written["language"]), point),
        solution=None if written["solution"] is None else Solution(**written["solution"]),
        source=Source(written["source"]),
        own=written["own"],
        enough=written["enough"],
        advised=written["advised"],
    )
