"""The page of errors: confusion and the worst mistakes of each label, for a person to read.

It shows texts of the corpora, so it is written where nothing is committed from.
"""

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.defaults import Defaults, DefaultThresholds
from ml.evaluate import Judged, limits
from ml.labels import Label

WORST = 25
TEXT_MAX_CHARS = 400
STYLE = """
:root { color-scheme: light dark; background: #fff; color: #1a1a1a }
a { color: #0b57d0 }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left;
  vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums }
.counts { width: auto }
.errors th, .errors td:not(:last-child) { white-space: nowrap }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1rem }
@media (prefers-color-scheme: dark) {
  :root { background: #111; color: #ddd }
  a { color: #8ab4f8 }
}
@media (max-width: 48rem) {
  .errors, .errors tbody { display: block }
  .errors thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%) }
  .errors tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .6rem 0;
    border-bottom: 1px solid #8886 }
  .errors td { border: 0; padding: 0; font-size: .85rem }
  .errors td:last-child { flex-basis: 100%; font-size: 1rem }
}
"""


def render(test: Dataset, judged: Judged, thresholds: Defaults, *, version: str) -> str:
    """Return the page as HTML.

    Args:
        test: texts that the model never saw.
        judged: what it says of them.
        thresholds: from which each label holds; labels without one are left out.
        version: the model's digest.
    """
    labels = [label for label in LABELS if label in thresholds]
    links = "".join(f'<a href="#{label}">{label}</a>' for label in labels)
    held = judged.scores >= limits(judged.languages, thresholds)
    sections = "\n".join(
        section
        for label in labels
        for section in _section(
            label, test, judged.of(label), held[:, LABELS.index(label)], thresholds[label]
        )
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Errors of the model</title><style>{STYLE}</style>"
        f"<main><h1>Errors of the model</h1><p>{escape(version)}, on {len(test):,} texts that it"
        " never saw. The texts are abusive; do not publish this page.</p>"
        f"<nav>{links}</nav>\n{sections}</main></html>\n"
    )


def _section(
    label: Label, test: Dataset, column: Floats, held: Mask, limit: DefaultThresholds
) -> Iterator[str]:
    target = test.target(label)
    known, yes = ~np.isnan(target), target == 1
    own = "".join(f", {code} from {each.hold:g}" for code, each in limit.languages.items())
    yield f'<h2 id="{label}">{label}, held from {limit.hold:g}{own}</h2>'
    yield _confusion(
        [[int((known & (yes == t) & (held == h)).sum()) for h in (1, 0)] for t in (1, 0)]
    )
    missed = np.flatnonzero(known & yes & ~held)
    wrong = np.flatnonzero(known & ~yes & held)
    yield "<h3>Missed, from the most certain</h3>"
    yield _table(test, column, missed[np.argsort(column[missed])][:WORST].tolist())
    yield "<h3>Held wrongly, from the most certain</h3>"
    yield _table(test, column, wrong[np.argsort(-column[wrong])][:WORST].tolist())


def _confusion(counts: Sequence[Sequence[int]]) -> str:
    rows = "".join(
        f"<tr><th>{name}</th>" + "".join(f'<td class="n">{count:,}</td>' for count in row) + "</tr>"
        for name, row in zip(("said to be", "said not to be"), counts, strict=True)
    )
    head = '<tr><td></td><th class="n">held</th><th class="n">not held</th></tr>'
    return f'<table class="counts">{head}{rows}</table>'


def _table(test: Dataset, column: Floats, rows: Sequence[int]) -> str:
    if not rows:
        return "<p>None.</p>"
    body = "".join(
        f'<tr><td class="n">{column[row]:.3f}</td><td>{test.languages[row]}</td>'
        f"<td>{escape(test.sources[row])}</td>"
        f'<td lang="{test.languages[row]}">{escape(_shortened(test.texts[row]))}</td></tr>'
        for row in rows
    )
    heads = "".join(f"<th>{name}</th>" for name in ("score", "language", "source", "text"))
    return f'<table class="errors"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT_MAX_CHARS else text[:TEXT_MAX_CHARS] + " …"
