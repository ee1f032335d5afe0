"""The forms of a word: which stems it may show up with, and what may follow each of them.

Russian inflects: the dictionary form loses its ending and takes one of a closed set. Uzbek and
Kazakh agglutinate: a stem takes a run of suffixes, each kind in its place, and a last қ, q, k or п
softens before a vowel. English is left at the plural. Stems and endings are spelled as in the
skeleton that ``ml.normalise`` folds to, in which both scripts of a language are one.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ml.labels import Language
from ml.letters import TO_LATIN

# Tells whether what follows a stem in a word is an ending of it; folded and squeezed.
Follows = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stem:
    """What every form in a family begins with, as written, and what may follow it, as folded."""

    written: str
    follows: Follows


def nothing(rest: str) -> bool:
    """Tell whether the word ends here."""
    return not rest


def anything(_: str) -> bool:
    """Take every ending."""
    return True


def squeezed(text: str) -> str:
    """Return the text with every run of one character as that character, digits excepted."""
    if len(text) < _SHORT:  # a word: an array of it costs more than it saves
        return _STRETCHED.sub(_once, text)
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    first = np.ones(len(codes), bool)
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    first |= codes - _ZERO < _TEN
    return codes[first].tobytes().decode("utf-32-le")


def _once(run: re.Match[str]) -> str:
    return run[1]


# What squeezing makes one character of.
RUNS = re.compile(r"(\D)\1*|\d", re.ASCII | re.DOTALL)
_STRETCHED = re.compile(r"(\D)\1+", re.ASCII | re.DOTALL)
_SHORT = 40
_ZERO, _TEN = np.uint32(ord("0")), np.uint32(10)


def forms(word: str, language: Language | None) -> list[Stem]:
    """Return the stems of a noun or adjective, or of a Russian verb in the infinitive."""
    match language:
        case Language.RUSSIAN if _CYRILLIC.fullmatch(word[-4:]):
            return _russian(word)
        case Language.UZBEK:
            return _softened(word, _UZBEK_NOUN.fullmatch)
        case Language.KAZAKH:
            return _softened(word, _KAZAKH_NOUN.fullmatch)
        case Language.ENGLISH:
            return [Stem(word, _plural(word))]
    return [Stem(word, nothing)]


def verb_forms(stem: str, language: Language | None) -> list[Stem]:
    """Return the stems of an Uzbek or Kazakh verb, given the bare stem (imperative).

    Raises:
        ValueError: the language builds its verbs otherwise.
    """
    follows = _VERBS.get(language) if language else None
    if follows is None:
        raise ValueError("a verb stem, ending in '-', is Uzbek or Kazakh")
    return _softened(stem, follows)


# English ------------------------------------------------------------------------------------------


def _plural(word: str) -> Follows:
    plural = "es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s"
    return frozenset({"", plural}).__contains__


# Russian ------------------------------------------------------------------------------------------

_CYRILLIC = re.compile(r"[а-яё ]+", re.IGNORECASE)


def _folded(endings: Iterable[str]) -> frozenset[str]:
    return frozenset(squeezed("".join(TO_LATIN.get(c, "") for c in ending)) for ending in endings)


def _split(endings: str) -> tuple[str, ...]:
    return tuple(endings.split())


_NOUNS = {
    "а": " а ы и е у ой ою ей ею ам ами ах",
    "я": " я и е ю ей ею ёй й ь ям ями ях",
    "о": "о а у ом е ам ами ах",
    "е": "е ё я ю ем ём и ей ям ями ях",
    "ь": "ь я ю и е ью ем ём ей ям ями ях ев",
    "й": "й я ю ем ём е и ев ёв ям ями ях",
    "": " а у ом ем е ы и ов ев ей ам ами ах",
}
_FULL_ADJECTIVE = (
    *("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему"),
    *("ым", "им", "ом", "ем", "ую", "юю", "ых", "их", "ыми", "ими", "ей"),
)
_ADJECTIVE = (*_FULL_ADJECTIVE, "", "о", "а", "ы", "е", "и")
_REFLEXIVE = ("", "ся", "сь")


_AFTER_THEME = _split("ть л ла ло ли в вши ю ешь ет ем ете ют я й йте н на но ны вш ющ нн ем")
_WITHOUT_THEME = _split(
    "у ю ешь ёшь ет ёт ем ём ете ёте ут ют ишь ит им ите ат ят и ьте я а ен ена ено ены"
    " ущ ющ ящ енн"
)
_DECLINED = ("вш", "ющ", "ущ", "ящ", "нн", "ем")


def _verb(theme: str) -> tuple[str, ...]:
    """Return what follows the stem of a verb in -``theme``ть, participles declined."""
    plain = [*(theme + ending for ending in _AFTER_THEME), *_WITHOUT_THEME]
    participles = [
        ending + declined
        for ending in plain
        if ending.endswith(_DECLINED)
        for declined in _FULL_ADJECTIVE
    ]
    return tuple(ending + more for ending in (*plain, *participles) for more in _REFLEXIVE)


_NOUN_ENDS = {last: _folded(ends.split(" ")) for last, ends in _NOUNS.items()}
_ADJECTIVE_ENDS = _folded(_ADJECTIVE)
_VERB_ENDS = {theme: _folded(_verb(theme)) for theme in "аяиеуо"}
_INFINITIVE = re.compile(r"(.{2,})([аяиеуо])ть(?:ся)?")
_FLEETING = re.compile(r"(.{2,})[оеё]([кцлн])")
_NOUN_LAST = re.compile(r"[аяоёеьй]?$")


def _russian(word: str) -> list[Stem]:
    if verb := _INFINITIVE.fullmatch(word):
        return [Stem(verb[1], _VERB_ENDS[verb[2]].__contains__)]
    if word.endswith(("ый", "ий", "ой", "ая", "ое", "ые", "ие")):
        return [Stem(word[:-2], _ADJECTIVE_ENDS.__contains__)]
    if word.endswith(("у", "ю", "э", "ы", "и")):
        return [Stem(word, nothing)]
    return _noun(word)


def _noun(word: str) -> list[Stem]:
    """Return the stems of a noun in the nominative; one in a consonant loses nothing."""
    last = _NOUN_LAST.search(word.replace("ё", "е"))
    ending = last[0] if last else ""
    stem = word.removesuffix("ё" if word.endswith("ё") else ending)
    stems = [Stem(stem, _NOUN_ENDS[ending].__contains__)]
    if short := _FLEETING.fullmatch(word):  # щенок, щенка; осёл, осла
        stems.append(Stem(short[1] + short[2], (_NOUN_ENDS[""] - {""}).__contains__))
    if word.endswith("ка") and word[-3:-2] not in _RUSSIAN_VOWELS:  # сучка, сучек; сиська, сисек
        before = stem[:-1].removesuffix("ь")
        stems += [Stem(before + vowel + "к", nothing) for vowel in "ео"]
    return stems


_RUSSIAN_VOWELS = "аеёиоуыэюя"


# Uzbek and Kazakh ---------------------------------------------------------------------------------

_SOFTENS = {"q": "g", "k": "g", "қ": "г", "к": "г", "p": "b", "п": "б"}


def _softened(word: str, follows: Follows) -> list[Stem]:
    """Return the stem, and the one with its last letter softened, which a vowel must follow."""
    stems = [Stem(word, follows)]
    if (soft := _SOFTENS.get(word[-1])) is not None:
        stems.append(Stem(word[:-1] + soft, lambda rest: rest[:1] in _VOWELS and follows(rest)))
    return stems


_VOWELS = frozenset("aeiouy")


def _run(*places: str) -> re.Pattern[str]:
    """Return a pattern of suffixes, place after place; `2` after a place lets it come twice."""
    parts = []
    for place in places:
        times = "{0,2}" if place.endswith(" 2") else "?"
        suffixes = sorted(place.removesuffix(" 2").split(), key=len, reverse=True)
        parts.append(f"(?:{'|'.join(suffixes)}){times}")
    return re.compile("".join(parts))


@cache
def _harmonic(suffixes: str) -> str:
    """Return Kazakh suffixes in both harmonies: A is a or e, Y is y or i."""
    both = {s.replace("A", a).replace("Y", y) for s in suffixes.split() for a, y in ("ay", "ei")}
    return " ".join(sorted(both))


_UZBEK_NOUN = _run(
    "cha chok gina kina lik li siz chi dor simon vachcha vacha hon lash 2",
    "lar la ler",
    "im m ing ng in i si imiz miz ingiz ngiz ingla ngla inglar nglar",
    "ni ning ga ka a da dan ta tan dagi dagilar gacha kacha di ti iga ini niki",
    "man san miz siz sizlar sanlar dir mi mas misan ku da u yu chi ey ona larcha cha dek day"
    " mikan ekan edi 2",
)
_UZBEK_VERB = _run(
    "il in ish tir dir t iladi ilar 2",
    "ma",
    "di gan kan ayap yap ayotgan yotgan a y ar r mok ish sh ib b sa gin ay aylik gani adigan ydigan"
    " uvchi moki gisi moqchi mokchi ey",
    "m man ng san k miz ngiz siz lar manmi dik di i si im ing ngni ga ni da dan ning la",
    "mi ku da lar lardi edi siz 2",
)
_KAZAKH_NOUN = _run(
    _harmonic("lYk dYk tYk shY lY dY tY sYz lAu dAu tAu sha she dAy tAy kana lAs dAs tAs") + " 2",
    _harmonic("lAr dAr tAr"),
    _harmonic("Ym m Yn n Y sY YmYz mYz YnYz nYz YndAr ndAr"),
    _harmonic(
        "nYn dYn tYn ga ge ka ke na ne A nY n dY tY dA tA ndA dAn tAn nAn mAn men ben pen dagy degi"
        " tagy tegi ndagy ndegi niki diki tiki"
    ),
    _harmonic("mYn bYn pYn sYn sYz sYndAr mYz bYz pYz goy mA bA pA au ay ey lAr dAr tAr") + " 2",
)
_KAZAKH_VERB = _run(
    _harmonic("Yl l Yn n Ys s tYr dYr kYz gYz t") + " 2",
    _harmonic("mA bA pA"),
    _harmonic(
        "dY tY gan gen kan ken A y Ar r Yp p sA u mak mek bak bek pak pek galy geli atyn etin tyn"
        " tin Ayn ayin eyin yin yn gin gyn kyn kin sYn gYsh kYsh shY uge ugA Yndar"
    ),
    _harmonic("m mYn mYs n ng sYn sYz k mYz nYz dY tY di Ym Yn Y lAr dAr tAr gA ga ge shY ndAr")
    + " 2",
)
_VERBS: dict[Language, Follows] = {
    Language.UZBEK: _UZBEK_VERB.fullmatch,
    Language.KAZAKH: _KAZAKH_VERB.fullmatch,
}
