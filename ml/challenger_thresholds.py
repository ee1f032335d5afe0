"""The thresholds that a challenger advises: no more calm texts are held than with the prior's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from ml import defaults
from ml.artifact import ModelInfo
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.labels import Label, Language
from ml.metrics import threshold_at


def advised(
    info: ModelInfo,
    judging: Dataset,
    before: Floats,
    after: Floats,
    supported: Mapping[Label, tuple[Language, ...]],
) -> defaults.Defaults:
    """Return thresholds from which no more calm texts are held, or rejected, than with the prior's.

    Calm texts are looked at by source and language, and the worst of them decides; of a language
    with thresholds of its own, the worst of its sources.

    Args:
        info: of the prior.
        judging: texts that neither learned from.
        before: what the prior gives them, shape (n, number of labels).
        after: what the challenger gives them.
        supported: the challenger's languages.
    """
    limits = defaults.from_plain(info.training.get(defaults.KEY, {}))
    parts = _parts(judging)
    found = {}
    for label, limit in limits.items():
        column = LABELS.index(label)
        if not supported[label]:
            continue
        calm = judging.target(label) == 0
        sides = [
            (language, calm & part)
            for language, part in parts
            if (calm & part).sum() >= defaults.CALM_MIN
        ]
        match = partial(_matched_both, label, before=before[:, column], after=after[:, column])
        for_all = match(limit, supported[label], [side for _, side in sides])
        own = {}
        for language in supported[label]:
            mine = [side for code, side in sides if code is language]
            if language in limit.languages:
                own[language] = match(limit.of(language), (language,), mine)
            elif mine:
                # Raised by its own texts alone; lowered below what ships, by no want of them.
                own[language] = _not_below(limit, match(limit, (language,), mine))
        found[label] = replace(
            for_all, languages={code: each for code, each in own.items() if each != for_all}
        )
    return found


def _not_below(
    limit: defaults.DefaultThresholds, matched: defaults.DefaultThresholds
) -> defaults.DefaultThresholds:
    reject = matched.reject
    if reject is not None and limit.reject is not None:
        reject = max(reject, limit.reject)
    return defaults.DefaultThresholds(max(matched.hold, limit.hold), reject)


def _parts(judging: Dataset) -> list[tuple[Language, Mask]]:
    names = [f"{a} {b}" for a, b in zip(judging.sources, judging.languages, strict=True)]
    keys = np.array(names)
    by_name = dict(zip(names, judging.languages, strict=True))
    return [(by_name[name], keys == name) for name in sorted(by_name)]


def _matched_both(
    label: Label,
    limit: defaults.DefaultThresholds,
    languages: Sequence[Language],
    sides: Sequence[Mask],
    *,
    before: Floats,
    after: Floats,
) -> defaults.DefaultThresholds:
    lowest = max(defaults.lowest_hold(label, language) for language in languages)
    highest = max(defaults.HOLD_MAX[language] for language in languages)
    hold = min(max(_matched(limit.hold, sides, before, after), lowest), highest)
    reject = None
    if limit.reject is not None:
        reject = max(_matched(limit.reject, sides, before, after), hold)
    return defaults.DefaultThresholds(
        round(hold, 3), None if reject is None else round(min(reject + 0.0005, 1.0), 3)
    )


def _matched(limit: float, sides: Sequence[Mask], before: Floats, after: Floats) -> float:
    """Return the threshold that flags no larger share of any side than ``limit`` did before."""
    if not sides:
        return limit
    return max(
        threshold_at(after[side], false_positives=float((before[side] >= limit).mean()))
        for side in sides
    )
