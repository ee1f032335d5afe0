"""How good the model is: by label, language, source and group, with intervals, and on our suites.

A report is plain values: the card, its plots and the page of worst errors are drawn from the same
one. It holds no text of a corpus.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.defaults import Defaults
from ml.labelled_scores import LabelledScores, Scored
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.metrics import Estimate, Metric, measure, roc_auc
from ml.predict import Predictor
from ml.suites import blind
from ml.suites import load as suites
from ml.suites.load import Case, Expected, Suite

POSITIVES_MIN, NEGATIVES_MIN = 10, 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says of some texts.

    Attributes:
        scores: probabilities, shape (n, number of labels) in the order of ``Label``.
        languages: what it takes each text to be written in, whose thresholds it then goes by.
    """

    scores: Floats
    languages: Sequence[Language]

    def of(self, label: Label) -> Floats:
        """Return one label's scores, shape (n,)."""
        return self.scores[:, LABELS.index(label)]


Score = Callable[[Sequence[str]], Judged]


def judge(predictor: Predictor, texts: Sequence[str]) -> Judged:
    """Judge as the service does: a label that a text's language does not support counts as 0."""
    found = predictor.predict(list(texts))
    rows = [[one.scores.get(label, 0.0) for label in LABELS] for one in found]
    return Judged(
        np.array(rows, np.float64).reshape(len(rows), len(LABELS)),
        [one.language for one in found],
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """One label measured on one part of the data: all of it, a language, a source."""

    label: Label
    by: str
    name: str
    texts: int
    positives: int
    metrics: Mapping[Metric, Estimate]


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """How one suite went in one language, at the hold thresholds.

    ``caught`` is the share of abusive cases that are held, ``held_wrongly`` that of innocent ones;
    None where the suite has none of the kind.
    """

    suite: Suite
    language: Language
    part: str
    cases: int
    accuracy: float
    caught: float | None
    held_wrongly: float | None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """How an identity group fares: AUCs of Borkan et al. 2019 and its false positives.

    ``subgroup_auc`` is within the group; ``bpsn_auc`` sets the group's innocent sentences against
    other groups' hostile ones (low: the group is taken for abuse); ``bnsp_auc`` the other way
    round. ``false_positives`` is the share of its innocent sentences that are held.
    """

    language: Language
    group: str
    subgroup_auc: float
    bpsn_auc: float
    bnsp_auc: float
    false_positives: float
    caught: float


@dataclass(frozen=True, slots=True)
class BlindResult:
    """How the blind set went in one language, or in one kind of its sentences."""

    language: Language
    kind: str
    cases: int
    accuracy: float
    caught: float | None
    held_wrongly: float | None
    roc_auc: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured of one model version."""

    version: str
    seed: int
    slices: Sequence[Slice]
    suites: Sequence[SuiteResult]
    groups: Sequence[GroupResult]
    suites_digest: str
    thresholds: Defaults
    blind: Sequence[BlindResult] = ()
    blind_digest: str = ""


def evaluate(
    score: Score,
    test: Dataset,
    thresholds: Defaults,
    *,
    seed: int,
    version: str,
    with_blind: bool = False,
) -> Report:
    """Measure the model on texts that it never saw and on every suite in the package.

    The blind set is measured only where asked for: once, when a model is finished.
    """
    cases = {suite: suites.load(suite) for suite in Suite}
    return Report(
        version=version,
        seed=seed,
        slices=list(by_slices(test, score(test.texts).scores, seed=seed)),
        suites=[
            result
            for suite, found in cases.items()
            for result in suite_results(suite, found, _held(score, found, thresholds))
        ],
        groups=group_results(cases[Suite.IDENTITY], score, thresholds),
        suites_digest=suites.digest(),
        thresholds=thresholds,
        blind=blind_results(score, thresholds) if with_blind else (),
        blind_digest=blind.digest() if with_blind else "",
    )


def blind_results(score: Score, thresholds: Defaults) -> Sequence[BlindResult]:
    """Measure the blind set by language, then by kind of sentence."""
    cases = blind.load()
    judged = score([case.text for case in cases])
    held, toxicity = holds(judged, thresholds), judged.of(Label.TOXICITY)
    abusive = np.array([case.expected is Expected.ABUSIVE for case in cases], bool)
    results = []
    for language, kind in sorted({(c.language, k) for c in cases for k in ("all", c.kind)}):
        rows = [
            i for i, c in enumerate(cases) if c.language is language and kind in ("all", c.kind)
        ]
        flagged, truth = held[rows], abusive[rows]
        both = bool(truth.any() and not truth.all())
        results.append(
            BlindResult(
                language=language,
                kind=kind,
                cases=len(rows),
                accuracy=float((flagged == truth).mean()),
                caught=float(flagged[truth].mean()) if truth.any() else None,
                held_wrongly=float(flagged[~truth].mean()) if not truth.all() else None,
                roc_auc=roc_auc(toxicity[rows], truth) if both else None,
            )
        )
    return results


LABELLED_SCORES_MAX = 4000


def labelled(
    scores: Floats,
    test: Dataset,
    supported: Mapping[Label, Sequence[Language]],
    *,
    version: str,
    seed: int,
) -> LabelledScores:
    """Return scores beside truths, for those who solve operating points: a draw, without texts."""
    draws = np.random.default_rng(seed)
    spoken = np.array([language.value for language in test.languages])
    by_label: dict[Label, dict[Language, Scored]] = {}
    for column, label in enumerate(LABELS):
        target = test.target(label)
        for language in supported.get(label, ()):
            rows = np.flatnonzero(~np.isnan(target) & (spoken == language.value))
            rows = np.sort(draws.permutation(rows)[:LABELLED_SCORES_MAX])
            if len(rows):
                by_label.setdefault(label, {})[language] = Scored(
                    tuple(scores[rows, column].tolist()), tuple((target[rows] > 0).tolist())
                )
    return LabelledScores(version, by_label)


def by_slices(test: Dataset, probabilities: Floats, *, seed: int) -> Iterable[Slice]:
    """Measure each label on all texts that know it, then by language and by source."""
    parts = {
        "all": ["all"] * len(test),
        "language": list(map(str, test.languages)),
        "source": list(test.sources),
    }
    for column, label in enumerate(LABELS):
        truths = test.target(label)
        for by, names in parts.items():
            keys = np.array(names)
            for name in sorted(set(names)):
                mask = ~np.isnan(truths) & (keys == name)
                positives = int((truths[mask] > 0).sum())
                if positives < POSITIVES_MIN or mask.sum() - positives < NEGATIVES_MIN:
                    continue
                measured = measure(probabilities[mask, column], truths[mask] > 0, seed=seed)
                yield Slice(label, by, name, int(mask.sum()), positives, measured)


def holds(judged: Judged, thresholds: Defaults) -> Mask:
    """Tell which texts reach the hold threshold of at least one label in their language."""
    return np.asarray((judged.scores >= limits(judged.languages, thresholds)).any(axis=1), np.bool_)


def limits(languages: Sequence[Language], thresholds: Defaults) -> Floats:
    """Return from which probability each text is held for each label, infinite for never.

    The shape is (n, number of labels).
    """
    table = np.full((len(LANGUAGES), len(LABELS)), np.inf)
    for label, limit in thresholds.items():
        table[:, LABELS.index(label)] = [limit.of(language).hold for language in LANGUAGES]
    return table[np.array([LANGUAGES.index(language) for language in languages], np.intp)]


def _held(score: Score, cases: Sequence[Case], thresholds: Defaults) -> Mask:
    return holds(score([case.text for case in cases]), thresholds)


def suite_results(suite: Suite, cases: Sequence[Case], held: Mask) -> Iterable[SuiteResult]:
    """Count by language, then by language and functionality."""
    rows: dict[tuple[Language, str], list[int]] = defaultdict(list)
    for row, case in enumerate(cases):
        rows[case.language, "all"].append(row)
        rows[case.language, case.functionality].append(row)
    abusive = np.array([case.expected is Expected.ABUSIVE for case in cases], bool)
    for (language, part), indices in sorted(rows.items()):
        flagged, truth = held[indices], abusive[indices]
        yield SuiteResult(
            suite=suite,
            language=language,
            part=part,
            cases=len(indices),
            accuracy=float((flagged == truth).mean()),
            caught=float(flagged[truth].mean()) if truth.any() else None,
            held_wrongly=float(flagged[~truth].mean()) if (~truth).any() else None,
        )


def group_results(
    cases: Sequence[Case], score: Score, thresholds: Defaults
) -> Sequence[GroupResult]:
    """Measure each identity group within its language."""
    judged = score([case.text for case in cases])
    held, toxicity = holds(judged, thresholds), judged.of(Label.TOXICITY)
    languages = np.array([case.language.value for case in cases])
    groups = np.array([case.group or "" for case in cases])
    abusive = np.array([case.expected is Expected.ABUSIVE for case in cases], bool)
    results = []
    for language, group in sorted({(c.language, c.group) for c in cases if c.group is not None}):
        spoken = languages == language.value
        inside, outside = spoken & (groups == group), spoken & (groups != group)
        if not (abusive[inside].any() and (~abusive[inside]).any()):
            continue
        results.append(
            GroupResult(
                language=language,
                group=group,
                subgroup_auc=_auc(toxicity, inside & abusive, inside & ~abusive),
                bpsn_auc=_auc(toxicity, outside & abusive, inside & ~abusive),
                bnsp_auc=_auc(toxicity, inside & abusive, outside & ~abusive),
                false_positives=float(held[inside & ~abusive].mean()),
                caught=float(held[inside & abusive].mean()),
            )
        )
    return results


def _auc(scores: Floats, positives: Mask, negatives: Mask) -> float:
    """Return the chance that a positive scores above a negative; 0.5 where there is no pair."""
    yes, no = scores[positives], np.sort(scores[negatives])
    if not len(yes) or not len(no):
        return 0.5
    below = np.searchsorted(no, yes, "left") + np.searchsorted(no, yes, "right")
    return float(below.mean() / (2 * len(no)))
