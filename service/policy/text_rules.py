"""What the text itself gives reasons for: words, links, contacts, style, language, copies. Pure."""

from collections.abc import Iterator, Sequence

from ml.labels import Language
from service.policy.evidence import CopyCounts
from service.policy.links import is_allowed
from service.policy.outcomes import Outcome, Reason
from service.policy.sections import Contacts, Copies, Languages, Links, Style
from service.policy.text_evidence import TextEvidence
from service.policy.word_entries import Kind
from service.policy.words import Match

NAMED_MAX = 5
_WRITTEN_MAX_CHARS = 60
_BANNED_WEIGHT, _SUSPECT_WEIGHT = 0.9, 0.6
_CONTACT_WEIGHT, _STYLE_WEIGHT, _LANGUAGE_WEIGHT, _COPY_WEIGHT = 0.4, 0.3, 0.2, 0.6
LANGUAGE_NAMES = {
    Language.ENGLISH: "English",
    Language.RUSSIAN: "Russian",
    Language.UZBEK: "Uzbek",
    Language.KAZAKH: "Kazakh",
    Language.OTHER: "another language",
}


def by_words(matches: Sequence[Match]) -> Iterator[Reason]:
    """Find what the site's lists ask for: banned rejects, suspect holds."""
    banned = [match for match in matches if match.entry.kind is Kind.BANNED]
    suspect = [match for match in matches if match.entry.kind is Kind.SUSPECT]
    if banned:
        yield Reason(Outcome.REJECT, "word_banned", _listed("banned", banned), _BANNED_WEIGHT)
    if suspect:
        yield Reason(Outcome.HOLD, "word_suspect", _listed("suspect", suspect), _SUSPECT_WEIGHT)


def _listed(kind: str, matches: Sequence[Match]) -> str:
    """Say which listed words stand there and how each was written, the first few by name."""
    named = list(dict.fromkeys(_as_written(match) for match in matches))
    more = f" and {len(named) - NAMED_MAX} more" if len(named) > NAMED_MAX else ""
    words = "word" if len(named) == 1 else "words"
    return f"On this site's list of {kind} words: the {words} {', '.join(named[:NAMED_MAX])}{more}."


def _as_written(match: Match) -> str:
    written = " ".join(match.as_written.split())
    if len(written) > _WRITTEN_MAX_CHARS:
        written = written[:_WRITTEN_MAX_CHARS] + "…"
    return f"«{match.entry.word}», written «{written}»"


def by_links(bounds: Links | None, text: TextEvidence) -> Iterator[Reason]:
    if bounds is None:
        return
    allowed = frozenset(bounds.allowed_hosts)
    hosts = [link.host for link in text.links if not is_allowed(link.host, allowed)]
    if len(hosts) > bounds.most:
        named = ", ".join(list(dict.fromkeys(hosts))[:NAMED_MAX])
        sentence = f"It links {len(hosts)} time(s) to {named}; {bounds.most} is the most here."
        yield Reason(bounds.then.outcome, "links", sentence, _CONTACT_WEIGHT)


def by_contacts(bounds: Contacts | None, text: TextEvidence) -> Iterator[Reason]:
    """Find ways to be reached; they are named by kind alone, being somebody's own."""
    if bounds is None:
        return
    kinds = {contact.kind for contact in text.contacts} & set(bounds.kinds)
    if kinds:
        named = ", ".join(sorted(kinds))
        sentence = f"It gives away a way to be reached: {named}."
        yield Reason(bounds.then.outcome, "contacts", sentence, _CONTACT_WEIGHT)


def by_style(bounds: Style | None, text: TextEvidence) -> Iterator[Reason]:
    if bounds is None:
        return
    outcome = bounds.then.outcome
    if bounds.capitals is not None and text.capitals >= bounds.capitals:
        sentence = f"{text.capitals:.0%} of its letters are capitals, and {bounds.capitals:.0%} is"
        yield Reason(outcome, "capitals", f"{sentence} shouting here.", _STYLE_WEIGHT)
    if bounds.longest_run is not None and text.longest_run >= bounds.longest_run:
        sentence = f"One character stands {text.longest_run} times in a row"
        told = f"{sentence}, and from {bounds.longest_run} a comment is looked at."
        yield Reason(outcome, "character_run", told, _STYLE_WEIGHT)
    if bounds.repetition is not None and text.repetition >= bounds.repetition:
        sentence = f"{text.repetition:.0%} of it was said before in it, and {bounds.repetition:.0%}"
        yield Reason(outcome, "repetition", f"{sentence} is too much here.", _STYLE_WEIGHT)


def by_language(
    bounds: Languages | None, language: Language | None, probability: float
) -> Iterator[Reason]:
    """Find a language that is not accepted, where it is sure enough."""
    if bounds is None or language is None or language in bounds.accepted:
        return
    if probability >= bounds.certainty:
        accepted = ", ".join(LANGUAGE_NAMES[each] for each in bounds.accepted)
        sentence = f"It is in {LANGUAGE_NAMES[language]}, and this site takes {accepted}."
        yield Reason(bounds.then.outcome, "language", sentence, _LANGUAGE_WEIGHT)


def by_copies(bounds: Copies | None, counts: CopyCounts) -> Iterator[Reason]:
    if bounds is None:
        return
    hours = f"within {bounds.within_hours} hours"
    if bounds.exact is not None and counts.exact >= bounds.exact:
        sentence = f"The same text came {counts.exact} times or more {hours}."
        yield Reason(bounds.then.outcome, "copy_exact", sentence, _COPY_WEIGHT)
    elif bounds.near is not None and counts.near >= bounds.near:
        sentence = f"Nearly the same text came {counts.near} times or more {hours}."
        yield Reason(bounds.then.outcome, "copy_near", sentence, _COPY_WEIGHT)
