"""The slow and careful part of normalising: one text in which something looks like a disguise.

Works on text that is already clean (lower case, no invisible characters, known look-alikes plain).
Every rule is a regular expression whose repetitions are bounded, or that reads each character once,
so that no text takes more than linear time.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from ml import unmask
from ml.letters import (
    CYRILLIC_TWIN,
    KIND,
    LATIN_TWIN,
    LEET_CYRILLIC,
    LEET_LATIN,
    LOOK_ALIKES,
    MEANING,
    NOTHING,
    TO_LATIN,
    Codes,
    Kind,
)
from ml.rows import Origins

_ENDINGS = (
    "com|net|org|info|biz|ru|su|uz|kz|kg|by|ua|tj|tm|az|am|ge|tr|de|fr|uk|eu|io|me|ly|gl|gd|"
    "tk|ml|cc|tv|xyz|club|online|site|top|shop|store|link|click|app|vip|rf"
)


def _in_any_script(word: str) -> str:
    """Return a pattern for the word and for all that folds to it: .com and .ком are one."""
    same = {c: "".join(k for k, latin in TO_LATIN.items() if latin == c) for c in word}
    return "".join(f"[{c}{same[c]}]" if c.isalpha() else c for c in word)


_SITES = _in_any_script(_ENDINGS)
_ENTITY = re.compile(r"&(?:amp;)*(#x[0-9a-f]{1,6}|#[0-9]{1,7}|\w{1,16});")
_TAG = re.compile(r"(?:<(?:/?[^\W\d_][^<>]{0,400}|!--[^<>]{0,500})>){1,8}")
# Tags that a browser shows nothing of between two letters; others begin a new line or a link.
_WITHIN_WORDS = re.compile(
    r"(?:<(?:/?(?:b|big|code|del|em|font|i|ins|mark|s|small|span|strong|sub|sup|tt|u|wbr)"
    r"(?![^\W_])[^<>]{0,400}|!--[^<>]{0,500})>){1,8}"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ADDRESS = re.compile(
    rf"(?:https?://|(?<!\w)www\.)([\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,5}})[^\s<>\"]*"
    rf"|(?<![\w.-])([\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.(?:{_SITES}))(?![\w-])"
    r"(?:[/?:][^\s<>\"]*)?"
)
_MENTION = re.compile(
    r"<[@#][!&]?\d{1,24}>|\[(?:id|club)\d{1,16}\|[^\]]{0,80}\]"
    r"|(?<![\w@$€!|])@(?!ss(?:\b|ho)|[\u0400-\u052f])\w{2,64}"
)
# Only words that hold a sign at all; tried once per word, so that no long one takes long.
_LEET_WORD = re.compile(r"(?<![\w@$€!|'])[\w@$€!|']*[0-9@$€!|][\w@$€!|']*")
_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(
    r"(?<![^\W_])[^\W\d_](?P<gap>[ .,\-_*/|~+=:;]{1,2})(?:[0134@$](?P=gap))?[^\W\d_]"
    r"(?:(?P=gap)(?:[0134@$](?P=gap))?[^\W\d_])+(?![^\W_])"
)
# One-letter words of Russian and English, as folded: three in a row are still no disguise.
_LETTER_WORDS = frozenset("аивксуояaivksuoy")
_SPACED_MIN = 4


# Where each character of a reading lies in its match: start and end, seen from the match's start.
Spans = list[tuple[int, int]]
_Reading = Callable[[re.Match[str]], str]
_Places = Callable[[re.Match[str], str], Spans]


@dataclass(slots=True)
class _Text:
    """A text, and where each of its characters came from (None: nobody asks)."""

    text: str
    origins: Origins | None

    def rewrite(self, pattern: re.Pattern[str], reading: _Reading, places: _Places) -> None:
        """Put ``reading(match)`` in place of every match, which lies there as ``places`` says.

        What is read as it was written stays where it is.
        """
        if self.origins is None:
            self.text = pattern.sub(reading, self.text)
            return
        texts: list[str] = []
        origins: list[Origins] = []
        position = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            read = reading(match)
            texts += [self.text[position:start], read]
            inside = self.origins[start:end]
            if read != match[0]:
                spans = np.array(places(match, read), np.int64).reshape(-1, 2)
                # Where the first character of each span came from begins, and the last one ends.
                inside = np.stack([inside[spans[:, 0], 0], inside[spans[:, 1] - 1, 1]], axis=1)
            origins += [self.origins[position:start], inside]
            position = end
        self.text = "".join([*texts, self.text[position:]])
        self.origins = np.concatenate([*origins, self.origins[position:]])


def _whole(match: re.Match[str], read: str) -> Spans:
    """Each character of the reading stands for all that was matched."""
    return [(0, len(match[0]))] * len(read)


def _in_place(match: re.Match[str], read: str) -> Spans:
    """Each character of the reading stands for the one in its place; it has as many."""
    assert len(read) == len(match[0])  # noqa: S101 - else the wrong rule says so of itself
    return _each(0, len(read))


def _each(start: int, end: int) -> Spans:
    return [(at, at + 1) for at in range(start, end)]


class Rule(IntFlag):
    """What may have to be undone; a text calls for none, one or several."""

    MARKUP = 1
    MENTION = 2
    ADDRESS = 4
    LEET = 8
    SCRIPTS = 16
    SPACED = 32
    NAMED = 64  # a mention that may hold spaces: [id1|A name]
    HIDDEN = 128


def undo(codes: Codes, origins: Origins | None, rules: int) -> tuple[Codes, Origins | None]:
    """Return a framed stretch after one round of the rules: the same object if nothing changed.

    Neither a word nor a text begins or ends without a space, before or after.
    """
    before = codes.tobytes().decode("utf-32-le")
    text = _Text(before, origins)
    if rules & _MARKUP:
        text.rewrite(_ENTITY, _character, _whole)
        text.rewrite(_TAG, _tag, _whole)
    if rules & _HIDDEN:
        text.rewrite(unmask.TOKEN, lambda token: unmask.read(token[0]), _in_place)
    if rules & _MENTION_RULES:
        text.rewrite(_EMAIL, lambda _: " @ ", _whole)
        text.rewrite(_MENTION, lambda _: " @ ", _whole)
    if rules & _ADDRESS_RULE:
        text.rewrite(_ADDRESS, _address, _address_places)
    if rules & _LEET:
        text.rewrite(_LEET_WORD, _unleeted, _in_place)
    if rules & _SCRIPTS:
        text.rewrite(_WORD, _one_script, _in_place)
    if rules & _SPACED_RULE:
        text.rewrite(_SPACED, _joined, _joined_places)
    if text.text == before:
        return codes, origins
    if "  " in text.text:
        text.rewrite(_BLANKS, lambda _: " ", _whole)
    return np.frombuffer(text.text.encode("utf-32-le"), np.uint32), text.origins


# Plain numbers: an enumeration's own "&" takes as long as a small regular expression.
_MARKUP, _ADDRESS_RULE, _LEET = int(Rule.MARKUP), int(Rule.ADDRESS), int(Rule.LEET)
_SCRIPTS, _SPACED_RULE, _HIDDEN = int(Rule.SCRIPTS), int(Rule.SPACED), int(Rule.HIDDEN)
_MENTION_RULES = int(Rule.MENTION | Rule.NAMED)
_BLANKS = re.compile(r" {2,}")


def _character(match: re.Match[str]) -> str:
    """Read an entity, even one spelt in Cyrillic letters; unknown names stay as they are."""
    name = "".join(TO_LATIN.get(c, c) for c in match[1])
    character = html.unescape(f"&{name};")
    if len(character) != 1:
        return match[0]
    meant = int(MEANING[ord(character)])
    return " " if meant == NOTHING else chr(meant)


def _tag(match: re.Match[str]) -> str:
    """Read a tag as a space, or as nothing where it only dresses a part of a word: fu<b>dge</b>."""
    start, end = match.span()
    within = match.string[start - 1].isalpha() and match.string[end].isalpha()
    return "" if within and _WITHIN_WORDS.fullmatch(match[0]) else " "


def _address(match: re.Match[str]) -> str:
    """Keep that there was an address, and the words of its host; the path is nobody's language."""
    host = (match[1] or match[2]).removeprefix("www.")
    return f"{_HTTP}{host.replace('.', ' ')} "


