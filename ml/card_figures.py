"""The parts of the card that tell what was measured: tables, each from the report alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ml.bars import NOT_MEASURED, Bar
from ml.card_model import HEADS, RULES, SPOKEN, listed
from ml.evaluate import NEGATIVES_MIN, POSITIVES_MIN, Report, Slice, SuiteResult
from ml.fairness import unevenness
from ml.history import History
from ml.labels import Label, Language
from ml.metrics import Metric
from ml.suites.load import Suite

# The suites whose parts are told; those of the others stand in report.json.
TOLD_BY_PART = (Suite.FUNCTIONAL, Suite.MUST_PASS)

BESIDE_THE_BARS = """
*Left out*: texts of a set that only checks which a corpus that trains holds as well, by their
letters and digits. Near copies are not looked for.

Of news comments that every rater found toxic, recall stands three times. It needs calm texts of the
same kind, and the corpora hold none: their news comments were all found toxic by half of their
first raters. Other ordinary discussion stands in for them, each by itself: calm texts of the talk
pages of an encyclopedia (`wiki_talk`), of posts on Gab (`gab_hate`) and in a forum of nationalists
(`stormfront`). The bar is met where all three are.

How fast the model is depends on the machine, so `make bench` measures it and this card does not.
Wanted of the first tier: 40,000 texts of 300 characters a second on one core, one text in .25 ms,
an explanation in 1 ms; of both tiers: 300 texts a second on two cores, one text in 60 ms at p99,
25 % referred at most. What was reached stands in [docs/speed.md](../../docs/speed.md)."""

OF_GROUPS = """\
Measures of Borkan et al. 2019 on the identity suite, by toxicity, within a language. *BPSN*: the
group's innocent sentences against other groups' hostile ones. *Gap*, of false positives: the share
of the group's innocent sentences that is held at the default thresholds, less that of all groups'
in the language.
"""


def bars(measured: Sequence[Bar]) -> Iterator[str]:
    """Set what was wanted against what is reached."""
    yield "## What was wanted and what is reached\n"
    yield "On the test side, on sets that only check, and on the suites at default thresholds.\n"
    yield "| what | wanted | reached | met | texts |"
    yield "| --- | --- | --- | --- | --- |"
    for bar in measured:
        sign = "≤" if bar.less_is_better else "≥"
        met = "yes" if bar.is_met else "**no**"
        texts = f"{bar.texts:,}" + (f" ({bar.left_out:,} left out)" if bar.left_out else "")
        yield f"| {bar.what} | {sign} {bar.wanted:g} | {bar.reached:.3f} | {met} | {texts} |"
    for wish in NOT_MEASURED:
        yield f"| {wish.what} | {wish.wanted} | not measured: {wish.why} | – | – |"
    yield BESIDE_THE_BARS


def slices(measured: Iterable[Slice]) -> Iterator[str]:
    """Tell of each label on all held-out texts, by language and by source."""
    measured = list(measured)
    yield "## On held-out texts of the corpora\n"
    yield "Recall is taken where 5 % of the part's negatives are flagged.\n"
    yield "| label | by | part | texts | positives | ROC-AUC | PR-AUC | recall |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for one in measured:
        values = " | ".join(
            str(one.metrics[metric]) for metric in (Metric.ROC_AUC, Metric.PR_AUC, Metric.RECALL)
        )
        counts = f"{one.texts:,} | {one.positives:,}"
        yield f"| {one.label} | {one.by} | {one.name} | {counts} | {values} |"
    yield from _silent(measured)
    yield "\nCalibration error (15 bins of equal mass), at the prevalence of the texts measured:\n"
    yield "| label | part | prevalence | calibration error |"
    yield "| --- | --- | --- | --- |"
    for one in measured:
        if one.by != "source":
            error = one.metrics[Metric.CALIBRATION_ERROR]
            yield f"| {one.label} | {one.name} | {one.positives / one.texts:.3f} | {error} |"


def _silent(measured: Sequence[Slice]) -> Iterator[str]:
    told = {one.name for one in measured if one.by == "language" and one.label is Label.TOXICITY}
    silent = [language for language in SPOKEN if language not in told]
    yield f"\nA part has a row from {POSITIVES_MIN} texts with the label and"
    yield f"{NEGATIVES_MIN} without."
    if silent:
        yield f"There is none for toxicity in {listed(silent, 'or')}, above or below: the test side"
        yield "of the corpora does not hold as many. What is known of it there the suites say."


def suites(report: Report) -> Iterator[str]:
    """Tell of each suite by language, and of some by what their sentences ask."""
    yield "## On suites of our own writing, at the default hold thresholds\n"
    yield "*Caught*: abusive cases that are held; *held wrongly*: innocent ones that are.\n"
    yield "| suite | language | cases | accuracy | caught | held wrongly |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in report.suites:
        if one.part == "all":
            yield (
                f"| {one.suite} | {one.language} | {one.cases} | {one.accuracy:.3f}"
                f" | {share(one.caught)} | {share(one.held_wrongly)} |"
            )
    yield f"\nAll suites together: `{report.suites_digest}`."
    yield "\nBy what they ask: the share judged rightly, and of how many sentences. Other suites'"
    yield "parts stand in `report.json`.\n"
    yield f"| suite | asks | {HEADS} |"
    yield f"| --- | --- |{RULES}"
    for suite in TOLD_BY_PART:
        yield from _parts(suite, report.suites)


def _parts(suite: Suite, results: Sequence[SuiteResult]) -> Iterator[str]:
    found: dict[str, dict[Language, SuiteResult]] = {}
    for one in results:
        if one.suite is suite and one.part != "all":
            found.setdefault(one.part, {})[one.language] = one
    for part, by_language in sorted(found.items()):
        cells = " | ".join(_rate(by_language, language) for language in SPOKEN)
        yield f"| {suite} | {part.replace('_', ' ')} | {cells} |"


def _rate(found: Mapping[Language, SuiteResult], language: Language) -> str:
    one = found.get(language)
    return "–" if one is None else f"{one.accuracy:.2f} of {one.cases}"


def blind(report: Report, history: History | None) -> Iterator[str]:
    """Tell of the blind set, and what its figures were used for before, where that is known."""
    yield "## On the blind set\n"
    if not report.blind:
        yield "Not measured with these figures: `--blind` measures it."
        return
    yield "Hard sentences of our own, written before any figure of this model was seen."
    if history is not None:
        yield history.blind.strip()
    yield "\n| language | kind | cases | accuracy | caught | held wrongly | ROC-AUC |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in report.blind:
        yield (
            f"| {one.language} | {one.kind} | {one.cases} | {one.accuracy:.3f}"
            f" | {share(one.caught)} | {share(one.held_wrongly)} | {share(one.roc_auc)} |"
        )
    yield f"\nThe blind set: `{report.blind_digest}`."


def groups(report: Report) -> Iterator[str]:
    """Tell how identity groups fare, each and all together."""
    uneven = {one.language: one for one in unevenness(report)}
    yield "## Identity groups\n"
    yield OF_GROUPS
    yield "| language | group | subgroup AUC | BPSN | BNSP | innocent held | gap | hostile caught |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for one in report.groups:
        among = uneven.get(one.language)
        gap = "–" if among is None else f"{among.gaps[one.group]:+.3f}"
        yield (
            f"| {one.language} | {one.group} | {one.subgroup_auc:.3f} | {one.bpsn_auc:.3f}"
            f" | {one.bnsp_auc:.3f} | {one.false_positives:.3f} | {gap} | {one.caught:.3f} |"
        )
    yield "\nAll gaps together, whichever way they lie (the false positive equality difference of"
    yield "Dixon et al. 2018):\n"
    yield "| language | groups | innocent held | sum of gaps | widest gap |"
    yield "| --- | --- | --- | --- | --- |"
    for each in uneven.values():
        widest = f"{each.gaps[each.widest]:+.3f} ({each.widest})"
        yield (
            f"| {each.language} | {len(each.gaps)} | {each.calm_held:.3f} | {each.difference:.3f}"
            f" | {widest} |"
        )


def share(value: float | None) -> str:
    """Return a share as the card writes it, a dash where there was nothing to share."""
    return "–" if value is None else f"{value:.3f}"
