"""Tables over all of Unicode: what a character stands for, what kind it is, how scripts meet.

Everything is an array indexed by code point, so that a batch of texts is looked up at once. The
tables are built at import (some 20 ms) from the standard library's Unicode data and the short
lists below.
"""

import unicodedata
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]

CODE_POINTS = 0x110000
LETTER_BITS = 21  # so many hold any code point
NOTHING = 0  # what an invisible character stands for; NUL itself stands for a space
SPACE = 0x20


class Kind(IntEnum):
    """What normalising needs to know of a character; fewer than 16, so that pairs fit a byte."""

    OTHER = 0
    LATIN = 1
    CYRILLIC = 2
    LETTER = 3  # of any other script
    DIGIT = 4
    SPACE = 5
    LEET = 6  # stands for a letter anywhere in a word: @ $ €
    LEET_INSIDE = 7  # only between letters: !
    DOT = 8
    COLON = 9
    MARKUP = 10  # < &
    SLASH = 11
    APOSTROPHE = 12
    HASH = 13
    BAR = 14  # | is one of the signs that stand between letters only
    MASK = 15  # hides a letter of a word: * % _ • any, + and ¥ one that looks like it


LETTERS = (Kind.LATIN, Kind.CYRILLIC, Kind.LETTER)

# Invisible: soft hyphen, joiners, bidi controls, fillers, variation selectors, combining marks,
# tags, skin tones. The hard and the soft sign go too: scripts other than Cyrillic drop them.
_INVISIBLE = (
    (0xAD, 0xAD), (0x300, 0x36F), (0x483, 0x489), (0x61C, 0x61C), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x20D0, 0x20FF), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0x1D173, 0x1D17A),
    (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF), (0x42A, 0x42A), (0x42C, 0x42C), (0x44A, 0x44A),
    (0x44C, 0x44C),
)  # fmt: skip

# Look-alikes that Unicode's own decompositions do not give.
_STANDS_FOR = {
    "αοερντυκιχβηγωμѕјԁԛԝѵӏ": "aoepvtukixbnywusjdqwvl",
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ": "abcdefghijklmnoprstuvwyz",
    "ɑɐɓɔɗɘəɛɡɠɦɨɩıłʟɱɯɲŋøœæπþʂʃʈŧʉʋʌʍʎʐƒßđħŀĸ": "aabcdeeegghiiilmmnnoeapnpssttuvvwyzfsdhlk",
    "օոսհցզյտ": "onuhgqjs",
    "’‘ʼʻ`´ʹ′＇ʽˈ‛": "''''''''''''",
    "“”«»„″‟〝〞": '"' * 9,
    "–—−‐‑‒―﹘": "-" * 8,
    "…。．": "...",
}  # fmt: skip
# (first code point of an alphabet of 26, in order): enclosed, squared and regional letters
_ALPHABETS = (0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6)

# Cyrillic into the Latin skeleton that all scripts share. What people leave out when they write
# without the right keyboard (Kazakh and Uzbek letters, ё) is left out here.
TO_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh",
    "ы": "y", "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o",
    "ұ": "u", "ү": "u", "һ": "h", "і": "i", "ў": "o", "ҳ": "h", "є": "e", "ї": "i", "ґ": "g",
    "ҷ": "ch", "ӣ": "i", "ӯ": "u", "ҡ": "k", "ҙ": "z", "җ": "j", "ђ": "dj", "љ": "l", "њ": "n",
    "ћ": "ch", "џ": "dj", "q": "k", "x": "h",
}  # fmt: skip

# Letters that look the same: what a Latin letter hides in a Cyrillic word, and the reverse.
CYRILLIC_TWIN = dict(zip("aceopxykmtbhirgs", "асеорхукмтвніггс", strict=True)) | {
    "n": "п", "u": "и", "w": "ш", "z": "з",
    # These look like nothing there, so a writer who puts them means their sound.
    "d": "д", "f": "ф", "l": "л", "v": "в", "j": "ж",
}  # fmt: skip
LATIN_TWIN = dict(zip("асеорхукмтвніиһүгп", "aceopxykmtbhiuhyrn", strict=True)) | {
    "ш": "w", "з": "z", "б": "b", "ё": "e", "й": "u", "я": "r", "ғ": "f", "ө": "o",
    "ә": "e", "қ": "k", "ң": "n", "ұ": "y", "д": "d", "л": "n", "ф": "f", "и": "u", "ц": "u",
}  # fmt: skip