def _address_places(match: re.Match[str], read: str) -> Spans:
    """Each letter of the host stands for itself, and the space behind it for the path.

    The word "http" stands for the scheme, or for the whole address where there is none.
    """
    size = len(match[0])
    end = match.end(1 if match[1] else 2) - match.start()
    host = end - (len(read) - len(_HTTP) - 1)
    scheme = match[0].find("://", 0, host)
    http = (0, size if scheme < 0 else scheme + len("://"))
    return [*[http] * len(_HTTP), *_each(host, end), (min(end, size - 1), size)]


_HTTP = " http "


_KINDS = KIND.tobytes()


def _kind(character: str) -> int:
    return _KINDS[ord(character)]


def _unleeted(match: re.Match[str]) -> str:
    word = match[0]
    if word.isdigit():
        return word
    kinds = [_kind(c) for c in word]
    cyrillic = kinds.count(Kind.CYRILLIC)
    letters = cyrillic + kinds.count(Kind.LATIN) + kinds.count(Kind.LETTER)
    if not letters:
        return word
    read = LEET_CYRILLIC if cyrillic * 2 > letters else LEET_LATIN
    return _LEET_RUN.sub(lambda run: _unleeted_run(run, read), word)


_LEET_RUN = re.compile(r"([0-9@$€!|])\1?")
_LETTERS_AFTER = re.compile(r"[^\W\d_']*(?:'[^\W\d_']+)*")
_LETTERS_AFTER_MIN = 3
# What is no digit needs fewer letters after it to be one itself at the start; ! and | never are.
_START_MIN = {"@": 1, "$": 1, "€": 1, "!": 99, "|": 99}


