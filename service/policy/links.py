"""Links in a text: with and without a scheme, and written so that a program should miss them.

Recognised by linkify-it-py, which needs no network. A bare "word.is" is a link only where its end
is a domain and no English word or kind of file: people forget the space after a full stop.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

# Generic domains that comments advertise, beside all national ones.
_DOMAINS = """
    biz com edu gov int mil net org info name pro mobi tel travel aero coop museum asia app art bar
    bet bid blog business cash casino center chat city click cloud club company dating deals dev
    digital email expert finance fit fun games global group guru host icu ink jobs land lat life
    link live loan lol love ltd market marketing media mom money network news one online page party
    photo poker porn press promo pub racing red rent review rocks run sale sbs sex sexy shop site
    social software solutions space store stream studio systems team tech tips today top trade vip
    website win wiki work works world wtf xxx xyz zone рф рус онлайн сайт орг ком қаз дети москва
    бел укр мкд срб
"""
# What also ends a sentence and begins the next, or a file's name: no link without more.
_AMBIGUOUS = """
    am as at be by do go im in is it la me mo my no pm re so st to us py md sh rs pl cc ps ai one
    pro red run team today live love life news name work world art bar bid center chat city company
    deals digital expert fit fun games global group host jobs land link market media money mom
    network page party photo press review rocks sale social software solutions space stream studio
    systems tech tips top trade travel wiki works zone email finance
"""
_AMBIGUOUS_DOMAINS = frozenset(_AMBIGUOUS.split())
_LINKIFY = LinkifyIt(options={"fuzzy_ip": True}).tlds(_DOMAINS.split(), True)  # noqa: FBT003

# "site [dot] com", "сайт точка ру": what stands for the dot, and the domains it is tried with.
_DOT = r"(?:\.|dot|точка|тчк|nuqta|нуқта|нүкте)"
_SPELLED = re.compile(
    rf"(?<![\w.-])([\w-]{{2,63}})(?:\s?[\[({{]\s?{_DOT}\s?[\])}}]\s?|\s(?!\.){_DOT}\s)"
    r"(com|net|org|info|ru|su|uz|kz|kg|tj|by|ua|io|me|xyz|top|online|site|shop|club|рф|ком|ру|уз|кз)"
    r"(?![\w-])(?:/\S*)?",
    re.IGNORECASE,
)
_SCHEME = "http://"
_SCHEME_SPELLED = re.compile(
    r"\b(?:h(?:xx|\*\*)ps?\s?(?::|\[:\])|https?(?:\s:|\s?\[:\]))\s?//", re.IGNORECASE
)
# A word with a sign inside that links and addresses have; begins only where a word does, so that
# the time stays linear.
_PERHAPS_LINK = re.compile(r"(?<!\S)[^\s.@/]*[.@/]\S+")
_SIGN_INSIDE = re.compile(r"[.@/](?=\S)")  # quick, and without it there is no such word
_DOT_HINTS = ("[", "(", "{", "dot", "точка", "тчк", "nuqta", "нуқта", "нүкте")


@dataclass(frozen=True, slots=True)
class Link:
    """A link found: ``as_written`` is ``text[start:end]``.

    ``host`` is in lower case, international names in their letters, without ``www.``.
    """

    host: str
    start: int
    end: int
    as_written: str


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address found: ``as_written`` is ``text[start:end]``."""

    start: int
    end: int
    as_written: str


def links(text: str) -> list[Link]:
    """Return the links in the text, in their order."""
    found = [*_written(text), *_spelled(text)]
    return sorted(found, key=lambda link: (link.start, link.end))


def addresses(text: str) -> list[Address]:
    """Return the e-mail addresses in the text, in their order."""
    return [
        Address(start, end, text[start:end])
        for schema, _, start, end in _recognised(text)
        if schema == "mailto:"
    ]


def is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Tell whether a host, or a domain that it belongs to, is on the list."""
    parts = host.split(".")
    return any(".".join(parts[i:]) in allowed for i in range(len(parts)))


def plain_host(written: str) -> str:
    """Return a host as `Link` has it: for lists that people write."""
    host = written.strip().lower().rstrip(".")
    if host.count(".") > 1:  # www.com is a domain
        host = host.removeprefix("www.")
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _recognised(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield (scheme, url, start, end). Only words that could be one are looked at: it is slow."""
    if not _SIGN_INSIDE.search(text):
        return
    for word in _PERHAPS_LINK.finditer(text):
        for match in _LINKIFY.match(word[0]) or ():
            start = word.start() + match.index
            yield match.schema, match.url, start, word.start() + match.last_index


def _written(text: str) -> Iterator[Link]:
    spelled: dict[int, int] = {}
    read = text
    if "//" in text:
        spelled = {scheme.end(): scheme.start() for scheme in _SCHEME_SPELLED.finditer(text)}
        read = _SCHEME_SPELLED.sub(lambda scheme: _SCHEME.rjust(len(scheme[0])), text)
    for schema, url, start, end in _recognised(read):
        host = "" if schema == "mailto:" else _host(url)
        began = spelled.get(start + len(_SCHEME), start)
        written = text[began:end]
        if host and (schema or not _is_sentence(written, host)):
            yield Link(host, began, end, written)


def _host(url: str) -> str:
    try:
        return plain_host(urlsplit(url if "://" in url else f"http:{url}").hostname or "")
    except ValueError:  # a bracket that opens no address
        return ""


def _is_sentence(written: str, host: str) -> bool:
    """Tell whether a full stop without a space made this look like a link."""
    bare = written.lower().removesuffix("/") == host
    last = written.rpartition(".")[2]
    return bare and host.count(".") == 1 and (last.lower() in _AMBIGUOUS_DOMAINS or last.istitle())


def _spelled(text: str) -> Iterator[Link]:
    plain = text.casefold()
    if not any(hint in plain for hint in _DOT_HINTS):
        return
    for match in _SPELLED.finditer(text):
        host = plain_host(f"{match[1]}.{_LATIN.get(match[2].lower(), match[2])}")
        yield Link(host, *match.span(), match[0])


_LATIN = {"ком": "com", "ру": "ru", "уз": "uz", "кз": "kz"}
