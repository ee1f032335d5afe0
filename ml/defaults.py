"""The thresholds that a new site starts with: solved once, on texts that were not learned from.

They travel inside the artifact (``ModelInfo.training["thresholds"]``) and stand in the card, so
that a policy made from them always belongs to the model that scores. Each language is solved by
itself; texts in a language that is not known go by what the worst of them demands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ml.augment import SOURCE
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.labels import Label, Language
from ml.metrics import threshold_at
from ml.thresholds import DEFAULT_REJECT, solve

ByLanguage = Mapping[Language, float]
Strings = NDArray[np.str_]

# The share of calm texts that each label may send to a person, in each language.
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
HOLD_MIN = 0.5
HOLD_MAX: ByLanguage = dict.fromkeys(Language, 0.9)
# Spam is told apart so well that even what is three times as likely no spam is worth a look: the
# limits that calm texts of each language set lie between .01 and .33.
HOLD_MIN_OF_SPAM: ByLanguage = dict.fromkeys(Language, 0.25)
# What these find is mostly held for toxicity already; alone, they hold what they are surest of. Of
# our calm identity sentences nearly all that were held wrongly were held for one of them alone, and
# from .9 on, as many of the hostile ones are held as from .75.
ADD_TO_TOXICITY = frozenset(
    {Label.INSULT, Label.THREAT, Label.IDENTITY_ATTACK, Label.SEVERE_TOXICITY}
)
HOLD_MIN_OF_ADDED: ByLanguage = dict.fromkeys(Language, 0.9)
# Our calm sentences that calibrate have siblings among those that teach. Of the suites' ones, which
# have none, three times the allowed share is held at the limit that the siblings set. Of Russian
# sentences about peoples more are held wrongly than of others, in Kazakh as few from .7 as from .8;
# in Uzbek, .65 keeps what is held of news below one in two hundred.
HOLD_MIN_OF_TOXICITY: ByLanguage = {
    **dict.fromkeys(Language, 0.8),
    Language.RUSSIAN: 0.88,
    Language.KAZAKH: 0.7,
    Language.UZBEK: 0.65,
}
CALM_MIN = 200
KEY = "thresholds"


@dataclass(frozen=True, slots=True)
class DefaultThresholds:
    """From which probability a comment is held, and from which it is rejected without a person.

    ``reject`` is None where the data could not show that 97 of 100 would be rejected. ``languages``
    holds those that have thresholds of their own.
    """

    hold: float
    reject: float | None
    languages: Mapping[Language, "DefaultThresholds"] = field(default_factory=dict)

    def of(self, language: Language) -> "DefaultThresholds":
        """Return those of a language, which are these unless it has its own."""
        return self.languages.get(language, self)


Defaults = Mapping[Label, DefaultThresholds]


class PlainThresholds(TypedDict, total=False):
    """What an artifact holds of one label, as JSON."""

    hold: float
    reject: float | None
    languages: Mapping[str, "PlainThresholds"]


def solve_defaults(
    probabilities: Floats, held_out: Dataset, supported: Mapping[Label, tuple[Language, ...]]
) -> Defaults:
    """Solve both thresholds of every label that is supported in some language.

    Args:
        probabilities: shape (n, number of labels), of the texts in ``held_out``.
        held_out: texts that the model was not fitted on.
        supported: the languages of each label.
    """
    return {
        label: _solved(_column_of(label, probabilities, held_out), supported[label])
        for label in LABELS
        if supported[label] and label not in LEFT_TO_THE_SITE
    }


@dataclass(frozen=True, slots=True)
class _Column:
    """One label's scores; all columns and masks have shape (n,).

    ``calm`` are the texts whose holding is a false alarm, ``usual`` those not of our own writing.
    """

    label: Label
    scores: Floats
    truths: Mask
    known: Mask
    calm: Mask
    usual: Mask
    languages: Strings

    def calm_in(self, language: Language) -> tuple[Floats, Floats]:
        """Return the scores of what readers wrote calmly in a language, and of what we did."""
        calm = self.calm & (self.languages == language.value)
        return self.scores[calm & self.usual], self.scores[calm & ~self.usual]


def _column_of(label: Label, probabilities: Floats, held_out: Dataset) -> _Column:
    target, toxic = held_out.target(label), held_out.target(Label.TOXICITY)
    return _Column(
        label,
        probabilities[:, LABELS.index(label)],
        truths=target > 0,
        known=~np.isnan(target),
        # Rude texts without this label are held anyhow: false alarms are those among calm ones.
        calm=(target == 0) & ((toxic == 0) | (label in LABELS_OF_TOPIC)),
        usual=np.array(held_out.sources) != SOURCE,
        languages=np.array([language.value for language in held_out.languages]),
    )


def _solved(column: _Column, supported: tuple[Language, ...]) -> DefaultThresholds:
    hold = max(_hold(column, language) for language in supported)
    reject = _reject(column, supported)
    shown = {language: _reject(column, (language,)) for language in supported}
    if reject is not None:
        # What a language cannot show by itself is taken from the worst that was shown.
        reject = max(reject, *(each or 0.0 for each in shown.values()))
    own = {
        language: _in_order(
            _hold(column, language) if len(column.calm_in(language)[0]) >= CALM_MIN else hold,
            reject if shown[language] is None else shown[language],
        )
        for language in supported
    }
    for_all = _in_order(hold, reject)
    return DefaultThresholds(
        for_all.hold,
        for_all.reject,
        {language: each for language, each in own.items() if each != for_all},
    )


def _in_order(hold: float, reject: float | None) -> DefaultThresholds:
    return DefaultThresholds(hold, None if reject is None else max(reject, hold))


def _hold(column: _Column, language: Language) -> float:
    lowest = (
        HOLD_MIN_OF_TOXICITY[language]
        if column.label is Label.TOXICITY
        else lowest_hold(column.label, language)
    )
    limits = _limits(column, language)
    return round(min(max([lowest, *limits]), HOLD_MAX[language]), 3)


def _limits(column: _Column, language: Language) -> Iterator[float]:
    allowed = _allowed(column.label, language), OWN_CALM_HELD.get(column.label, 1.0)
    for scores, share in zip(column.calm_in(language), allowed, strict=True):
        if len(scores) >= CALM_MIN:
            yield threshold_at(scores, false_positives=share)


def lowest_hold(label: Label, language: Language) -> float:
    """Return the lowest probability from which a label may hold, however rare calm texts are."""
    if label is Label.SPAM:
        return HOLD_MIN_OF_SPAM[language]
    return HOLD_MIN_OF_ADDED[language] if label in ADD_TO_TOXICITY else HOLD_MIN


def _allowed(label: Label, language: Language) -> float:
    allowed = CALM_HELD.get(label, CALM_HELD_BY_OTHERS)
    return min(allowed, PLAIN_HELD) if language in PLAIN_REVIEWS else allowed


def _reject(column: _Column, languages: tuple[Language, ...]) -> float | None:
    # How often our templates are abusive says nothing of readers.
    rows = column.known & column.usual & np.isin(column.languages, [one.value for one in languages])
    solution = solve(DEFAULT_REJECT, column.scores[rows].tolist(), column.truths[rows].tolist())
    return None if solution is None else round(min(solution.threshold + 0.0005, 1.0), 3)


def as_plain(defaults: Defaults) -> dict[str, PlainThresholds]:
    """Return what JSON can hold; ``from_plain`` reads it back."""
    return {label.value: _as_plain(limits) for label, limits in defaults.items()}


def _as_plain(limits: DefaultThresholds) -> PlainThresholds:
    plain = PlainThresholds(hold=limits.hold, reject=limits.reject)
    if limits.languages:
        own = limits.languages.items()
        plain["languages"] = {language.value: _as_plain(each) for language, each in own}
    return plain


def from_plain(stored: Mapping[str, PlainThresholds]) -> Defaults:
    """Read what an artifact's ``training["thresholds"]`` holds.

    Raises:
        ValueError: a label or a language is unknown here, or has no hold threshold.
    """
    return {Label(name): _from_plain(name, limits) for name, limits in stored.items()}


def _from_plain(name: str, limits: PlainThresholds) -> DefaultThresholds:
    hold = limits.get("hold")
    if hold is None:
        raise ValueError(f"{name} has no hold threshold")
    own = limits.get("languages", {}).items()
    return DefaultThresholds(
        hold,
        limits.get("reject"),
        {Language(code): _from_plain(f"{name} in {code}", each) for code, each in own},
    )