def _unleeted_run(run: re.Match[str], read: dict[str, str]) -> str:
    sign, (start, end), word = run[1], run.span(), run.string
    letter_before = start > 0 and word[start - 1].isalpha()
    following = _LETTERS_AFTER.match(word, end)
    after = (
        0 if following is None else sum(len(TO_LATIN.get(c, c)) for c in following[0] if c != "'")
    )
    as_letter = read.get(sign)
    if as_letter is None:
        return run[0]
    inside = letter_before and after > 0
    first = start == 0 or word[start - 1] == "'"
    at_start = first and len(run[0]) == 1 and after >= _START_MIN.get(sign, _LETTERS_AFTER_MIN)
    at_end = letter_before and end == len(word) and sign in "@$€"
    return as_letter * len(run[0]) if inside or at_start or at_end else run[0]


def _one_script(match: re.Match[str]) -> str:
    """Read a word of two scripts in the one that it is in, where every letter allows it."""
    word = match[0]
    if word.isascii():
        return word
    kinds = [_kind(c) for c in word]
    latin, cyrillic = kinds.count(Kind.LATIN), kinds.count(Kind.CYRILLIC)
    if not latin or not cyrillic:
        return word
    to_cyrillic = (Kind.LATIN, CYRILLIC_TWIN)
    to_latin = (Kind.CYRILLIC, LATIN_TWIN)
    # A letter that looks like none of the other script gives the script away; else, the most do.
    telling = {kind for c, kind in zip(word, kinds, strict=True) if c not in LOOK_ALIKES}
    telling &= {Kind.LATIN, Kind.CYRILLIC}
    is_cyrillic = Kind.CYRILLIC in telling if len(telling) == 1 else cyrillic >= latin
    order = (to_cyrillic, to_latin) if is_cyrillic else (to_latin, to_cyrillic)
    for foreign, twins in order:
        strangers = {c for c, kind in zip(word, kinds, strict=True) if kind == foreign}
        if strangers <= twins.keys():
            return "".join(twins[c] if c in strangers else c for c in word)
    return word


def _joined(match: re.Match[str]) -> str:
    letters = match[0].replace(match["gap"], "")
    few = sum(c.isalpha() for c in letters) < _SPACED_MIN
    if few and match["gap"].isspace() and not (letters.isalpha() and set(letters) - _LETTER_WORDS):
        return match[0]
    return letters


def _joined_places(match: re.Match[str], read: str) -> Spans:
    """Each letter stands for itself: one gap lay between any two."""
    step = 1 + len(match["gap"])
    return [(at * step, at * step + 1) for at in range(len(read))]
