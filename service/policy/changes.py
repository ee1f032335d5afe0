"""What is different between two policies, in sentences. Pure.

Each sentence is one of ``LINES`` with its blanks filled in, so that pages can tell it in another
language (see ``service/wording.py``).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ml.labels import Label
from service.policy.document import LimitsDocument, PolicyDocument, ThresholdDocument
from service.policy.text_rules import LANGUAGE_NAMES
from service.policy.word_entries import Kind
from service.policy.wordlist_section import ListedWord, Words
from service.texts import said

_NAMED_MAX = 5
_PART_BY_PART = (
    *("links", "contacts", "style", "languages", "copies", "floods", "raids", "authors"),
    "articles",
)
_PLAIN = {
    "mode": said("The mode"),
    "degradation": said("What happens without a score"),
    "trusted_from": said("Approved comments that make an author trusted"),
}

_TAKEN_OVER: Final = "The starter list for {language} was taken over."
_GIVEN_UP: Final = "The starter list for {language} was given up."
_ADDED: Final = (
    "{count} {kinds} word added to the list: {named}.",
    "{count} {kinds} words added to the list: {named} and {more} more.",
    "{count} {kinds} words added to the list: {named}.",
)
_TAKEN: Final = (
    "{count} {kinds} word taken from the list: {named}.",
    "{count} {kinds} words taken from the list: {named} and {more} more.",
    "{count} {kinds} words taken from the list: {named}.",
)
_OTHER_KIND: Final = "«{listed}» is {kinds}; it was {said}."
_ALLOWED: Final = "{author} was added to the allow list of authors."
_NOT_ALLOWED: Final = "{author} was taken from the allow list of authors."
_OFF: Final = "{label}: off."
_ON: Final = "{label}: on, with {change}."
_POINT: Final = "{label} in {language}: {change}; it was: {other_change}."
_IN_LANGUAGE: Final = "{label} in {language}: {change}; it was {other_change}."
_PART: Final = "{label}, {words}: {change}; it was {other_change}."
_PLAINLY: Final = "{label}: {change}; it was {other_change}."
_HELD: Final = "held from {hold}"
_REJECTED: Final = "rejected from {reject}"
_BOTH: Final = "held from {hold} and rejected from {reject}"
_NO_THRESHOLD: Final = "no threshold"
_AS_ELSEWHERE: Final = "as in other languages"
_NO_POINT: Final = "no operating point"

# Where one would match what another says, it is later.
LINES: Final = (
    *(_TAKEN_OVER, _GIVEN_UP, *_ADDED, *_TAKEN, _OTHER_KIND, _ALLOWED, _NOT_ALLOWED),
    *(_OFF, _ON, _POINT, _IN_LANGUAGE, _PART, _PLAINLY),
)
PARTS: Final = (
    *(_BOTH, _HELD, _REJECTED, _NO_THRESHOLD, _AS_ELSEWHERE, _NO_POINT),
    "reject where at least {hundred} of 100 would be rejected",
    "approve as long as at most {hundred} in 100 would not have been",
    *("nothing", "yes", "no", "hold", "reject"),
    "{label} ({wanted}; {said})",
    "{wanted}; {said}",
    "{label}: {said}",
)


def changes(before: PolicyDocument, after: PolicyDocument) -> list[str]:
    """Return what ``after`` does otherwise, one sentence for each change; none: they are equal."""
    return [
        *_plain(before, after),
        *_thresholds(before, after),
        *_operating_points(before, after),
        *_words(before.words, after.words),
        *_allowed(before.allow.authors, after.allow.authors),
        *_parts(before, after),
    ]


def _plain(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for field, name in _PLAIN.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield _PLAINLY.format(label=name, change=_told(new), other_change=_told(old))


def _thresholds(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for label in Label:
        old, new = (getattr(each.thresholds, label.value) for each in (before, after))
        was, now = _pair(old), _pair(new)
        if was != now:
            told, told_before = _limits(now), _limits(was)
            yield _PLAINLY.format(label=_named(label), change=told, other_change=told_before)
        yield from _in_languages(label, old, new)


def _in_languages(
    label: Label, before: ThresholdDocument | None, after: ThresholdDocument | None
) -> Iterator[str]:
    old, new = ({} if each is None else each.apart() for each in (before, after))
    for language in sorted(old.keys() | new.keys()):
        was, now = old.get(language), new.get(language)
        if was != now:
            yield _IN_LANGUAGE.format(
                label=_named(label),
                language=LANGUAGE_NAMES[language],
                change=_limits(_pair(now), otherwise=_AS_ELSEWHERE),
                other_change=_limits(_pair(was), otherwise=_AS_ELSEWHERE),
            )


def _pair(limits: LimitsDocument | None) -> dict[str, float | None]:
    return {} if limits is None else {"hold": limits.hold, "reject": limits.reject}


def _limits(limits: Mapping[str, float | None], *, otherwise: str = _NO_THRESHOLD) -> str:
    given = {name: f"{at:g}" for name, at in limits.items() if at is not None}
    if not given:
        return otherwise
    line = _BOTH if len(given) > 1 else _HELD if "hold" in given else _REJECTED
    return line.format(**given)


def _operating_points(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    old, new = (
        {(w.label, w.language, w.point.automatic): w.point for w in each.wishes}
        for each in (before, after)
    )
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            label, language, _ = key
            was, now = (str(each[key]) if key in each else _NO_POINT for each in (old, new))
            yield _POINT.format(
                label=_named(label),
                language=LANGUAGE_NAMES[language],
                change=now,
                other_change=was,
            )


def _words(before: Words, after: Words) -> Iterator[str]:
    for language in sorted(set(before.starters) ^ set(after.starters)):
        line = _TAKEN_OVER if language in after.starters else _GIVEN_UP
        yield line.format(language=LANGUAGE_NAMES[language])
    old, new = ({each.key: each for each in words.listed} for words in (before, after))
    yield from _counted(_ADDED, (new[key] for key in new if key not in old))
    yield from _counted(_TAKEN, (old[key] for key in old if key not in new))
    for key in new:
        if key in old and old[key].kind is not new[key].kind:
            yield _OTHER_KIND.format(listed=new[key].word, kinds=new[key].kind, said=old[key].kind)


def _counted(lines: tuple[str, str, str], words: Iterable[ListedWord]) -> Iterator[str]:
    one, many_more, many = lines
    by_kind: dict[Kind, list[str]] = {}
    for each in words:
        by_kind.setdefault(each.kind, []).append(each.word)
    for kind, found in sorted(by_kind.items()):
        named = ", ".join(f"«{word}»" for word in found[:_NAMED_MAX])
        more = len(found) - _NAMED_MAX
        line = one if len(found) == 1 else many_more if more > 0 else many
        yield line.format(count=f"{len(found):,}", kinds=kind, named=named, more=f"{more:,}")


def _allowed(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    change = Counter(after)
    change.subtract(Counter(before))
    for value, count in sorted(change.items()):
        if count:
            yield (_ALLOWED if count > 0 else _NOT_ALLOWED).format(author=value)


def _parts(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for field in _PART_BY_PART:
        old, new = getattr(before, field), getattr(after, field)
        if old == new:
            continue
        if new is None:
            yield _OFF.format(label=_named(field))
        elif old is None:
            spelled = _spelled(new.model_dump(mode="json"), ", ")
            yield _ON.format(label=_named(field), change=spelled)
        else:
            was, now = old.model_dump(mode="json"), new.model_dump(mode="json")
            for name in now:
                if was[name] != now[name]:
                    yield _PART.format(
                        label=_named(field),
                        words=name.replace("_", " "),
                        change=_told(now[name]),
                        other_change=_told(was[name]),
                    )


def _spelled(section: Mapping[str, Any], between: str) -> str:
    parts = []
    for name, value in section.items():
        called, told = name.replace("_", " "), _told(value)
        parts.append(f"{called} ({told})" if isinstance(value, dict) else f"{called}: {told}")
    return between.join(parts)


def _told(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(map(str, value)) or "nothing"
    if isinstance(value, dict):
        return _spelled(value, "; ")
    return str(value).replace("_", " ")


def _named(name: str) -> str:
    return name.replace("_", " ").capitalize()
