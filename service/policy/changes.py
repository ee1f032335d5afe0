"""What is different between two policies, in sentences. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.policy.document import PolicyDocument
from service.policy.text_rules import LANGUAGE_NAMES
from service.policy.word_entries import Kind
from service.policy.wordlist_section import ListedWord, Words

_NAMED_MAX = 5
_NONE = "no operating point"
_PART_BY_PART = (
    *("links", "contacts", "style", "languages", "copies", "floods", "raids", "authors"),
    "articles",
)
_PLAIN = {
    "mode": "The mode",
    "degradation": "What happens without a score",
    "trusted_from": "Approved comments that make an author trusted",
}


def changes(before: PolicyDocument, after: PolicyDocument) -> list[str]:
    """Return what ``after`` does otherwise, one sentence for each change; none: they are equal."""
    return [
        *_plain(before, after),
        *_thresholds(before, after),
        *_operating_points(before, after),
        *_words(before.words, after.words),
        *_listed("allow list of authors", before.allow.authors, after.allow.authors),
        *_parts(before, after),
    ]


def _plain(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for field, name in _PLAIN.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield f"{name}: {_said(new)}; it was {_said(old)}."


def _thresholds(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    old, new = (each.thresholds.model_dump(mode="json") for each in (before, after))
    for label in new:
        if old[label] != new[label]:
            now = _limits(new[label])
            yield f"{_named(label)}: {now}; it was {_limits(old[label])}."


def _limits(limits: Mapping[str, float | None] | None) -> str:
    if limits is None:
        return "no threshold"
    parts = [
        f"{word} from {limits[name]:g}"
        for name, word in (("hold", "held"), ("reject", "rejected"))
        if limits[name] is not None
    ]
    return " and ".join(parts)


def _operating_points(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    old, new = (
        {(w.label, w.language, w.point.automatic): w.point for w in each.wishes}
        for each in (before, after)
    )
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            label, language, _ = key
            where = f"{_named(label)} in {LANGUAGE_NAMES[language]}"
            was, now = (
                str(each[key]) if key in each else "no operating point" for each in (old, new)
            )
            yield f"{where}: {now}; it was: {was}."


def _words(before: Words, after: Words) -> Iterator[str]:
    for language in sorted(set(before.starters) ^ set(after.starters)):
        done = "taken over" if language in after.starters else "given up"
        yield f"The starter list for {LANGUAGE_NAMES[language]} was {done}."
    old, new = ({each.key: each for each in words.listed} for words in (before, after))
    yield from _counted("added to", (new[key] for key in new if key not in old))
    yield from _counted("taken from", (old[key] for key in old if key not in new))
    for key in new:
        if key in old and old[key].kind is not new[key].kind:
            yield f"«{new[key].word}» is {new[key].kind}; it was {old[key].kind}."


def _counted(done: str, words: Iterable[ListedWord]) -> Iterator[str]:
    by_kind: dict[Kind, list[str]] = {}
    for each in words:
        by_kind.setdefault(each.kind, []).append(each.word)
    for kind, found in sorted(by_kind.items()):
        named = ", ".join(f"«{word}»" for word in found[:_NAMED_MAX])
        more = f" and {len(found) - _NAMED_MAX:,} more" if len(found) > _NAMED_MAX else ""
        noun = "word" if len(found) == 1 else "words"
        yield f"{len(found):,} {kind} {noun} {done} the list: {named}{more}."


def _listed(name: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    change = Counter(after)
    change.subtract(Counter(before))
    for value, count in sorted(change.items()):
        if count:
            yield f"{value} was {'added to' if count > 0 else 'taken from'} the {name}."


def _parts(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for field in _PART_BY_PART:
        old, new = getattr(before, field), getattr(after, field)
        if old == new:
            continue
        if new is None:
            yield f"{_named(field)}: off."
        elif old is None:
            yield f"{_named(field)}: on, with {_spelled(new.model_dump(mode='json'))}."
        else:
            was, now = old.model_dump(mode="json"), new.model_dump(mode="json")
            for name in now:
                if was[name] != now[name]:
                    what = f"{_named(field)}, {name.replace('_', ' ')}"
                    yield f"{what}: {_said(now[name])}; it was {_said(was[name])}."


def _spelled(section: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_said(value)}" for name, value in section.items())


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, dict):
        return f"({_spelled(value)})"
    return str(value).replace("_", " ")


def _named(name: str) -> str:
    return name.replace("_", " ").capitalize()
