"""The page of a run, which needs nothing else: HTML with its plots inside.

Texts of examples are not in it: where one belongs stands a mark, and whoever shows the page puts in
the text that is there at that time, or says that it is gone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

import numpy as np

from ml import run_plots
from ml.comparison import Floats, harm
from ml.duel import Contest, Duel
from ml.gate import Verdict
from ml.gate_evidence import OfGroup
from ml.page import STYLE
from ml.run_figures import LANGUAGE_MIN, About, by_language, side_by_side, with_interval

SHOWN = 15
_MARK = "<!--example {}-->"


def render(about: About, found: Duel, verdict: Verdict) -> str:
    """Return the page as HTML, with marks in the place of texts."""
    sections = [
        _head(about, verdict),
        _section("Verdict of the gate", _checks(verdict)),
        _section("On the newest decisions", _on(found.decisions)),
        *([_section("On the audit sample", _on(found.audit))] if found.audit else []),
        _section("Outcomes at the thresholds", _outcomes(found.decisions)),
        _section("By language, on decisions", _languages(found.decisions)),
        _section("By language, on the suites", _suites(found)),
        _section("By identity group", _groups(found.evidence.groups)),
        _section("What changes most", _changes(found.decisions, about.judging_ids)),
        _section("What it learned from", _learned(about)),
        _section("What it is made of", _lineage(about)),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Retraining: {escape(about.name)}</title><style>{STYLE}{_MORE}</style>\n"
        + "\n".join(sections)
        + "</html>\n"
    )


_MORE = """
.yes { color: #1a6b2f } .no { color: #a11 } svg { max-width: 100%; height: auto }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem }
@media (prefers-color-scheme: dark) { .yes { color: #7c7 } .no { color: #f88 }
  svg { background: #ddd } }
"""


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _head(about: About, verdict: Verdict) -> str:
    outcome = "promoted" if verdict.is_passed else "refused"
    reasons = "".join(f"<li>{escape(each)}</li>" for each in verdict.reasons)
    return (
        f"<h1>{escape(about.name)}: {outcome}</h1><ul>{reasons}</ul>"
        f"<p>Challenger <code>{escape(about.version)}</code><br>"
        f"Champion <code>{escape(about.champion)}</code></p>"
    )


def _checks(verdict: Verdict) -> str:
    return _table(
        ("", "about", "what was found"),
        (
            (
                _sign(check.passed),
                escape(check.topic.value.replace("_", " ")),
                escape(check.sentence),
            )
            for check in verdict.checks
        ),
    )


def _sign(passed: bool) -> str:  # noqa: FBT001 - what the sign says
    return '<b class="yes">passes</b>' if passed else '<b class="no">fails</b>'


def _on(contest: Contest) -> str:
    truths, weights = contest.truths, contest.data.weights
    if not len(truths) or truths.all() or not truths.any():
        return "<p>Too few to draw.</p>"
    scores = harm(contest.champion), harm(contest.challenger)
    drawn: Sequence[Callable[..., str]] = (
        run_plots.precision_recall,
        run_plots.receiver_operating,
        run_plots.reliability,
    )
    pictures = "".join(f"<figure>{draw(scores, truths, weights)}</figure>" for draw in drawn)
    return (
        f"<p>{len(truths):,} texts, {int(truths.sum()):,} of them said to do harm; neither model"
        " learned from them. The score is the highest probability of any harm.</p>"
        f'<div class="pictures">{pictures}</div>'
    )


def _outcomes(contest: Contest) -> str:
    rows = []
    for name, held in zip(("champion", "challenger"), contest.held, strict=True):
        for said, truth in (("harm", contest.truths), ("none", ~contest.truths)):
            counts = (int((truth & held).sum()), int((truth & ~held).sum()))
            rows.append((name, said, *(f"{count:,}" for count in counts)))
    return _table(("model", "moderators say", "held", "not held"), rows, numbers=(2, 3))


def _languages(contest: Contest) -> str:
    found = by_language(contest)
    if not found:
        return f"<p>No language has {LANGUAGE_MIN} of each kind among the newest decisions.</p>"
    rows = (
        (each.language, f"{each.texts:,}", f"{each.harmful:,}", *side_by_side(each.pr_auc))
        for each in found
    )
    heads = ("language", "texts", "of harm", "champion", "challenger", "PR-AUC difference")
    return _table(heads, rows, numbers=(1, 2, 3, 4))


def _suites(found: Duel) -> str:
    heads = ("language", "measure", "champion", "challenger", "difference, 95 % interval")
    rows: list[Sequence[str]] = []
    for each in found.evidence.languages:
        rows.append((each.language, "ROC-AUC", *side_by_side(each.auc)))
        rows.append((each.language, "innocent cases held", *side_by_side(each.innocent_held)))
    return _table(heads, rows, numbers=(2, 3))


def _groups(groups: Sequence[OfGroup]) -> str:
    heads = (
        "language",
        "group",
        "innocent held, champion",
        "challenger, 95 % interval",
        "subgroup AUC",
        "BPSN AUC",
    )
    rows = (
        (
            each.language,
            each.group,
            f"{each.innocent_held[0]:.3f}",
            with_interval(each.innocent_held[1], each.innocent),
            _pair(each.subgroup_auc, each.subgroup_interval),
            _pair(each.bpsn_auc, each.bpsn_interval),
        )
        for each in groups
    )
    return "<p>Measures of Borkan et al. 2019, within a language.</p>" + _table(heads, rows)


def _pair(pair: tuple[float, float], interval: tuple[float, float]) -> str:
    return f"{pair[0]:.3f} → {pair[1]:.3f} ({interval[0]:+.3f} to {interval[1]:+.3f})"


def _changes(contest: Contest, ids: Sequence[str]) -> str:
    before, after = harm(contest.champion), harm(contest.challenger)
    towards = np.where(contest.truths, after - before, before - after)
    order = np.argsort(-towards, kind="stable")
    gains = [row for row in order[:SHOWN].tolist() if towards[row] > 0]
    losses = [row for row in order[::-1][:SHOWN].tolist() if towards[row] < 0]
    return "".join(
        f"<h3>{title}</h3>" + _texts(contest, before, after, rows, ids)
        for title, rows in (("Gains", gains), ("Losses", losses))
    )


def _texts(
    contest: Contest,
    before: Floats,
    after: Floats,
    rows: Sequence[int],
    ids: Sequence[str],
) -> str:
    return _table(
        ("champion", "challenger", "moderators say", "language", "text"),
        (
            (
                f"{before[row]:.3f}",
                f"{after[row]:.3f}",
                "harm" if contest.truths[row] else "none",
                contest.data.languages[row].value,
                _MARK.format(ids[row]),
            )
            for row in rows
        ),
        numbers=(0, 1),
    )


def _learned(about: About) -> str:
    facts = about.facts
    parts = []
    for title, name in (
        ("Examples by origin", "by_origin"),
        ("Weight by origin, of those that teach", "weight_by_origin"),
        ("Examples by part", "by_part"),
        ("Examples by language", "by_language"),
        ("Examples by label", "by_label"),
        ("Gone since the snapshot before", "removed"),
    ):
        counted = facts.get(name)
        if isinstance(counted, Mapping) and counted:
            rows = ((escape(str(key)), f"{value:,}") for key, value in counted.items())
            parts.append(f"<h3>{title}</h3>" + _table(("", ""), rows, numbers=(1,)))
    waiting = facts.get("in_quarantine")
    parts.append(f"<p>Set aside until a lead has looked: {waiting}.</p>")
    return "".join(parts)


def _lineage(about: About) -> str:
    rows = ((escape(key), escape(str(value))) for key, value in sorted(about.lineage.items()))
    return _table(("", ""), rows)


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()
) -> str:
    """Return a table; cells are HTML."""
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{cell}</td>' if place in numbers else f"<td>{cell}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table>"
