"""Collects every line that pages show a person: from templates, scripts, Python and descriptions.

A line is written in English where it is used: as ``_("…")`` or ``{% trans %}`` in templates, as
``t("…")`` or ``many("…", "…", n)`` in scripts, as ``said("…")`` in Python. Lines that pages take
from elsewhere, such as what a rule of the policy is called, are named in ``_elsewhere``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

import service.app  # noqa: F401 - with it every error is loaded
from ml.labels import DEFINITIONS, Label, Language
from service.comments.status import Status
from service.decisions.tables import Actor
from service.moderators.rules import TOKEN_MEANINGS
from service.moderators.tables import Role
from service.policy.text_rules import LANGUAGE_NAMES
from service.sentences import known_sentences
from service.sites.reasons import DEFAULT_REASONS
from service.sites.scopes import MEANINGS
from service.trials.fields import Group, Input, general, rules

_SERVICE = Path(__file__).resolve().parent.parent
_METHODS = [
    # These have texts of their own, for readers, in five languages.
    *((f"{slice_}/**", "ignore") for slice_ in ("embed", "appeals", "reports")),
    ("**/templates/**.html", "jinja2"),
    ("ui/**.html", "jinja2"),
    ("ui/**.js", "javascript"),
    ("**.py", "python"),
]
_OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "t": None,
    "said": None,
    "ngettext": (1, 2),
    "many": (1, 2),
}


def catalogue() -> Catalog:
    """Return all lines with the files in which they are used, none of them translated."""
    found = Catalog(project="Parley", charset="utf-8")
    lines = extract_from_dir(_SERVICE, _METHODS, _OPTIONS, _KEYWORDS)
    for place, _, text, _, _ in lines:
        found.add(text, locations=[(f"service/{place}", 0)])
    for text, place in _elsewhere():
        if text:
            found.add(text, locations=[(place, 0)])
    return found


def _elsewhere() -> Iterator[tuple[str, str]]:
    for label in Label:
        yield label.value.replace("_", " ").capitalize(), "ml/labels.py"
        yield DEFINITIONS[label], "ml/labels.py"
    for language in Language:
        yield LANGUAGE_NAMES[language], "service/policy/text_rules.py"
    for status in Status:
        yield status.value, "service/comments/status.py"
    for actor in Actor:
        yield actor.value, "service/decisions/tables.py"
    for role in Role:
        yield role.value, "service/moderators/tables.py"
    yield from ((meaning, "service/sites/scopes.py") for meaning in MEANINGS.values())
    yield from ((meaning, "service/moderators/rules.py") for meaning in TOKEN_MEANINGS.values())
    for reason in DEFAULT_REASONS:
        yield reason.title, "service/sites/reasons.py"
        yield reason.sentence, "service/sites/reasons.py"
    for group in (general(), *rules()):
        yield from _of_group(group)
    for told in known_sentences().values():
        yield from ((line, "service/sentences.py") for line in told)


def _of_group(group: Group) -> Iterator[tuple[str, str]]:
    place = "service/policy/sections.py"
    yield group.label, place
    yield group.hint, place
    for each in group.inputs:
        if isinstance(each, Input):
            yield each.label, place
            yield each.hint, place
            yield from ((called, place) for _, called in each.choices)
        else:
            yield from _of_group(each)
