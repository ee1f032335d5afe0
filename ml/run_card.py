"""The card of a challenger, in Markdown: the same figures as on the page of its run."""

from collections.abc import Iterator

from ml.duel import Duel
from ml.gate import Verdict
from ml.labels import DEFINITIONS, Label
from ml.run_figures import About, by_language, side_by_side, with_interval


def render(about: About, found: Duel, verdict: Verdict) -> str:
    """Return the challenger's card as Markdown."""
    return "\n".join(_lines(about, found, verdict)) + "\n"


def _lines(about: About, found: Duel, verdict: Verdict) -> Iterator[str]:
    yield f"# Model card: {about.name}\n"
    yield f"Version `{about.version}`, learned from moderators' decisions on top of"
    yield f"`{about.lineage.get('prior')}`; snapshot `{about.lineage.get('snapshot')}`.\n"
    yield f"The gate {'passed' if verdict.is_passed else 'refused'} it against"
    yield f"`{about.champion}`:\n"
    yield from (f"* {'' if c.passed else '**fails** '}{c.sentence}" for c in verdict.checks)
    yield "\n## Labels and languages\n"
    yield "| label | means | languages |"
    yield "| --- | --- | --- |"
    for label in Label:
        spoken = ", ".join(about.supported.get(label.value, ())) or "–"
        yield f"| {label.value} | {DEFINITIONS[label]} | {spoken} |"
    yield "\n## On the newest decisions, by language\n"
    yield "| language | texts | of harm | champion | challenger | PR-AUC difference |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in by_language(found.decisions):
        three = " | ".join(side_by_side(each.pr_auc))
        yield f"| {each.language} | {each.texts:,} | {each.harmful:,} | {three} |"
    yield "\n## Identity groups\n"
    yield "| language | group | innocent held | subgroup AUC | BPSN AUC |"
    yield "| --- | --- | --- | --- | --- |"
    for one in found.evidence.groups:
        yield (
            f"| {one.language} | {one.group} | {with_interval(one.innocent_held[1], one.innocent)}"
            f" | {one.subgroup_auc[1]:.3f} | {one.bpsn_auc[1]:.3f} |"
        )
    yield "\n## What it learned from\n"
    for name in ("by_origin", "by_language", "by_label", "by_part"):
        yield f"* {name.replace('_', ' ')}: {about.facts.get(name)}"
    yield "\n## What it cannot do\n"
    yield "It is the model that ships, moved by decisions of one installation: its limits are"
    yield "those of that model's card, and its moderators' habits are now its own. It reads one"
    yield "comment at a time, and knows nothing of article, thread or author."
