"""What a run leaves to be read: its page, its card, its figures and its verdict."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ml import run_card, run_figures, run_page
from ml.duel import Duel
from ml.gate import Verdict
from ml.run_figures import About
from service.learning.tables import Snapshot
from service.registry.tables import ModelVersion


@dataclass(frozen=True, slots=True)
class Report:
    """The same numbers in three forms, and the verdict's checks."""

    page: str
    card: str
    figures: dict[str, Any]
    verdict: dict[str, Any]


def report(
    version: ModelVersion,
    champion: ModelVersion,
    snapshot: Snapshot,
    found: Duel,
    verdict: Verdict,
    *,
    judging_ids: Sequence[str],
) -> Report:
    """Return the report of a run.

    Args:
        version: the challenger.
        champion: what decided when the run began.
        snapshot: what was learned from.
        found: what was measured.
        verdict: of the gate.
        judging_ids: the examples that judged, in the order of ``found.decisions``.
    """
    about = About(
        version=version.digest,
        champion=champion.digest,
        name=version.name,
        facts=snapshot.facts,
        lineage=version.lineage,
        supported=version.info["supported"],
        judging_ids=judging_ids,
    )
    return Report(
        page=run_page.render(about, found, verdict),
        card=run_card.render(about, found, verdict),
        figures=run_figures.figures(found, verdict),
        verdict={
            "passed": verdict.is_passed,
            "reasons": verdict.reasons,
            "checks": [asdict(check) for check in verdict.checks],
        },
    )
