"""All that the rules ask of a text itself, read once: words, links, contacts, style, fingerprint.

Pure. What the classifier thinks, and what the database knows, is gathered elsewhere.
"""

from dataclasses import dataclass

from ml.labels import Language
from ml.normalise import normalise_with_offsets
from service.policy.contacts import Contact, contacts
from service.policy.copies import Fingerprint, fingerprint_normalised
from service.policy.links import Link, links
from service.policy.style import capitals, longest_run, repetition
from service.policy.words import Match, Matcher


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """What stands in a text; places are those of the text as written."""

    words: tuple[Match, ...]
    links: tuple[Link, ...]
    contacts: tuple[Contact, ...]
    capitals: float
    longest_run: int
    repetition: float
    fingerprint: Fingerprint


def read_text(text: str, *, language: Language | None, matcher: Matcher) -> TextEvidence:
    """Return the evidence in a text.

    Args:
        text: as written.
        language: None where it is not sure; see ``Matcher.find``.
        matcher: of the site's word lists.
    """
    read = normalise_with_offsets(text)
    return TextEvidence(
        words=tuple(matcher.find_normalised(text, read, language)),
        links=tuple(links(text)),
        contacts=tuple(contacts(text)),
        capitals=capitals(text),
        longest_run=longest_run(text),
        repetition=repetition(text),
        fingerprint=fingerprint_normalised(read.text),
    )
