"""Swear words of four languages as whole-word patterns, own list: weak labels, never a verdict.

Used twice in training: a toxic Russian, Kazakh or Uzbek text that swears is taken as obscene, and a
review that swears is not taken as clean text. Innocent neighbours are kept out by word boundaries.
"""

import re
from collections.abc import Iterator

from ml.labels import Language

# A stem with a trailing * takes any ending; without it the whole word must match.
_RUSSIAN = """
    бля бляя* бляд* блят* бляха хуй хуя хую хуе* хуё* хуи* хуйн* хуяр* хуяч*
    нахуй нахуя нихуя похуй дохуя
    охуе* охуи* охуе* ахуе* расхуя* пизд* спизд* распизд* опизд* пиздец ебан* ебал* ебат* ебёт ебет
    ебу ебут ебл* ебуч* ёбан* ёбн* ебн* еби* заеб* заёб* наеб* наёб* отъеб* отьеб* выеб* уеб* уёб*
    разъеб* съеб* доеб* доёб* проеб* проёб* долбоеб* долбоёб* далбаеб* мудак* мудил* мудозвон* мудо*
    гандон* гондон* пидор* пидар* пидр* педик* залуп* манда манду дроч* сука суки суку сукой сучк*
    сучар* шлюх* шалав* говно говна говном говню* говён* гавно дерьм* жоп* засран* обосра* насра*
    срать срал* ссан* ссыт хер хера херня херни херню нихера похер нахер херов*
"""
_KAZAKH = """
    қотақ* котак* қотағ* котаг* көтақ сіктір* сиктир* сігейін сигейин сігіс* сігем сигем шешеңді*
    шешенді* шешенди* шешендиссигейин жәлеп* жалеп* жезөкше* амыңды амынды амшық* амшык* көтіңе
    котине көтіңді котинди боқ бок боғын далбаеб* долбаеб* далбаёб* дурак* qotaq* siktir* kotak*
    боқмұрын котағ* қотаг* kotag* qotag* жәләп* жалаб* амы ам сігі* сігем* сигын сигин*
    көтін көтің көттің көттін котің* котін* котын* көтіме* көтке шешеннің шешеңнің далбаёп*
    далбоёб* далбаеп* долбаёб* долбоеб* боқтар* қаншық* sigei*
"""
_UZBEK = """
    jalab* жалаб* жалап* jalap* qo'toq* qotoq* qotaq* қўтоқ* қўтақ* кутак* kotak* sikay sikaman
    sikib sikish* sikdi* skay skey сикай* сикаман* сикиш* onangni onengni онангни онангди dalbayob*
    dalboyob* dalban* далбаёб* qanjiq* қанжиқ* fohisha* foxisha* фоҳиша* ko'ting* kotinga кўтинг*
    tashoq* ташоқ* cho'choq* chochoq* naxuy* poxuy* xuy blyat* blya suka pizdes* pizdets gandon*
    pidaraz* pidr* eban* haromi* xaromi* ҳароми* haromzoda* haromdan
"""
_ENGLISH = """
    fuck* motherfuck* mothafuck* shit shits shitty bullshit shithead* shithole* bitch* cunt*
    asshole* arsehole* dickhead* dick dicks cock cocks cocksuck* pussy pussies whore* slut*
    bastard* piss pissed wank* twat* prick pricks dumbass* jackass* faggot* fag fags nigger*
    goddamn* tits bollocks crap
"""

_LETTERS_AFTER = r"[\w'ʻʼ’]*"


def _pattern(*lists: str) -> re.Pattern[str]:
    stems = sorted({stem for words in lists for stem in words.split()}, key=len, reverse=True)
    parts = [re.escape(s[:-1]) + _LETTERS_AFTER if s.endswith("*") else re.escape(s) for s in stems]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


_STEMS = {
    Language.ENGLISH: _ENGLISH,
    Language.RUSSIAN: _RUSSIAN,
    Language.KAZAKH: _KAZAKH,
    Language.UZBEK: _UZBEK,
}
_BORROWING = (Language.KAZAKH, Language.UZBEK)
_PATTERNS = {
    language: _pattern(listed, _RUSSIAN) if language in _BORROWING else _pattern(listed)
    for language, listed in _STEMS.items()
}


def stems() -> Iterator[str]:
    """Yield every listed word, and every stem with a trailing * if it takes any ending."""
    for listed in _STEMS.values():
        yield from listed.split()


def words() -> Iterator[tuple[str, Language]]:
    """Yield every listed word or stem with its language."""
    for language, listed in _STEMS.items():
        for stem in listed.split():
            yield stem.rstrip("*"), language


def swears(text: str, language: Language) -> bool:
    """Tell whether a listed swear word of that language stands in ``text`` undisguised.

    Kazakh and Uzbek count Russian swear words too: both borrow them freely.
    """
    pattern = _PATTERNS.get(language)
    return pattern is not None and pattern.search(text) is not None
