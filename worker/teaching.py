"""From lessons to a challenger, and what is said of how it came about."""

from collections.abc import Callable

from ml import challenger, stacked_prior
from ml.artifact import Artifact
from ml.challenger import Challenger
from ml.encoder import Encoder
from ml.provenance import code_digest
from ml.stacked_prior import Adaptation
from service.learning import run_sentences
from worker.lessons import SEED, Lessons, Rehearsal

Tell = Callable[[str, float], None]


def teach(
    prior: Artifact,
    snapshot_digest: str,
    taught: Lessons,
    rehearsal: Rehearsal,
    adaptation: Adaptation,
    *,
    encoder: Encoder | None,
    tell: Tell = lambda _doing, _share: None,
    then: Callable[[], None] = lambda: None,
) -> Challenger:
    """Return the challenger; the same lessons and parameters give the same bytes.

    Args:
        prior: the model that ships.
        snapshot_digest: of what ``taught`` was read from.
        taught: the site's examples.
        rehearsal: what the prior knows.
        adaptation: the parameters.
        encoder: of the second tier, where it can be used.
        tell: told what is being done, and how much of the stage is.
        then: called when learning is over and calibrating begins.
    """
    model = stacked_prior.learn(
        prior,
        taught.teaching,
        rehearsal.teaching,
        adaptation,
        progress=lambda label, share: tell(_learning(label), share),
    )
    then()
    judging = taught.calibrating + rehearsal.calibrating
    challenger.calibrate(prior, model, judging, adaptation)
    tell(run_sentences.SETTING_THRESHOLDS, 0.5)
    training = {
        **lineage(prior, snapshot_digest, rehearsal, adaptation, encoder),
        "texts": len(taught.teaching),
    }
    return challenger.finish(prior, model, taught.teaching, judging, training, encoder=encoder)


def _learning(label: str) -> str:
    return run_sentences.LEARNING.format(label=label.replace("_", " "))


def lineage(
    prior: Artifact,
    snapshot_digest: str,
    rehearsal: Rehearsal,
    adaptation: Adaptation,
    encoder: Encoder | None,
) -> dict[str, object]:
    """Return what a challenger is made of: nothing that differs when it is made again."""
    return {
        "prior": prior.digest,
        "snapshot": snapshot_digest,
        "corpora": rehearsal.corpora,
        "params": stacked_prior.as_plain(adaptation),
        "seed": SEED,
        "code": code_digest(),
        "encoder": None if encoder is None else encoder.name,
    }
