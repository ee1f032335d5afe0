"""Word lists: which listed words stand in a text, whatever they are dressed up as.

The text is normalised first (``ml.normalise``), so that look-alike letters, invisible characters,
leetspeak, mixed scripts, s p a c e d and stre-e-etched letters are undone; one Aho–Corasick pass
then finds every listed stem that begins a word, and each find is judged on its own: the rest of
the word must be an ending, doubled letters must be doubled on purpose, a word masked with stars
must leave enough to see. An innocent word is never matched for what it contains or resembles.
Pure; time grows with the text, not with the list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from ml.labels import Language
from ml.normalise import Normalised, normalise_many, normalise_with_offsets
from service.policy.innocents import Innocents, plainly
from service.policy.word_endings import RUNS, Follows, squeezed
from service.policy.word_entries import TOKEN, WORD_MIN_LETTERS, Entry, Kind
from service.policy.word_masks import UNKNOWN, Guess, guesses
from service.policy.word_spacing import (
    may_be_spaced,
    side_by_side,
    spaced_tokens,
    spaced_words,
    unspaced,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A listed word found: ``as_written`` is ``text[start:end]``, the whole word or phrase."""

    entry: Entry
    start: int
    end: int
    as_written: str


_VOWELS = "aeiouy"
_DOUBLED_VOWEL_MIN_LETTERS = 4


@dataclass(frozen=True, slots=True)
class _Key:
    """One stem of one entry: its letters squeezed, how often each stood, what may follow.

    ``signs`` counts the hard and soft signs inside it, which folding drops: съе- is not се-.
    """

    entry: Entry
    letters: str
    runs: tuple[int, ...]
    signs: int
    follows: Follows


