"""The thresholds that a new site starts with: solved once, on texts that were not learned from.

They travel inside the artifact (``ModelInfo.training["thresholds"]``) and stand in the card, so
that a policy made from them always belongs to the model that scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ml.augment import SOURCE
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.labels import Label, Language
from ml.metrics import threshold_at
from ml.thresholds import DEFAULT_REJECT, solve

# The share of calm texts that each label may send to a person, in the language where it is worst.
# Toxicity is what most rulings rest on; the others add little to it and must not add false alarms.
CALM_HELD = {Label.TOXICITY: 0.05, Label.INSULT: 0.01, Label.SPAM: 0.015}
CALM_HELD_BY_OTHERS = 0.003
# Calm Uzbek and Kazakh texts are reviews of shops and apps, far easier than comments on news.
PLAIN_REVIEWS, PLAIN_HELD = frozenset({Language.UZBEK, Language.KAZAKH}), 0.002
# Of our own calm sentences (identity terms, quotation, negation, counter-speech), which are far
# harder than what readers mostly write, this share may be held for each label.
OWN_CALM_HELD = {
    Label.TOXICITY: 0.03,
    Label.IDENTITY_ATTACK: 0.003,
    Label.INSULT: 0.01,
    Label.SPAM: 0.003,
    Label.THREAT: 0.003,
}
# Swearing at nobody is vulgar, not hostile: no advice, a site decides whether it minds.
LEFT_TO_THE_SITE = frozenset({Label.OBSCENITY})
# What these say has nothing to do with being rude: a text may be either.
LABELS_OF_TOPIC = frozenset({Label.SPAM, Label.SEXUAL})
# The lowest and the highest threshold that makes sense for a calibrated probability.
HOLD_MIN, HOLD_MAX = 0.5, 0.9
# Spam is told apart so well that even what is three times as likely no spam is worth a look: the
# limits that calm texts of each language set lie between .01 and .33.
HOLD_MIN_OF_SPAM = 0.25
# What these find is mostly held for toxicity already; alone, they hold what they are surest of. Of
# our calm identity sentences nearly all that were held wrongly were held for one of them alone, and
# from .9 on, as many of the hostile ones are held as from .75.
ADD_TO_TOXICITY = frozenset(
    {Label.INSULT, Label.THREAT, Label.IDENTITY_ATTACK, Label.SEVERE_TOXICITY}
)
HOLD_MIN_OF_ADDED = 0.9
# Our calm sentences that calibrate have siblings among those that teach. Of the suites' Russian
# ones, which have none, three times the allowed share is held at the limit that the siblings set.
HOLD_MIN_OF_TOXICITY = 0.8
CALM_MIN = 200
KEY = "thresholds"


@dataclass(frozen=True, slots=True)
class DefaultThresholds:
    """From which probability a comment is held, and from which it is rejected without a person.

    ``reject`` is None where the data could not show that 97 of 100 would be rejected.
    """

    hold: float
    reject: float | None


Defaults = Mapping[Label, DefaultThresholds]


def solve_defaults(
    probabilities: Floats, held_out: Dataset, supported: Mapping[Label, tuple[Language, ...]]
) -> Defaults:
    """Solve both thresholds of every label that is supported in some language.

    Args:
        probabilities: shape (n, number of labels), of the texts in ``held_out``.
        held_out: texts that the model was not fitted on.
        supported: the languages of each label.
    """
    languages = np.array([language.value for language in held_out.languages])
    ours = np.array(held_out.sources) == SOURCE
    toxic = held_out.target(Label.TOXICITY)
    solved = {}
    for column, label in enumerate(LABELS):
        if not supported[label] or label in LEFT_TO_THE_SITE:
            continue
        target = held_out.target(label)
        spoken = np.isin(languages, [language.value for language in supported[label]])
        known = ~np.isnan(target) & spoken
        # Rude texts without this label are held anyhow: false alarms are those among calm ones.
        calm = known & (target == 0) & ((toxic == 0) | (label in LABELS_OF_TOPIC))
        hold = _hold(probabilities[:, column], calm, held_out, label)
        usual = known & ~ours  # how often our templates are abusive says nothing of readers
        reject = _reject(probabilities[usual, column], target[usual] > 0)
        solved[label] = DefaultThresholds(
            hold=hold, reject=None if reject is None else max(reject, hold)
        )
    return solved


def _hold(scores: Floats, calm: Mask, held_out: Dataset, label: Label) -> float:
    ours = np.array(held_out.sources) == SOURCE
    languages = np.array([language.value for language in held_out.languages])
    limits = [
        threshold_at(scores[part], false_positives=allowed)
        for language in np.unique(languages[calm])
        for part, allowed in (
            (calm & ~ours & (languages == language), _allowed(label, Language(language))),
            (calm & ours & (languages == language), OWN_CALM_HELD.get(label, 1.0)),
        )
        if part.sum() >= CALM_MIN
    ]
    lowest = HOLD_MIN_OF_TOXICITY if label is Label.TOXICITY else lowest_hold(label)
    return round(min(max([lowest, *limits]), HOLD_MAX), 3)


def lowest_hold(label: Label) -> float:
    """Return the lowest probability from which a label may hold, however rare calm texts are."""
    if label is Label.SPAM:
        return HOLD_MIN_OF_SPAM
    return HOLD_MIN_OF_ADDED if label in ADD_TO_TOXICITY else HOLD_MIN


def _allowed(label: Label, language: Language) -> float:
    allowed = CALM_HELD.get(label, CALM_HELD_BY_OTHERS)
    return min(allowed, PLAIN_HELD) if language in PLAIN_REVIEWS else allowed


def _reject(scores: Floats, truths: Mask) -> float | None:
    solution = solve(DEFAULT_REJECT, scores.tolist(), truths.tolist())
    return None if solution is None else round(min(solution.threshold + 0.0005, 1.0), 3)


def as_plain(defaults: Defaults) -> dict[str, dict[str, float | None]]:
    """Return what JSON can hold; ``from_plain`` reads it back."""
    return {label.value: {"hold": d.hold, "reject": d.reject} for label, d in defaults.items()}


def from_plain(stored: Mapping[str, Mapping[str, float | None]]) -> Defaults:
    """Read what an artifact's ``training["thresholds"]`` holds.

    Raises:
        ValueError: a label is unknown here, or has no hold threshold.
    """
    found = {}
    for name, limits in stored.items():
        hold = limits.get("hold")
        if hold is None:
            raise ValueError(f"{name} has no hold threshold")
        found[Label(name)] = DefaultThresholds(hold=hold, reject=limits.get("reject"))
    return found
