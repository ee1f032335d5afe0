"""Champion and challenger on the same frozen texts: what the gate looks at, and a report shows.

Texts are a site's newest decisions and its audit sample, which neither learned from, and the suites
in the package. A label that a model does not support in a text's language counts as 0, as it does
where comments are decided.
"""

import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

import numpy as np

from ml import defaults, duel_stages
from ml.comparison import (
    Bools,
    Difference,
    Measure,
    average_precision,
    calibration_error,
    compare,
    flagged_share,
    harm,
    is_harmful,
    workload,
)
from ml.dataset import Dataset, Floats, Mask
from ml.defaults import Defaults
from ml.evaluate import Judged, holds, judge
from ml.gate_evidence import Compared, Evidence, InLanguage, OfGroup, OnDecisions
from ml.labels import Label, Language
from ml.predict import Predictor
from ml.suites import load as suites
from ml.suites.load import Case, Expected, Suite
from ml.thresholds import DEFAULT_APPROVE, DEFAULT_REJECT

Progress = Callable[[str], None]

_TIMED_TEXTS, _TIMED_ROUNDS = 256, 15
_GROUP_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Contender:
    """A model with the thresholds that it advises."""

    predictor: Predictor
    size: int

    @property
    def thresholds(self) -> Defaults:
        return defaults.from_plain(self.predictor.info.training.get(defaults.KEY, {}))

    def judge(self, texts: Sequence[str]) -> Judged:
        """Judge as the service does."""
        return judge(self.predictor, texts)

    def score(self, texts: Sequence[str]) -> Floats:
        """Return probabilities, shape (n, number of labels), 0 where a label is not supported."""
        return self.judge(texts).scores

    def holds(self, judged: Judged) -> Mask:
        """Tell which of the texts that it has judged it advises to hold."""
        return holds(judged, self.thresholds)


@dataclass(frozen=True, slots=True)
class Contest:
    """Both models on one set of texts; scores have shape (n, number of labels).

    ``held`` tells which texts the champion and the challenger advise to hold.
    """

    data: Dataset
    champion: Floats
    challenger: Floats
    held: tuple[Mask, Mask]

    @property
    def truths(self) -> Bools:
        return is_harmful(self.data.targets)


@dataclass(frozen=True, slots=True)
class Duel:
    """All that was measured."""

    evidence: Evidence
    decisions: Contest
    audit: Contest | None
    thresholds: tuple[Defaults, Defaults]


@dataclass(frozen=True, slots=True)
class Points:
    """The errors that are accepted without a person, at which the workload is measured."""

    reject: float = DEFAULT_REJECT.share
    approve: float = DEFAULT_APPROVE.share


def duel(
    champion: Contender,
    challenger: Contender,
    *,
    decisions: Dataset,
    audit: Dataset | None = None,
    corpora: Dataset | None = None,
    points: Points | None = None,
    must_pass: Sequence[str] = (),
    quotes_own: bool = True,
    seed: int,
    progress: Progress = lambda _: None,
) -> Duel:
    """Measure both.

    Args:
        champion: what decides now.
        challenger: what may.
        decisions: a site's newest, that neither learned from.
        audit: comments drawn to be judged blind, weighted by one over their chance of being drawn.
        corpora: held-out texts of the public corpora, where they are installed.
        points: the site's operating points.
        must_pass: texts of the site's own, beside those in the package.
        quotes_own: whether the verdict may repeat these; not where other sites read it too.
        seed: of every draw.
        progress: told what is being measured.
    """
    points = points or Points()
    progress(duel_stages.SCORING_DECISIONS)
    on_decisions = _contest(champion, challenger, decisions)
    on_audit = None if audit is None else _contest(champion, challenger, audit)
    on_corpora = None if corpora is None else _contest(champion, challenger, corpora)
    progress(duel_stages.SCORING_SUITES)
    on_suites = _on_suites(champion, challenger)
    failed = _held(challenger, bundled_must_pass())
    failed_own = _held(challenger, must_pass)
    progress(duel_stages.MEASURING)
    evidence = Evidence(
        decisions=_measured(on_decisions, points, seed=seed),
        audit=None if on_audit is None else _measured(on_audit, points, seed=seed),
        corpora=None if on_corpora is None else _measured(on_corpora, points, seed=seed),
        languages=_languages(on_suites, seed=seed),
        groups=_groups(champion, challenger, seed=seed),
        failed=[*failed, *failed_own] if quotes_own else failed,
        failed_unquoted=0 if quotes_own else len(failed_own),
        size=(champion.size, challenger.size),
        seconds=_seconds(champion, challenger, [case.text for case in on_suites.cases]),
    )
    return Duel(evidence, on_decisions, on_audit, (champion.thresholds, challenger.thresholds))


