"""Lists of swear words and slurs, as texts of a word: vocabulary that no corpus has enough of.

A masked word is only found by who knows the word. Each entry teaches alone, within a few words,
disguised, and with some of its letters masked; so do the insults that our own sentences are filled
with. None of it calibrates or measures, since a list says nothing of how often a word is
written. Noisy lists weigh little: what calm texts of the corpora hold outweighs them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from ml.augment import WORD, WRITTEN_IN, disguise, mask_letters, read_writing
from ml.corpus import Corpus
from ml.dataset import Dataset, from_examples, join, mask_personal_data
from ml.labels import Label, Language
from ml.letters import LATIN_TWIN
from ml.listed import Listed
from ml.readers import TOXIC, Example, lines, rows

EN, RU, UZ, KK = Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH

# What a word stands in, as people write: {} is the word.
_AMONG: dict[Language, Sequence[str]] = {
    EN: ("you {}", "what a {}", "{}!", "these {}"),
    RU: ("ты {}", "вот {}", "{}!", "{} какой-то"),
    UZ: ("{}san", "sen {}", "{}!"),
    KK: ("сен {}", "{}!", "{}сың"),
}
_LETTERS_MIN = 3
# Of ``surge_profanity``: from here on a word swears, and from there on it offends whoever reads it.
_SWEARS, _OFFENDS, _WORST = 1.4, 1.8, 2.5
_SURELY = "2"  # of ``cuss``: hardly ever meant otherwise


def _surge(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "profanity_en.csv"):
        severity = float(row["severity_rating"])
        if severity >= _SWEARS:
            offends = severity >= _OFFENDS
            yield _entry(row["text"], min(1.0, severity / _WORST), offends=offends)


def _cuss(folder: Path) -> Iterator[Example]:
    source = (folder / "index.js").read_text(encoding="utf-8")
    for quoted, plain, rating in re.findall(r"^\s+(?:'([^']+)'|(\w+)): (\d)", source, re.MULTILINE):
        if rating == _SURELY:
            yield _entry(quoted or plain, 0.5)


def _ldnoobw(folder: Path) -> Iterator[Example]:
    yield from (_entry(word, 1.0) for word in lines(folder / "ru"))


def _flacsy(folder: Path) -> Iterator[Example]:
    yield from (_entry(word, 0.5) for word in lines(folder / "ru.txt"))


def _uz_kk(folder: Path) -> Iterator[Example]:
    """Read roots and variants, without those that mean something innocent as well."""
    for row in rows(folder / "uz_kk_lexicon.csv"):
        if "context" in row["note"] or "only" in row["note"]:
            continue
        for word in (row["root"], *row["variants"].split(",")):
            labels = TOXIC if row["category"] != "obscene" else {**TOXIC, Label.OBSCENITY: 1.0}
            yield Example(word.strip(), labels, language=Language(row["lang"]))


def _entry(word: str, weight: float, *, offends: bool = True) -> Example:
    swears = {Label.OBSCENITY: 1.0}
    return Example(word, {**TOXIC, **swears} if offends else swears, weight=weight)


LEXICONS: tuple[Corpus, ...] = (
    Corpus(
        name="surge_profanity",
        folder="raw/lexicons/surge_profanity",
        language=EN,
        source="surge-ai/profanity",
        commit="77dabf36454f",
        licence="MIT",
        attribution="Surge AI",
        read=_surge,
        sha256={"profanity_en.csv": "45214f1e4522a1c3"},
        weight=0.7,
        note="words; mild ones left out",
    ),
    Corpus(
        name="cuss",
        folder="raw/lexicons/cuss",
        language=EN,
        source="words/cuss",
        commit="npm 2.2.0",
        licence="MIT",
        attribution="Titus Wormer",
        read=_cuss,
        sha256={"index.js": "1d18ada207c65515"},
        weight=0.6,
        note="words that are hardly meant otherwise",
    ),
    Corpus(
        name="ldnoobw_ru",
        folder="raw/lexicons/ldnoobw",
        language=RU,
        source="LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words",
        commit="5faf2ba42d7b",
        licence="CC BY 4.0",
        attribution="Shutterstock and contributors",
        read=_ldnoobw,
        sha256={"ru": "2598adabd2b76173"},
        weight=0.8,
        note="words",
    ),
    Corpus(
        name="flacsy_ru",
        folder="raw/lexicons/flacsy_badwords",
        language=RU,
        source="FlacSy/BadWords",
        commit="ce4c51f6ea47",
        licence="MIT",
        attribution="FlacSy",
        read=_flacsy,
        sha256={"ru.txt": "5355fdf6657b87d5"},
        weight=0.7,
        note="words; noisy inflections",
    ),
    Corpus(
        name="uz_kk_compiled",
        folder="raw/lexicons/uz_kk_compiled",
        language=UZ,
        source="own table of words seen in public bot filters",
        commit="–",
        licence="own",
        attribution="Parley",
        read=_uz_kk,
        sha256={"uz_kk_lexicon.csv": "a1a25f3b7210b6bd"},
        weight=2.0,
        note="roots with variants, not read by natives",
    ),
)


# The lists of our own writing whose words swear, and those that insult alone, and as what.
SWEAR: Mapping[Language, str] = {EN: "cuss", RU: "mat", UZ: "swear", KK: "swear"}
_OWN = {"fool": Label.INSULT, "slur": Label.IDENTITY_ATTACK}
OWN_WORDS = "own_words"


def gather(root: Path, *, seed: int) -> Dataset:
    """Return every list's entries and our own insults: alone, among words, plain, hidden, masked.

    Raises:
        CorporaMissing: a file is not there.
    """
    draw = Random(seed)  # noqa: S311 - no secret
    seen: set[tuple[Language, str]] = set()
    parts = [
        from_examples(
            _taught(corpus.examples(root), corpus.language, draw, seen),
            source=corpus.name,
            language=corpus.language,
            weight=corpus.weight,
        )
        for corpus in LEXICONS
    ]
    parts += [
        from_examples(
            _taught(_ours(language), language, draw, seen), source=OWN_WORDS, language=language
        )
        for language in WRITTEN_IN
    ]
    return join(parts)


def listed(root: Path) -> Listed:
    """Return the words of all lists, each list of each language by itself.

    Raises:
        CorporaMissing: a file is not there.
    """
    lists: dict[str, list[str]] = defaultdict(list)
    for corpus in LEXICONS:
        for entry in corpus.examples(root):
            offends = Label.TOXICITY in entry.labels
            lists[f"{entry.language or corpus.language} {corpus.name} {offends}"].append(entry.text)
    for language in WRITTEN_IN:
        words = read_writing(language)["words"]
        for name in (*_OWN, SWEAR[language]):
            lists[f"{language} own {name}"] += words.get(name, ())
    return Listed.of(lists)


def _ours(language: Language) -> Iterator[Example]:
    lists = read_writing(language)["words"]
    for name, label in _OWN.items():
        for word in lists.get(name, ()):
            yield Example(word, {**TOXIC, label: 1.0})


def _taught(
    entries: Iterable[Example],
    usual: Language,
    draw: Random,
    seen: set[tuple[Language, str]],
) -> Iterator[Example]:
    for entry in entries:
        word, language = entry.text, entry.language or usual
        if len(word) < _LETTERS_MIN or (language, word.lower()) in seen:
            continue
        seen.add((language, word.lower()))
        frame = draw.choice(_AMONG[language])
        masked = WORD.sub(lambda found: mask_letters(found[0], draw), word)
        hidden = [disguise(word, draw, share=1.0), masked]
        if language is RU and LATIN_TWIN.keys() >= set(word):
            # cyka: all Latin, so that nothing gives it away
            hidden.append("".join(LATIN_TWIN[letter] for letter in word))
        # What surrounds a word stays as it is: nobody hides what is innocent.
        for among in ("{}", frame):
            for written, weight in (
                (among.format(word), entry.weight),
                *((among.format(one), entry.weight / 2) for one in hidden if one != word),
            ):
                # A disguise that begins with @ would be masked as somebody's name.
                if mask_personal_data(written) == written:
                    yield Example(written, entry.labels, f"word-{word.lower()}", language, weight)