class Matcher:
    """A compiled list: finds its words in any text. Never changes; safe to share by threads."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        listed = [entry for entry in entries if entry.kind is not Kind.INNOCENT]
        own = (entry.word for entry in entries if entry.kind is Kind.INNOCENT)
        self._innocents = Innocents.with_bundled(own)
        self._spelled = frozenset(plainly(entry.bare) for entry in listed)
        keys: dict[str, list[_Key]] = {}
        for key in _keys(listed):
            keys.setdefault(" " + key.letters, []).append(key)
        self._automaton = ahocorasick.Automaton()
        for letters, found in keys.items():
            self._automaton.add_word(letters, tuple(found))
        self._automaton.make_automaton()

    def __len__(self) -> int:
        """Return how many stems are looked for."""
        return len(self._automaton)

    def find(self, text: str, language: Language | None) -> list[Match]:
        """Return the listed words in ``text``, in their order.

        Args:
            text: as written.
            language: the text's; None when nobody can be sure, and then words of every language
                count. Otherwise another language's word counts where it is spelled in letters that
                the text's language lacks; Uzbek and Kazakh borrow from Russian and English.
        """
        return self.find_normalised(text, normalise_with_offsets(text), language)

    def find_normalised(
        self, text: str, read: Normalised, language: Language | None
    ) -> list[Match]:
        """Return what ``find`` returns, for a text that has been normalised already."""
        if not len(self._automaton):
            return []
        found = {
            (match.start, match.end, match.entry): match
            for match in (
                *self._plain(text, read),
                *self._masked(text, read),
                *self._spaced(text, read),
            )
            if _counts(match, language) and not self._innocent(match)
        }
        return [found[place] for place in sorted(found, key=lambda place: place[:2])]

    def may_find(self, text: str, normalised: str) -> bool:
        """Tell whether ``find`` may find anything in ``text``, which normalises to the other.

        No is certain, and ten times as fast; yes has to be looked at.
        """
        if may_be_spaced(text):
            return len(self._automaton) > 0
        line = squeezed(" " + " ".join(TOKEN.findall(normalised)) + " ")
        if len(self._automaton) and next(self._automaton.iter(line), None) is not None:
            return True
        return next(self._guessed(normalised), None) is not None

    def _innocent(self, match: Match) -> bool:
        """Tell whether a word stands there that only contains or resembles the listed one."""
        written = plainly(match.as_written)
        return written not in self._spelled and written in self._innocents

    def _plain(self, text: str, read: Normalised) -> Iterator[Match]:
        line = " " + " ".join(TOKEN.findall(read.text)) + " "
        short = squeezed(line)
        tokens: list[tuple[int, int]] = []
        for last, keys in self._automaton.iter(short):
            end = short.index(" ", last + 1)
            for key in keys:
                rest = short[last + 1 : end]
                if not _follows(key, rest):
                    continue
                if not tokens:
                    tokens = [token.span() for token in TOKEN.finditer(read.text)]
                first = short.count(" ", 0, last - len(key.letters) + 1) - 1
                words = tokens[first : first + key.letters.count(" ") + 1]
                if _doubled_alike(key, rest, text, read, words) and _signed_alike(
                    key, text, read, words
                ):
                    yield _match(key.entry, text, read, words[0][0], words[-1][1])

    def _masked(self, text: str, read: Normalised) -> Iterator[Match]:
        """Find words of which some letters are hidden behind signs, or which signs cut."""
        for guess, key in self._guessed(read.text):
            yield _match(key.entry, text, read, guess.start, guess.end)

    def _spaced(self, text: str, read: Normalised) -> Iterator[Match]:
        """Find words that spaced letters run together with others."""
        words = [
            word
            for start, end in spaced_tokens(text, read)
            if plainly(unspaced(text[read.starts[start] : read.ends[end - 1]]))
            not in self._innocents
            for word in spaced_words(text, read, start, end)
        ]
        if words:
            yield from self._plain(text, side_by_side(read, words))

    def _guessed(self, normalised: str) -> Iterator[tuple[Guess, _Key]]:
        """Yield what a masked word may be, and the stem that it then begins with."""
        for guess in guesses(normalised):
            line = f" {guess.letters}"
            found = self._automaton.values(line, UNKNOWN, ahocorasick.MATCH_AT_MOST_PREFIX)
            for key in (key for keys in found for key in keys if " " not in key.letters):
                stem, rest = line[1 : len(key.letters) + 1], line[len(key.letters) + 1 :]
                unknown = stem.count(UNKNOWN) / len(stem)
                shown = len(stem) > guess.first and unknown <= guess.unknown_share
                if shown and _follows(key, rest):
                    yield guess, key


def compile_list(entries: Sequence[Entry]) -> Matcher:
    """Return a matcher of all entries; some 200 ms for 10,000, so keep it by policy version."""
    return Matcher(entries)


def _keys(entries: Sequence[Entry]) -> Iterator[_Key]:
    """Yield every stem of every entry, folded; all at once, which is ten times as fast."""
    stems = [(entry, stem) for entry in entries for stem in entry.stems()]
    folded = normalise_many([stem.written for _, stem in stems]).folded.texts() if stems else []
    for (entry, stem), text in zip(stems, folded, strict=True):
        line = " ".join(TOKEN.findall(text))
        if len(line) < WORD_MIN_LETTERS:
            continue
        runs = tuple(len(run[0]) for run in RUNS.finditer(line))
        signs = len(_SIGN.findall(stem.written[:-1]))
        yield _Key(entry, squeezed(line), runs, signs, stem.follows)


_SIGN = re.compile("[ъьЪЬ]")
_SIGN_WRITTEN = re.compile("[ъьЪЬ'’ʼ`\"]")


def _match(entry: Entry, text: str, read: Normalised, first: int, beyond: int) -> Match:
    start, end = read.starts[first], read.ends[beyond - 1]
    following = read.starts[beyond] if beyond < len(read.starts) else len(text)
    while end < following and text[end].isalpha():  # letters that normalising dropped at the end
        end += 1
    return Match(entry, start, end, text[start:end])


def _follows(key: _Key, rest: str) -> object:
    """Tell whether ``rest`` ends the word, or does with the letter that stem and ending share."""
    return key.follows(rest) or (rest and key.follows(key.letters[-1] + rest))


def _doubled_alike(
    key: _Key, rest: str, text: str, read: Normalised, words: Sequence[tuple[int, int]]
) -> bool:
    """Tell whether each letter of the stem stands as often as listed, or was stretched.

    Three letters and more are one letter after normalising, with a gap behind it. Two of a vowel
    in place of one are a stretch as well; two of a consonant make another word too often.
    """
    if max(key.runs) == 1:
        beyond = words[0][0] + len(key.letters)
        stands = read.text.startswith(key.letters, words[0][0])
        if stands and read.text[beyond : beyond + 1] != key.letters[-1]:
            return True  # nothing is doubled: the usual case, and ten times as fast
    line = " ".join(read.text[start:end] for start, end in words)
    places = [i for start, end in words for i in (*range(start, end), end)]
    vowels = _VOWELS if len(key.letters) + len(rest) >= _DOUBLED_VOWEL_MIN_LETTERS else ""
    runs = list(zip(RUNS.finditer(line), key.runs, strict=False))
    for run, wanted in runs:
        length = run.end() - run.start()
        if length < wanted and not _stretched(text, read, places[run.end() - 1]):
            return False
        if length > wanted and run[0][0] not in vowels:
            # The last letter of a stem may stand once more as the first of an ending.
            ends = run is runs[-1][0] and rest and key.follows(run[0][0] + rest)
            if not ends:
                return False
    return True


def _stretched(text: str, read: Normalised, place: int) -> bool:
    """Tell whether letters were dropped right behind the one at ``place``."""
    start, end = read.starts[place], read.ends[place]
    following = read.starts[place + 1] if place + 1 < len(read.starts) else len(text)
    return end < following and text[end].lower() == text[start].lower()


def _signed_alike(key: _Key, text: str, read: Normalised, words: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the signs inside the stem were written too."""
    if not key.signs:
        return True
    start, end = words[0][0], words[-1][1]
    return len(_SIGN_WRITTEN.findall(text[read.starts[start] : read.ends[end - 1]])) >= key.signs


_ALPHABETS = {
    Language.ENGLISH: re.compile(r"[a-z]*"),
    Language.RUSSIAN: re.compile(r"[а-яё]*"),
}
_UZBEK_ONLY = re.compile("[oOgG]['’‘ʻʼ`]|[ўЎғҒ]")
_BORROWED = (Language.RUSSIAN, Language.ENGLISH)


def _counts(match: Match, language: Language | None) -> bool:
    """Tell whether the entry's language may stand in a text of ``language`` in this spelling."""
    own = match.entry.language
    if own is Language.RUSSIAN and _UZBEK_ONLY.search(match.as_written):
        return False
    letters = "".join(c for c in match.as_written.lower() if c.isalpha())
    if own is Language.ENGLISH and _ALPHABETS[Language.RUSSIAN].fullmatch(letters):
        return False
    if own is None or language in (None, own, Language.OTHER):
        return True
    if language in (Language.UZBEK, Language.KAZAKH):
        return own in _BORROWED
    alphabet = _ALPHABETS.get(language) if language else None
    return alphabet is not None and alphabet.fullmatch(letters) is None