def _held(contender: Contender, texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    held = contender.holds(contender.judge(texts))
    return [text for text, is_held in zip(texts, held, strict=True) if is_held]


def bundled_must_pass() -> list[str]:
    """Return the texts that no model may hold."""
    found = tomllib.loads(files("ml").joinpath("must_pass.toml").read_text(encoding="utf-8"))
    return [text for texts in found.values() for text in texts]


def _contest(champion: Contender, challenger: Contender, data: Dataset) -> Contest:
    judged = champion.judge(data.texts), challenger.judge(data.texts)
    held = champion.holds(judged[0]), challenger.holds(judged[1])
    return Contest(data, judged[0].scores, judged[1].scores, held)


def _measured(contest: Contest, points: Points, *, seed: int) -> OnDecisions:
    truths = contest.truths
    if not len(truths) or truths.all() or not truths.any():
        return OnDecisions(len(truths), int(truths.sum()), None, None, None)
    found = {
        name: _compared(contest, measure, seed=seed)
        for name, measure in (
            ("pr_auc", average_precision),
            ("workload", workload(reject=points.reject, approve=points.approve)),
            ("calibration", calibration_error),
        )
    }
    return OnDecisions(len(truths), int(truths.sum()), **found)


def _compared(contest: Contest, measure: Measure, *, seed: int) -> Compared:
    return _plain(
        compare(
            measure,
            harm(contest.champion),
            harm(contest.challenger),
            contest.truths,
            weights=contest.data.weights,
            groups=contest.data.groups,
            seed=seed,
        )
    )


def _plain(found: Difference) -> Compared:
    apart = found.difference
    return Compared(found.champion, found.challenger, apart.low, apart.high)


@dataclass(frozen=True, slots=True)
class _OnSuites:
    cases: Sequence[Case]
    champion: Floats
    challenger: Floats
    held: tuple[Mask, Mask]


def _on_suites(champion: Contender, challenger: Contender) -> _OnSuites:
    cases = suites.load_all()
    texts = [case.text for case in cases]
    judged = champion.judge(texts), challenger.judge(texts)
    held = champion.holds(judged[0]), challenger.holds(judged[1])
    return _OnSuites(cases, judged[0].scores, judged[1].scores, held)


def _languages(found: _OnSuites, *, seed: int) -> list[InLanguage]:
    """Compare ROC-AUC and the innocent cases held, by language; templates are drawn together."""
    abusive = np.array([case.expected is Expected.ABUSIVE for case in found.cases], bool)
    templates = np.array([f"{case.suite} {case.template}" for case in found.cases])
    spoken = np.array([case.language.value for case in found.cases])
    results = []
    for language in Language:
        inside = spoken == language.value
        truths = abusive[inside]
        if not truths.any() or truths.all():
            continue
        scores = harm(found.champion[inside]), harm(found.challenger[inside])
        groups = templates[inside].tolist()
        same = partial(compare, truths=truths, groups=groups, seed=seed)
        auc = same(roc_auc, scores[0], scores[1])
        flags = [each[inside].astype(np.float64) for each in found.held]
        innocent = same(flagged_share(0.5), flags[0], flags[1])
        results.append(InLanguage(language.value, _plain(auc), _plain(innocent)))
    return results


def roc_auc(scores: Floats, truths: Bools, weights: Floats) -> Floats:
    """Return the chance that a positive scores above a negative, by round; ties count half."""
    order = np.argsort(scores, kind="stable")
    ordered, truth, weight = scores[order], truths[order], weights[:, order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    below = np.cumsum(weight * ~truth, axis=1)[:, last]
    hits = np.diff(np.cumsum(weight * truth, axis=1)[:, last], axis=1, prepend=0.0)
    middle = below - np.diff(below, axis=1, prepend=0.0) / 2
    pairs = np.maximum(hits.sum(axis=1) * below[:, -1], 1e-12)
    return np.asarray((hits * middle).sum(axis=1) / pairs, np.float64)


def _groups(champion: Contender, challenger: Contender, *, seed: int) -> list[OfGroup]:
    """Compare how each identity group fares, by toxicity, within its language."""
    cases = suites.load(Suite.IDENTITY)
    texts = [case.text for case in cases]
    judged = champion.judge(texts), challenger.judge(texts)
    held = champion.holds(judged[0]), challenger.holds(judged[1])
    abusive = np.array([case.expected is Expected.ABUSIVE for case in cases], bool)
    spoken = np.array([case.language.value for case in cases])
    groups = np.array([case.group or "" for case in cases])
    templates = np.array([case.template for case in cases])
    toxicity = judged[0].of(Label.TOXICITY), judged[1].of(Label.TOXICITY)
    found = []
    for language, group in sorted({(a, b) for a, b in zip(spoken, groups, strict=True) if b}):
        inside, outside = (groups == group), (spoken == language) & (groups != group)
        inside &= spoken == language
        innocent = inside & ~abusive
        if not innocent.any() or not (inside & abusive).any():
            continue
        subgroup, bpsn = (
            compare(
                roc_auc,
                toxicity[0][rows],
                toxicity[1][rows],
                abusive[rows],
                groups=templates[rows].tolist(),
                seed=seed,
                rounds=_GROUP_ROUNDS,
            )
            for rows in (np.flatnonzero(inside), np.flatnonzero(innocent | (outside & abusive)))
        )
        found.append(
            OfGroup(
                language=str(language),
                group=str(group),
                innocent=int(innocent.sum()),
                innocent_held=(float(held[0][innocent].mean()), float(held[1][innocent].mean())),
                subgroup_auc=(subgroup.champion, subgroup.challenger),
                subgroup_interval=(subgroup.difference.low, subgroup.difference.high),
                bpsn_auc=(bpsn.champion, bpsn.challenger),
                bpsn_interval=(bpsn.difference.low, bpsn.difference.high),
            )
        )
    return found


def _seconds(
    champion: Contender, challenger: Contender, texts: Sequence[str]
) -> tuple[float, float]:
    """Return how much processor time one batch takes each, at best, timed in turns."""
    batch = list(texts[:: max(1, len(texts) // _TIMED_TEXTS)][:_TIMED_TEXTS])
    best = [float("inf"), float("inf")]
    for _ in range(_TIMED_ROUNDS):
        for place, contender in enumerate((champion, challenger)):
            started = time.process_time()
            contender.predictor.predict(batch)
            best[place] = min(best[place], time.process_time() - started)
    return best[0], best[1]