# Letters that one script has exactly as the other.
LOOK_ALIKES = frozenset("aceopxykmtbhiасеорхукмтвні")

# What a digit or sign is read as, between letters; the same ones in either script.
LEET_LATIN = dict(zip("01345679@$€!|", "oieasbtgaseil", strict=True))
LEET_CYRILLIC = dict(zip("01345679@$€!|", "оизчсбтяасеил", strict=True))


def _meaning() -> Codes:
    """Return, for every code point, the one that it stands for: lower case, plain, or nothing."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    for code in [*range(0x3000), *range(0xFF00, 0xFFEF), *range(0x1D400, 0x1D800)]:
        table[code] = ord(_plain(chr(code)))
    table[0xD800:0xE000] = 0xFFFD
    for seen, meant in _STANDS_FOR.items():
        for a, b in zip(seen, meant, strict=True):
            table[ord(a)] = ord(b)
            if len(a.upper()) == 1 and a.upper() != b:
                table[ord(a.upper())] = ord(b)
    for first in _ALPHABETS:
        table[first : first + 26] = np.arange(ord("a"), ord("z") + 1)
    # A look-alike of a look-alike must not be left half-way: the table is its own fixed point.
    while not np.array_equal(further := table[table], table):
        table = further
    for low, high in _INVISIBLE:
        table[low : high + 1] = NOTHING
    return table


def _plain(character: str) -> str:
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    lower = character.lower()
    if 0x400 <= ord(character) < 0x530:  # noqa: PLR2004 - the Cyrillic blocks: й is not и
        return lower if lower in TO_LATIN else unicodedata.normalize("NFD", lower)[0]
    parts = [p for p in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(p)]
    if len(parts) == 1 and parts[0].lower() != lower and parts[0].isprintable():
        return parts[0].lower()
    return lower if len(lower) == 1 else lower[0]


def _kinds() -> npt.NDArray[np.uint8]:
    table = np.zeros(CODE_POINTS, np.uint8)
    for code in range(0x3000):
        if chr(code).isalpha():
            table[code] = Kind.LETTER
        elif chr(code).isdigit():
            table[code] = Kind.DIGIT
    table[0x3040:0xD800] = Kind.LETTER
    table[0x20000:0x40000] = Kind.LETTER
    table[0x61:0x7B] = Kind.LATIN
    table[0xC0:0x250] = np.where(table[0xC0:0x250] == Kind.LETTER, Kind.LATIN, table[0xC0:0x250])
    # Only Cyrillic that folds counts as such: nothing else may be left to mix with Latin.
    table[[ord(letter) for letter in TO_LATIN if letter >= "\u0400"]] = Kind.CYRILLIC
    for characters, kind in (
        (" ", Kind.SPACE), ("@$€", Kind.LEET), ("!", Kind.LEET_INSIDE), (".", Kind.DOT),
        (":", Kind.COLON), ("<&", Kind.MARKUP), ("/", Kind.SLASH), ("'", Kind.APOSTROPHE),
        ("#", Kind.HASH), ("|", Kind.BAR), ("*%_•+¥", Kind.MASK),
    ):  # fmt: skip
        for character in characters:
            table[ord(character)] = kind
    return table


def _skeleton() -> Codes:
    """Return each code point's Latin form: its first letter, and above ``LETTER_BITS`` a second."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    for letter, latin in TO_LATIN.items():
        table[ord(letter)] = ord(latin[0]) | ord(latin[1:] or "\0") << LETTER_BITS
    return table


MEANING = _meaning()
KIND = _kinds()
SKELETON = _skeleton()
