"""The parts of the card that tell how a model judges: tiers, labels, calibration, thresholds."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np

from ml.artifact import ModelInfo
from ml.calibrating import LEANING_ON_SIBLINGS, POSITIVES_TO_CALIBRATE, stated_prevalence
from ml.dataset import LABELS
from ml.defaults import (
    CALM_HELD,
    CALM_HELD_BY_OTHERS,
    HOLD_MAX,
    HOLD_MIN,
    HOLD_MIN_OF_ADDED,
    HOLD_MIN_OF_SPAM,
    HOLD_MIN_OF_TOXICITY,
    KEY,
    OWN_CALM_HELD,
    PLAIN_HELD,
    ByLanguage,
    DefaultThresholds,
    from_plain,
)
from ml.labels import DEFINITIONS, Label, Language
from ml.language import LANGUAGES
from ml.referral import USUAL_SIZE
from ml.second_tier import SecondTier
from ml.train import AREA_TO_SUPPORT, NEGATIVES_TO_SUPPORT, POSITIVES_TO_SUPPORT, TIERS

SPOKEN = [language for language in Language if language is not Language.OTHER]
HEADS = " | ".join(SPOKEN)
RULES = " --- |" * len(SPOKEN)

CALIBRATED = f"""\
Of texts with a score of .9, nine in ten have the label, where it is as common as where the score
was calibrated; where it is rarer, fewer have it. A language whose corpora hold
{POSITIVES_TO_CALIBRATE} positives of a label on the calibration side is calibrated on them as they
come (see the prevalences beside the calibration errors below, which are those of the test side).
Elsewhere the corpora give the texts without the label, our own sentences those with it, and the
label is taken to be as common as this table says. Calm Uzbek and Kazakh texts are reviews of shops
and apps, of which fewer are abusive:
"""

LEANINGS = f"""
Of what is referred, the logit is a sum of two: what both tiers say together, and what the first
says alone. So far each counts. The second is believed less for a label that the first alone ranks
better on texts not learned from, and in {" and ".join(LEANING_ON_SIBLINGS)}, where nobody has
labelled comments: what calibrates it there are siblings of our own sentences that taught its
encoder, of which it is surer than of others.
"""


def made_of(info: ModelInfo) -> str:
    """Say in a paragraph what kind of model this is."""
    rule = info.training.get(TIERS)
    own = info.training.get("params", {}).get("own_tables", [])
    shared = (
        f"texts in {listed(own)} are judged by weights learned from their own language alone,"
        " others by weights that all texts taught."
        if own
        else "all languages share one table of weights."
    )
    first = "Two tiers. The first is" if rule else "One tier:"
    second = (
        "It settles what is clear in a fraction of a millisecond. What it leaves unclear goes to"
        f" the second, if its encoder is installed: {_encoder(rule)}, stacked with the first tier's"
        " logits in one more logistic regression per label. "
        if rule
        else ""
    )
    return fill(
        f"{first} a linear model over hashed character and word n-grams of normalised text, one"
        f" logistic regression per label, calibrated per label and language; {shared} {second}The"
        " model gives probabilities; what is done with them is the site's policy. It reads one"
        " comment at a time and knows nothing of article, thread or author.",
        width=100,
        break_on_hyphens=False,
    )


def _encoder(rule: Mapping[str, Any]) -> str:
    name = str(rule["encoder"])
    known = "multilingual-e5-small, whose lower layers were adapted to judge comments"
    return known if name.startswith("e5-small:") else f"`{name}`"


def tiers(info: ModelInfo, second: SecondTier | None) -> Iterator[str]:
    """Say which texts go to the second tier, and how far it is believed."""
    yield "## Which tier judges\n"
    rule = info.training.get(TIERS)
    if rule is None:
        yield "The first tier judges alone."
        return
    yield "A text goes to the second tier if its highest score lies between the language's lower"
    yield f"bound (of a text of {USUAL_SIZE} n-grams; lower for longer ones, higher for shorter)"
    yield f"and {rule['high']:.3f}. Its encoder is `{rule['encoder']}`; with another one, or"
    yield "none, the first tier judges alone. What the first tier judges is explained exactly; what"
    yield "the second does, by leaving pieces out. On the calibration side:\n"
    yield "| language | lower bound | ordinary calm texts referred | toxic texts referred |"
    yield "| --- | --- | --- | --- |"
    measured = rule["languages"]
    for language in SPOKEN:
        if language in measured:
            one = measured[language]
            shares = f"{one['calm_referred']:.1%} | {one['toxic_referred']:.1%}"
            yield f"| {language} | {one['low']:.3f} | {shares} |"
        elif second is not None:
            low = second.rule.lows[LANGUAGES.index(language)]
            yield f"| {language} | {low:.3f} | – | – |"
    silent = [language for language in SPOKEN if language not in measured]
    if silent:
        yield f"\nOf {listed(silent)} no shares are told: the calibration side holds no toxic texts"
        yield "there (or no ordinary calm ones). The bound comes from what calm texts there are."
    if second is not None:
        yield from _leanings(second)


def _leanings(second: SecondTier) -> Iterator[str]:
    yield LEANINGS
    yield "| language | both tiers together | the first alone |"
    yield "| --- | --- | --- |"
    for language in SPOKEN:
        both, first = second.leanings_[:2, LANGUAGES.index(language)]
        yield f"| {language} | {_by_label(both)} | {_by_label(first)} |"


def _by_label(shares: Sequence[float]) -> str:
    """Return the share that all labels have, or that of each."""
    if np.ptp(shares) == 0:
        return f"{shares[0]:g}"
    return ", ".join(f"{label} {share:g}" for label, share in zip(LABELS, shares, strict=True))


def supported(info: ModelInfo) -> Iterator[str]:
    """Say which labels are judged in which language."""
    yield "## Labels and languages\n"
    yield f"A label is scored only where {POSITIVES_TO_SUPPORT} texts with it and"
    yield f"{NEGATIVES_TO_SUPPORT} without were there to learn from, and where on texts not"
    yield f"learned from a positive scores above a negative in {AREA_TO_SUPPORT:.0%} of pairs."
    yield "Elsewhere it has no score, rather than a guess.\n"
    yield f"| label | means | {HEADS} |"
    yield f"| --- | --- |{RULES}"
    for label in Label:
        marks = ("yes" if info.supports(label, language) else "–" for language in SPOKEN)
        yield f"| {label} | {DEFINITIONS[label]} | " + " | ".join(marks) + " |"


def prevalences() -> Iterator[str]:
    """Say for which shares of abusive texts the scores are calibrated."""
    yield "## What a score means\n"
    yield CALIBRATED
    yield f"| label | {HEADS} |"
    yield f"| --- |{RULES}"
    for label in Label:
        shares = (f"{stated_prevalence(label, language):.1%}" for language in SPOKEN)
        yield f"| {label} | " + " | ".join(shares) + " |"


def thresholds(info: ModelInfo) -> Iterator[str]:
    """Say from which scores a new site holds and rejects."""
    ours = ", ".join(f"{share:.1%} for {label}" for label, share in OWN_CALM_HELD.items())
    yield "## Default thresholds\n"
    yield "Solved on the calibration side, in each language by itself. *Hold*: at most this share"
    yield f"of calm texts is held for the label, of Uzbek and Kazakh reviews {PLAIN_HELD:.2%};"
    yield f"of our own calm hard sentences {ours}. Never below {HOLD_MIN}"
    yield f"({_each(HOLD_MIN_OF_TOXICITY)} for toxicity, {_each(HOLD_MIN_OF_ADDED)} for what"
    yield f"adds to it, {_each(HOLD_MIN_OF_SPAM)} for spam) nor above {_each(HOLD_MAX)}."
    yield "*Reject*: at least"
    yield "97 of 100 would be rejected, by an exact one-sided bound at 95 %; a dash where the data"
    yield "cannot show it. What a language has too few texts to show is taken from all languages"
    yield "together; texts in other languages go by what the worst of these demands. Obscenity"
    yield "holds nothing by itself: a site decides whether it minds swearing.\n"
    yield "Each cell: *hold from* / *reject from*.\n"
    yield f"| label | calm held at most | other | {HEADS} |"
    yield f"| --- | --- | --- |{RULES}"
    for label, limit in from_plain(info.training[KEY]).items():
        allowed = CALM_HELD.get(label, CALM_HELD_BY_OTHERS)
        cells = (
            _pair(limit.of(language)) if info.supports(label, language) else "–"
            for language in SPOKEN
        )
        yield f"| {label} | {allowed:.1%} | {_pair(limit)} | " + " | ".join(cells) + " |"


def _each(limits: ByLanguage) -> str:
    """Return the number that all languages have, or that of each."""
    spoken = {limits[language] for language in SPOKEN}
    if len(spoken) == 1:
        return f"{spoken.pop():g}"
    return ", ".join(f"{limits[language]:g} in {language}" for language in SPOKEN)


def _pair(limit: DefaultThresholds) -> str:
    reject = "–" if limit.reject is None else f"{limit.reject:.3f}"
    return f"{limit.hold:.3f} / {reject}"


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return names as a sentence lists them: ``ru, uz and kk``."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
