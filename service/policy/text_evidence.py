"""What the rules ask of a text itself, read once: words, links, contacts, style, fingerprint.

Pure. What the classifier thinks, and what the database knows, is gathered elsewhere.
"""

from dataclasses import dataclass
from enum import Flag, auto

from ml.labels import Language
from ml.normalise import normalise_with_offsets
from service.policy.contacts import Contact, contacts
from service.policy.copies import Fingerprint, fingerprint_normalised
from service.policy.links import Link, links
from service.policy.style import capitals, longest_run, repetition
from service.policy.words import Match, Matcher

_NO_FINGERPRINT = Fingerprint(0, ())


class Part(Flag):
    """What can be asked of a text; reading costs, so only what is asked for is read."""

    NOTHING = 0
    WORDS = auto()
    LINKS = auto()
    CONTACTS = auto()
    CAPITALS = auto()
    LONGEST_RUN = auto()
    REPETITION = auto()
    FINGERPRINT = auto()
    ALL = WORDS | LINKS | CONTACTS | CAPITALS | LONGEST_RUN | REPETITION | FINGERPRINT


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """What stands in a text, or nothing of what was not asked; places are as written."""

    words: tuple[Match, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()
    capitals: float = 0.0
    longest_run: int = 0
    repetition: float = 0.0
    fingerprint: Fingerprint = _NO_FINGERPRINT


def read_text(
    text: str, *, language: Language | None, matcher: Matcher | None, parts: Part = Part.ALL
) -> TextEvidence:
    """Return the evidence in a text.

    Args:
        text: as written.
        language: None where it is not sure; see ``Matcher.find``.
        matcher: of the site's word lists; None where there are none.
        parts: what is asked for.
    """
    words: tuple[Match, ...] = ()
    fingerprint = _NO_FINGERPRINT
    if Part.FINGERPRINT in parts or (Part.WORDS in parts and matcher is not None):
        read = normalise_with_offsets(text)
        if matcher is not None and Part.WORDS in parts:
            words = tuple(matcher.find_normalised(text, read, language))
        if Part.FINGERPRINT in parts:
            fingerprint = fingerprint_normalised(read.text)
    linked = tuple(links(text)) if parts & (Part.LINKS | Part.CONTACTS) else ()
    return TextEvidence(
        words=words,
        links=linked if Part.LINKS in parts else (),
        contacts=tuple(contacts(text, linked)) if Part.CONTACTS in parts else (),
        capitals=capitals(text) if Part.CAPITALS in parts else 0.0,
        longest_run=longest_run(text) if Part.LONGEST_RUN in parts else 0,
        repetition=repetition(text) if Part.REPETITION in parts else 0.0,
        fingerprint=fingerprint,
    )
