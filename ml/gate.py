"""The gate: what a challenger must show before it decides anything. Pure, standard library only.

Each check gives its reason in a sentence, whether it lets the challenger through or not: a refusal
is read by a person, and so is a promotion.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ml import gate_sentences as sentences
from ml.gate_evidence import Compared, Evidence, InLanguage, OfGroup, OnDecisions
from ml.gate_limits import Limits


class Topic(StrEnum):
    """What a check is about."""

    BETTER = "better"
    AUDIT = "audit"
    CORPORA = "corpora"
    LANGUAGE = "language"
    GROUP = "group"
    CALIBRATION = "calibration"
    SIZE = "size"
    SPEED = "speed"
    MUST_PASS = "must_pass"  # noqa: S105 - not a password
    CHAMPION = "champion"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, what came out, and whether the challenger passes."""

    topic: Topic
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks; the challenger is promoted only if it passes each."""

    checks: Sequence[Check]

    @property
    def is_passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def reasons(self) -> list[str]:
        """Why it is refused; if it is not, what speaks for it."""
        wanted = not self.is_passed
        chosen = [c for c in self.checks if c.passed is not wanted]
        if self.is_passed:
            chosen = [c for c in self.checks if c.topic is Topic.BETTER]
        return [check.sentence for check in chosen]


def overtaken(verdict: Verdict) -> Verdict:
    """Return the verdict on one that was measured against what no longer decides."""
    check = Check(Topic.CHAMPION, passed=False, sentence=sentences.OVERTAKEN)
    return Verdict([*verdict.checks, check])


def judge(evidence: Evidence, limits: Limits, *, is_refresh: bool = False) -> Verdict:
    """Return the verdict.

    Args:
        evidence: what was measured.
        limits: what is asked for.
        is_refresh: a person asked for it, so it is enough not to be worse.
    """
    return Verdict(
        [
            _better(evidence.decisions, limits, is_refresh=is_refresh),
            *_audit(evidence.audit, limits),
            *_corpora(evidence.corpora, limits),
            *_languages(evidence.languages, limits),
            *_groups(evidence.groups, limits),
            *_calibration(evidence.decisions, limits),
            _size(evidence.size, limits),
            _speed(evidence.seconds, limits),
            _must_pass(evidence.failed, evidence.failed_unquoted),
        ]
    )


def _better(found: OnDecisions, limits: Limits, *, is_refresh: bool) -> Check:
    asked = limits.judged_min, limits.harmful_min
    if found.pr_auc is None or found.texts < asked[0] or found.harmful < asked[1]:
        return Check(
            Topic.BETTER,
            passed=False,
            sentence=sentences.FEW_DECISIONS.format(
                texts=f"{found.texts:,}",
                harmful=f"{found.harmful:,}",
                least=f"{asked[0]:,}",
                least_harmful=f"{asked[1]:,}",
            ),
        )
    if is_refresh:
        passed = found.pr_auc.low > -limits.refresh_margin
        worse = sentences.WORSE_THAN_REFRESH.format(margin=f"{limits.refresh_margin:g}")
        said = sentences.NOT_WORSE if passed else worse
    else:
        passed, said = _beyond_chance(found.pr_auc, found.workload)
    return Check(
        Topic.BETTER, passed, _of_decisions(found.texts, found.pr_auc, found.workload, said)
    )


def _beyond_chance(pr_auc: Compared, workload: Compared | None) -> tuple[bool, str]:
    """Return whether one of the two is better for sure and the other not worse, in words too."""
    is_better = pr_auc.low > 0 or (workload is not None and workload.high < 0)
    is_worse = pr_auc.high < 0 or (workload is not None and workload.low > 0)
    if is_worse:
        return False, sentences.WORSE
    return is_better, sentences.BETTER if is_better else sentences.CHANCE


def _of_decisions(texts: int, pr_auc: Compared, workload: Compared | None, said: str) -> str:
    change = _change(pr_auc)
    if workload is None:
        return sentences.DECISIONS.format(texts=f"{texts:,}", change=change, said=said)
    return sentences.DECISIONS_AND_WORKLOAD.format(
        texts=f"{texts:,}", change=change, other_change=_change(workload), said=said
    )


def _audit(found: OnDecisions | None, limits: Limits) -> Iterator[Check]:
    if found is None or found.pr_auc is None:
        return
    if found.texts < limits.judged_min or found.harmful < limits.harmful_min:
        return
    passed = found.pr_auc.high >= 0
    yield Check(
        Topic.AUDIT,
        passed,
        sentences.AUDIT.format(
            texts=f"{found.texts:,}",
            change=_change(found.pr_auc),
            said=sentences.NOT_WORSE if passed else sentences.WORSE,
        ),
    )


def _corpora(found: OnDecisions | None, limits: Limits) -> Iterator[Check]:
    if found is None or found.pr_auc is None:
        return
    passed = -found.pr_auc.difference <= limits.corpora_margin
    yield Check(
        Topic.CORPORA,
        passed,
        sentences.CORPORA.format(
            texts=f"{found.texts:,}",
            change=_change(found.pr_auc),
            said=_limit(sentences.LIMIT_LESS, passed, limit=f"{limits.corpora_margin:g}"),
        ),
    )


def _languages(found: Iterable[InLanguage], limits: Limits) -> Iterator[Check]:
    for one in found:
        lost, more = -one.auc.difference, one.innocent_held.difference
        passed = lost <= limits.language_auc and more <= limits.language_held
        yield Check(
            Topic.LANGUAGE,
            passed,
            sentences.LANGUAGE.format(
                language=one.language,
                change=_change(one.auc),
                other_change=_change(one.innocent_held),
                said=_limit(
                    sentences.LIMITS,
                    passed,
                    less=f"{limits.language_auc:g}",
                    more=f"{limits.language_held:g}",
                ),
            ),
        )


def _groups(found: Sequence[OfGroup], limits: Limits) -> Iterator[Check]:
    if not found:
        return
    worse = [sentence for one in found for sentence in _worse(one, limits)]
    if not worse:
        yield Check(
            Topic.GROUP,
            passed=True,
            sentence=sentences.GROUPS.format(
                count=len(found), gap=f"{limits.group_gap:g}", auc=f"{limits.group_auc:g}"
            ),
        )
    for sentence in worse:
        yield Check(Topic.GROUP, passed=False, sentence=sentence)


def _worse(one: OfGroup, limits: Limits) -> Iterator[str]:
    name = f"{one.group} ({one.language})"
    before, after = one.innocent_held
    if after - before > limits.group_gap + _ROUNDING:
        yield sentences.GROUP_HELD.format(
            group=name, after=f"{after:.1%}", before=f"{before:.1%}", gap=f"{limits.group_gap:g}"
        )
    for what, (old, new) in (("subgroup", one.subgroup_auc), ("BPSN", one.bpsn_auc)):
        if old - new > limits.group_auc + _ROUNDING:
            yield sentences.GROUP_AUC.format(
                what=what,
                group=name,
                before=f"{old:.3f}",
                after=f"{new:.3f}",
                auc=f"{limits.group_auc:g}",
            )


_ROUNDING = 1e-9


def _calibration(found: OnDecisions, limits: Limits) -> Iterator[Check]:
    if found.calibration is None or found.texts < limits.calibrated_min:
        return
    error = found.calibration.challenger
    passed = error <= limits.calibration
    yield Check(
        Topic.CALIBRATION,
        passed,
        sentences.CALIBRATION.format(
            error=f"{error:.3f}",
            champion=f"{found.calibration.champion:.3f}",
            said=_limit(sentences.LIMIT, passed, limit=f"{limits.calibration:g}"),
        ),
    )


def _size(size: tuple[int, int], limits: Limits) -> Check:
    passed = size[1] <= limits.bytes_max
    return Check(
        Topic.SIZE,
        passed,
        sentences.SIZE.format(
            bytes=f"{size[1]:,}",
            champion=f"{size[0]:,}",
            said=_limit(sentences.LIMIT, passed, limit=f"{limits.bytes_max:,}"),
        ),
    )


def _speed(seconds: tuple[float, float], limits: Limits) -> Check:
    passed = seconds[1] <= limits.slower * seconds[0]
    return Check(
        Topic.SPEED,
        passed,
        sentences.SPEED.format(
            milliseconds=f"{seconds[1] * 1000:.1f}",
            champion=f"{seconds[0] * 1000:.1f}",
            said=_limit(sentences.LIMIT_TIMES, passed, limit=f"{limits.slower:g}"),
        ),
    )


def _must_pass(failed: Sequence[str], unquoted: int) -> Check:
    count = len(failed) + unquoted
    if not count:
        return Check(Topic.MUST_PASS, passed=True, sentence=sentences.NONE_HELD)
    more = count - min(len(failed), _QUOTED)
    line = sentences.HELD_AND_MORE if more else sentences.HELD
    if not failed:
        line = sentences.HELD_OF_SITES
    quoted = "; ".join(f"“{text}”" for text in failed[:_QUOTED])
    return Check(
        Topic.MUST_PASS,
        passed=False,
        sentence=line.format(count=count, quoted=quoted, more=more),
    )


_QUOTED = 5


def _change(found: Compared) -> str:
    return sentences.CHANGE.format(
        after=f"{found.challenger:.3f}",
        before=f"{found.champion:.3f}",
        difference=f"{found.difference:+.3f}",
        low=f"{found.low:+.3f}",
        high=f"{found.high:+.3f}",
    )


def _limit(said: tuple[str, str], passed: bool, **limits: str) -> str:  # noqa: FBT001 - chooses
    """Return what is said within the limit, or beyond it."""
    within, beyond = said
    return (within if passed else beyond).format(**limits)
