"""What the text itself gives reasons for: words, links, contacts, style, language, copies. Pure."""

from collections.abc import Iterator, Sequence

from ml.labels import Language
from service.policy import sentences as say
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
        yield Reason(
            Outcome.REJECT, "word_banned", _listed(say.LINES["word_banned"], banned), _BANNED_WEIGHT
        )
    if suspect:
        yield Reason(
            Outcome.HOLD,
            "word_suspect",
            _listed(say.LINES["word_suspect"], suspect),
            _SUSPECT_WEIGHT,
        )


def _listed(lines: Sequence[str], matches: Sequence[Match]) -> str:
    """Say which listed words stand there and how each was written, the first few by name.

    Args:
        matches: at least one.
        lines: for one word, for more than are named, for a few.
    """
    of_one, of_many, of_few = lines
    named = list(dict.fromkeys(_as_written(match) for match in matches))
    more = len(named) - NAMED_MAX
    line = of_one if len(named) == 1 else of_many if more > 0 else of_few
    return line.format(words=", ".join(named[:NAMED_MAX]), more=more)


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
        sentence = say.LINKS.format(count=len(hosts), hosts=named, most=bounds.most)
        yield Reason(bounds.then.outcome, "links", sentence, _CONTACT_WEIGHT)


def by_contacts(bounds: Contacts | None, text: TextEvidence) -> Iterator[Reason]:
    """Find ways to be reached; they are named by kind alone, being somebody's own."""
    if bounds is None:
        return
    kinds = {contact.kind for contact in text.contacts} & set(bounds.kinds)
    if kinds:
        named = ", ".join(sorted(kinds))
        sentence = say.CONTACTS.format(kinds=named)
        yield Reason(bounds.then.outcome, "contacts", sentence, _CONTACT_WEIGHT)


def by_style(bounds: Style | None, text: TextEvidence) -> Iterator[Reason]:
    if bounds is None:
        return
    outcome = bounds.then.outcome
    if bounds.capitals is not None and text.capitals >= bounds.capitals:
        share, limit = f"{text.capitals:.0%}", f"{bounds.capitals:.0%}"
        sentence = say.CAPITALS.format(share=share, limit=limit)
        yield Reason(outcome, "capitals", sentence, _STYLE_WEIGHT)
    if bounds.longest_run is not None and text.longest_run >= bounds.longest_run:
        sentence = say.CHARACTER_RUN.format(count=text.longest_run, limit=bounds.longest_run)
        yield Reason(outcome, "character_run", sentence, _STYLE_WEIGHT)
    if bounds.repetition is not None and text.repetition >= bounds.repetition:
        share, limit = f"{text.repetition:.0%}", f"{bounds.repetition:.0%}"
        sentence = say.REPETITION.format(share=share, limit=limit)
        yield Reason(outcome, "repetition", sentence, _STYLE_WEIGHT)


def by_language(
    bounds: Languages | None, language: Language | None, probability: float
) -> Iterator[Reason]:
    """Find a language that is not accepted, where it is sure enough."""
    if bounds is None or language is None or language in bounds.accepted:
        return
    if probability >= bounds.certainty:
        accepted = ", ".join(LANGUAGE_NAMES[each] for each in bounds.accepted)
        sentence = say.LANGUAGE.format(language=LANGUAGE_NAMES[language], accepted=accepted)
        yield Reason(bounds.then.outcome, "language", sentence, _LANGUAGE_WEIGHT)


def by_copies(bounds: Copies | None, counts: CopyCounts) -> Iterator[Reason]:
    if bounds is None:
        return
    hours = bounds.within_hours
    if bounds.exact is not None and counts.exact >= bounds.exact:
        sentence = say.COPY_EXACT.format(count=counts.exact, hours=hours)
        yield Reason(bounds.then.outcome, "copy_exact", sentence, _COPY_WEIGHT)
    elif bounds.near is not None and counts.near >= bounds.near:
        sentence = say.COPY_NEAR.format(count=counts.near, hours=hours)
        yield Reason(bounds.then.outcome, "copy_near", sentence, _COPY_WEIGHT)
