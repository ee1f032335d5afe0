"""Calm texts with a swear word or an insult put into them: the word alone makes the difference.

In a template a word is learned with its frame, and among other words it counts for too little. A
calm text and the same text with one word more differ by nothing but that word, so that what tells
them apart can only be its n-grams.

Source: Kaushik, Hovy and Lipton 2020, "Learning the Difference that Makes a Difference with
Counterfactually-Augmented Data".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random

from ml.augment import read_writing
from ml.dataset import Dataset, from_examples, join
from ml.labels import Label, Language
from ml.lexicons import SWEAR
from ml.readers import TOXIC, Example

SOURCE = "inserted"

UZ, KK = Language.UZBEK, Language.KAZAKH

# Where a word is put; {} is the word, {text} the rest.
_AROUND = ("{}, {text}", "{text}, {}", "{text} {}")
_FRAMES: Mapping[Language, Sequence[str]] = {
    UZ: (*_AROUND, "sen {}, {text}", "bu {} {text}", "hoy {}, {text}"),
    KK: (*_AROUND, "сен {}, {text}", "мына {} {text}", "ей {}, {text}"),
}
# Endings that any word takes as it stands.
_ENDINGS: Mapping[Language, Sequence[str]] = {
    UZ: ("lar", "san", "ning", "ga", "ni", "mi", "dan", "man")
}
_SWEARS, _TAKES_ENDING = 0.85, 0.4
# So many copies get an innocent word that only looks like a swear word, and stay calm.
_ALIKE = 0.15
_STILL_CALM = {Label.TOXICITY: 0.0, Label.INSULT: 0.0, Label.OBSCENITY: 0.0}
_CHARACTERS_MAX = 160
_WORD = re.compile(r"[^\W\d_](?:['’ʻ]?[^\W\d_])*")


def inserted(
    calm: Dataset, seed: int, *, shares: Mapping[Language, float], unless_in: Iterable[str] = ()
) -> Dataset:
    """Return abusive copies of a share of the short calm texts, by language, and a few calm ones.

    A copy keeps its text's group, so that both stand on one side of any split.

    Args:
        calm: texts in which nobody is abused.
        seed: decides which texts, which words, and where they are put.
        shares: how many of each language's texts, of those of 160 characters at most, get a word;
            ``_ALIKE`` of these an innocent one.
        unless_in: texts of readers; an insult that stands in one of them may be meant otherwise
            there (a dog, a worm), and is not put into any. Swear words always are.
    """
    meant_otherwise = {word for text in unless_in for word in _words(text)}
    return join(
        [
            from_examples(
                _copies(calm, Random(f"{seed} {language}"), language, share, meant_otherwise),  # noqa: S311
                source=SOURCE,
                language=language,
            )
            for language, share in shares.items()
        ]
    )


def _copies(
    calm: Dataset, draw: Random, language: Language, share: float, meant_otherwise: set[str]
) -> Iterator[Example]:
    listed = read_writing(language)["words"]
    swear = listed[SWEAR[language]]
    alike = listed["alike"]
    insults = [word for word in listed["fool"] if meant_otherwise.isdisjoint(_words(word))]
    for text, spoken, group in zip(calm.texts, calm.languages, calm.groups, strict=True):
        if spoken is not language or len(text) > _CHARACTERS_MAX or draw.random() >= share:
            continue
        if draw.random() < _ALIKE:
            innocent = _put(draw.choice(alike), text, language, draw)
            yield Example(innocent, _STILL_CALM, group, language)
            continue
        swears = not insults or draw.random() < _SWEARS
        word = draw.choice(swear if swears else insults)
        label = Label.OBSCENITY if swears else Label.INSULT
        yield Example(_put(word, text, language, draw), {**TOXIC, label: 1.0}, group, language)


def _put(word: str, text: str, language: Language, draw: Random) -> str:
    if draw.random() < 0.5:  # noqa: PLR2004 - as often as not
        text = text[:1].lower() + text[1:]
    if language in _ENDINGS and " " not in word and draw.random() < _TAKES_ENDING:
        word += draw.choice(_ENDINGS[language])
    if draw.random() < 0.5:  # noqa: PLR2004
        text = text.rstrip(".")
    return draw.choice(_FRAMES[language]).format(word, text=text)


def _words(text: str) -> list[str]:
    return [word.replace("’", "'").replace("ʻ", "'") for word in _WORD.findall(text.lower())]
