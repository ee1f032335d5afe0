"""Ways to be reached that a text gives away: telephone numbers, e-mail, messengers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import ahocorasick
import phonenumbers

from service.policy.links import Link, addresses, is_allowed, links

# Where a number without a country code is looked for, in this order.
REGIONS = ("UZ", "KZ", "RU")


class ContactKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    MESSENGER = "messenger"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact found: ``as_written`` is ``text[start:end]``."""

    kind: ContactKind
    start: int
    end: int
    as_written: str


_DIGITS_MIN = 7
_PERHAPS_NUMBER = re.compile(rf"(?:\d[\s().+-]{{0,3}}){{{_DIGITS_MIN}}}")
_MESSENGER_HOSTS = frozenset(
    (
        *("t.me", "telegram.me", "telegram.dog", "wa.me", "whatsapp.com", "viber.com", "m.me"),
        *("discord.gg", "discord.com", "signal.me", "line.me", "imo.im", "skype.com"),
    )
)
# The name of a messenger, then whom to look for there, in Latin letters as such names are.
_MESSENGER = re.compile(
    r"(?<!\w)(?:telegram\w*|телеграмм?\w*|телег[аеуи]|тг|tg|whatsapp\w*|вотсап\w*|ватсап\w*|wa|viber"
    r"|вайбер\w*|skype|скайп\w*|discord|дискорд\w*|insta(?:gram)?|инст(?:а|у|е|аграм\w*)|imo|signal)"
    r"\s?(?:[:\-–—=>@]|\s(?:kanal\w*|канал\w*|nick|ник|user|manzil\w*)\s?:?)\s?@?"
    r"([A-Za-z][A-Za-z0-9_.]{4,31})(?![\w@])"
    r"|(?<!\w)(?:telegram|телеграмм?|тг|tg)\w*\s@[A-Za-z]\w{4,31}",
    re.IGNORECASE,
)


# With one of these every find of the pattern above begins.
_MESSENGER_HINTS = ahocorasick.Automaton()
for _hint in (
    *("telegram", "телег", "тг", "tg", "whatsapp", "вотсап", "ватсап", "wa", "viber", "вайбер"),
    *("skype", "скайп", "discord", "дискорд", "insta", "инст", "imo", "signal"),
):
    _MESSENGER_HINTS.add_word(_hint, len(_hint))
_MESSENGER_HINTS.make_automaton()


def contacts(text: str, found_links: Sequence[Link] | None = None) -> list[Contact]:
    """Return the contacts in the text, in their order; ``found_links`` spares a second search."""
    linked = links(text) if found_links is None else found_links
    found = [*_phones(text), *_emails(text), *_messengers(text, linked)]
    return sorted(set(found), key=lambda contact: (contact.start, contact.end))


def _phones(text: str) -> Iterator[Contact]:
    if not _PERHAPS_NUMBER.search(text):
        return
    taken: list[tuple[int, int]] = []
    for region in REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            if all(match.end <= start or end <= match.start for start, end in taken):
                taken.append((match.start, match.end))
                yield Contact(ContactKind.PHONE, match.start, match.end, match.raw_string)


def _emails(text: str) -> Iterator[Contact]:
    if "@" not in text:
        return
    for address in addresses(text):
        yield Contact(ContactKind.EMAIL, address.start, address.end, address.as_written)


def _messengers(text: str, linked: Sequence[Link]) -> Iterator[Contact]:
    for link in linked:
        if is_allowed(link.host, _MESSENGER_HOSTS):
            yield Contact(ContactKind.MESSENGER, link.start, link.end, link.as_written)
    seen = 0
    for start in _hinted(text):
        match = _MESSENGER.match(text, start) if start >= seen else None
        if match:
            seen = match.end()
            yield Contact(ContactKind.MESSENGER, *match.span(), match[0])


def _hinted(text: str) -> Iterator[int]:
    """Yield where a messenger may be named: the pattern is slow, and begins only there."""
    plain = text.lower()
    if len(plain) != len(text):  # a rare letter with two for its small one: places do not agree
        yield from range(len(text))
        return
    for last, length in _MESSENGER_HINTS.iter(plain):
        yield last - length + 1
