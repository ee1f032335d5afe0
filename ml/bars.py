"""What the model is wanted to reach, and what it does reach on texts it never saw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml import unseen
from ml.corpora import CorporaMissing, Corpus, named
from ml.dataset import Dataset, Floats, Mask, from_examples, key_of, mask_personal_data
from ml.defaults import Defaults
from ml.evaluate import Judged, Score, holds
from ml.labels import Label, Language
from ml.metrics import Metric, measure, roc_auc, threshold_at
from ml.readers_english import unanimous_civil_comments
from ml.suites.load import Case, Expected, Suite, load

EN, RU, UZ, KK = Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH
CALM_DISCUSSION = ("wiki_talk", "gab_hate", "stormfront")


@dataclass(frozen=True, slots=True)
class Bar:
    """One wish and its outcome; ``wanted`` is a lower bound unless ``less_is_better``.

    ``left_out`` counts the texts that were not measured, since a corpus that trains holds them too.
    """

    what: str
    wanted: float
    reached: float
    texts: int
    less_is_better: bool = False
    left_out: int = 0

    @property
    def is_met(self) -> bool:
        if self.less_is_better:
            return self.reached <= self.wanted
        return self.reached >= self.wanted


@dataclass(frozen=True, slots=True)
class Wish:
    """A bar that is not measured here, and why."""

    what: str
    wanted: str
    why: str


NOT_MEASURED = (
    Wish(
        "English, hostile among ordinary news comments (an outside suite): ROC-AUC",
        "≥ 0.84",
        "the suite is not at hand",
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Texts, what the model says of them, and what the corpora do."""

    data: Dataset
    judged: Judged

    def known(self, label: Label, **parts: str) -> tuple[Floats, Mask]:
        """Return scores and truths of one label where it is known, in one source or language."""
        target = self.data.target(label)
        mask = ~np.isnan(target)
        if "source" in parts:
            mask &= np.array([source == parts["source"] for source in self.data.sources], bool)
        if "language" in parts:
            mask &= np.array([one == parts["language"] for one in self.data.languages], bool)
        return self.judged.of(label)[mask], target[mask] > 0


def measure_bars(
    score: Score, test: Dataset, thresholds: Defaults, root: Path, *, seed: int
) -> Sequence[Bar]:
    """Measure every bar for which there are texts.

    Args:
        score: tells what the model says of texts.
        test: texts of the corpora that the model never saw.
        thresholds: from which each label holds.
        root: folder of the corpora, for the sets that only check.
        seed: of the bootstrap, whose intervals are not used here.
    """
    measured = Measured(test, score(test.texts))
    return [
        *_on_corpora(measured, seed),
        *_on_news(measured, root),
        *_on_clean_text(measured, thresholds),
        *_on_sets_for_checks(score, thresholds, root),
        *_on_suites(score, thresholds),
    ]


def _on_corpora(measured: Measured, seed: int) -> Iterator[Bar]:
    wanted: Sequence[tuple[str, Label, Mapping[str, str], Metric, float]] = (
        ("Jigsaw", Label.TOXICITY, {"source": "jigsaw_multilabel"}, Metric.ROC_AUC, 0.983),
        ("Jigsaw", Label.TOXICITY, {"source": "jigsaw_multilabel"}, Metric.PR_AUC, 0.945),
        ("news", Label.THREAT, {"source": "civil_comments"}, Metric.ROC_AUC, 0.95),
        ("news", Label.IDENTITY_ATTACK, {"source": "civil_comments"}, Metric.ROC_AUC, 0.86),
        ("Russian rewrites", Label.TOXICITY, {"source": "russe_detox"}, Metric.ROC_AUC, 0.985),
        ("VK", Label.TOXICITY, {"source": "vk_distorted"}, Metric.ROC_AUC, 0.88),
        ("English", Label.TOXICITY, {"language": "en"}, Metric.CALIBRATION_ERROR, 0.03),
        ("Russian", Label.TOXICITY, {"language": "ru"}, Metric.CALIBRATION_ERROR, 0.03),
    )
    for where, label, part, metric, bar in wanted:
        scores, truths = measured.known(label, **part)
        if truths.any() and not truths.all():
            value = measure(scores, truths, seed=seed, rounds=1)[metric].value
            less = metric is Metric.CALIBRATION_ERROR
            yield Bar(f"{where}, {label}: {_NAMES[metric]}", bar, value, len(truths), less)
    for source, bar in (("youtube_spam", 0.95), ("telegram_spam", 0.80)):
        scores, truths = measured.known(Label.SPAM, source=source)
        if truths.any() and not truths.all():
            limit = threshold_at(scores[~truths], false_positives=0.01)
            reached = float((scores[truths] >= limit).mean())
            yield Bar(f"{source}: recall at 1 % false positives", bar, reached, len(truths))


_NAMES = {
    Metric.ROC_AUC: "ROC-AUC",
    Metric.PR_AUC: "PR-AUC",
    Metric.CALIBRATION_ERROR: "calibration error",
}


def _on_news(measured: Measured, root: Path) -> Iterator[Bar]:
    """Recall on news comments that every rater found toxic, where 5 % of calm texts are flagged.

    The corpora hold no calm news comments (those of Civil Comments were all found toxic by half of
    their first raters), so calm is other ordinary discussion.
    """
    corpus = named("civil_comments")
    try:
        unanimous = unanimous_civil_comments(root / corpus.folder)
    except FileNotFoundError:
        return
    keys = {key_of(mask_personal_data(text).strip()) for text in unanimous}
    toxicity = measured.judged.of(Label.TOXICITY)
    target = measured.data.target(Label.TOXICITY)
    sources = np.array(measured.data.sources)
    agreed = np.array([key_of(text) in keys for text in measured.data.texts], bool)
    agreed &= sources == corpus.name
    for source in CALM_DISCUSSION:
        calm = (sources == source) & (target == 0)
        if agreed.any() and calm.any():
            limit = threshold_at(toxicity[calm], false_positives=0.05)
            reached = float((toxicity[agreed] >= limit).mean())
            what = f"news comments all found toxic: recall where 5 % of calm {source} is flagged"
            yield Bar(what, 0.87, reached, int(agreed.sum()))


def _on_clean_text(measured: Measured, thresholds: Defaults) -> Iterator[Bar]:
    held = holds(measured.judged, thresholds)
    target = measured.data.target(Label.TOXICITY)
    for language in (KK, UZ):
        calm = np.array([one is language for one in measured.data.languages], bool) & (target == 0)
        if calm.any():
            what = f"plain reviews held, {language}"
            yield Bar(what, 0.005, float(held[calm].mean()), int(calm.sum()), less_is_better=True)


SETS_FOR_CHECKS = ("russian_forums", "uzbek_news_sentences")


def _on_sets_for_checks(score: Score, thresholds: Defaults, root: Path) -> Iterator[Bar]:
    taught = unseen.taught(root)
    for name in SETS_FOR_CHECKS:
        try:
            yield on_set_for_checks(named(name), taught, score, thresholds, root)
        except CorporaMissing:
            continue


def on_set_for_checks(
    corpus: Corpus, taught: frozenset[str], score: Score, thresholds: Defaults, root: Path
) -> Bar:
    """Measure a set that never trains, without the texts that a corpus that trains holds as well.

    Args:
        corpus: the set, some of it toxic or all of it calm.
        taught: the keys of what is left out.
        score: tells what the model says of texts.
        thresholds: from which each label holds.
        root: folder of the corpora.

    Raises:
        CorporaMissing: the set is not there.
    """
    everything = from_examples(corpus.examples(root), source=corpus.name, language=corpus.language)
    data = everything.where(unseen.never_taught(everything, taught))
    judged, left_out = score(data.texts), len(everything) - len(data)
    truths = data.target(Label.TOXICITY) > 0
    if truths.any():
        value = roc_auc(judged.of(Label.TOXICITY), truths)
        what = "Russian forums, texts that no corpus that trains holds: ROC-AUC"
        return Bar(what, 0.94, value, len(data), left_out=left_out)
    held = float(holds(judged, thresholds).mean())
    what = "Uzbek news sentences held"
    return Bar(what, 0.005, held, len(data), less_is_better=True, left_out=left_out)


def _on_suites(score: Score, thresholds: Defaults) -> Iterator[Bar]:
    by_suite = {suite: load(suite) for suite in Suite}
    judged = {suite: score([case.text for case in found]) for suite, found in by_suite.items()}
    held = {suite: holds(found, thresholds) for suite, found in judged.items()}

    def of(suite: Suite, *, abusive: bool | None = None, language: Language | None = None) -> Mask:
        return np.array([_is(case, abusive, language) for case in by_suite[suite]], bool)

    abusive = of(Suite.FUNCTIONAL, abusive=True)
    right = held[Suite.FUNCTIONAL] == abusive
    english = of(Suite.FUNCTIONAL, language=EN)
    yield Bar(
        "functional cases, en: accuracy", 0.72, float(right[english].mean()), int(english.sum())
    )
    for language, bar in ((EN, 0.02), (RU, 0.04)):
        mask = of(Suite.IDENTITY, abusive=False, language=language)
        flagged = float(held[Suite.IDENTITY][mask].mean())
        what = f"neutral and positive identity sentences held, {language}"
        yield Bar(what, bar, flagged, int(mask.sum()), less_is_better=True)
    for language in (EN, RU, UZ, KK):
        mask = of(Suite.MUST_PASS, language=language)
        flagged = float(held[Suite.MUST_PASS][mask].mean())
        what = f"must-pass sentences held, {language}"
        yield Bar(what, 0.0, flagged, int(mask.sum()), less_is_better=True)
    caught = held[Suite.DISGUISES]
    yield Bar("disguised insults held", 0.90, float(caught.mean()), len(caught))
    innocent = held[Suite.DISGUISES_INNOCENT]
    what = "innocents that look disguised held"
    yield Bar(what, 0.01, float(innocent.mean()), len(innocent), less_is_better=True)
    toxicity = judged[Suite.ABUSIVE_KK_UZ].of(Label.TOXICITY)
    for language in (KK, UZ):
        yes = of(Suite.ABUSIVE_KK_UZ, abusive=True, language=language)
        no = of(Suite.ABUSIVE_KK_UZ, abusive=False, language=language)
        limit = threshold_at(toxicity[no], false_positives=0.02)
        reached = float((toxicity[yes] >= limit).mean())
        yield Bar(f"abusive sentences, {language}: recall at 2 %", 0.75, reached, int(yes.sum()))


def _is(case: Case, abusive: bool | None, language: Language | None) -> bool:  # noqa: FBT001
    said = case.expected is Expected.ABUSIVE
    return (abusive is None or said == abusive) and (language is None or case.language is language)
