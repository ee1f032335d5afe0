"""Train what tells the languages apart, and measure it: ``python -m ml.language_training FOLDER``.

Learns from the train side of the corpora's groups and is measured on their test side, once on whole
texts and once on a few words of each, since comments are short. With the path of a trained model
behind the folder, that model gets it in place of its own.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.table import Table

from ml import artifact, language, swearing
from ml.augment import SOURCE, own_writing
from ml.dataset import Split, gather, key_of, mask_personal_data, split_of
from ml.labels import Language
from ml.language import LanguageModel, guesses
from ml.normalise import normalise_many

PER_SOURCE = 3000
SNIPPET_WORDS = (1, 4)
FILLINGS = 2  # of each template of ours
# A word is one language's if so many of its texts have it, this much oftener than another's.
WORD_TEXTS_MIN = 5
WORD_OFTENER = 4
FILE = Path(language.__file__).with_name("language.model")

# Texts and word lists of languages that comments are not judged in: (file, column or None).
_OTHERS: tuple[tuple[str, str | None], ...] = (
    ("germeval2018/germeval2018.training.tsv", "text"),
    ("mlma/fr_dataset.csv", "tweet"),
    ("mlma/ar_dataset.csv", "tweet"),
    *((f"lexicons/ldnoobw/{name}", None) for name in (
        "ar", "cs", "da", "de", "es", "fa", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "sv",
        "tr",
    )),
    *((f"lexicons/flacsy_badwords/{name}.txt", None) for name in (
        "cz", "de", "fi", "fr", "hu", "it", "pl", "po", "ro", "sp", "tu",
    )),
)  # fmt: skip
# Swear words of ours: comments of one word are mostly these, and lists of other languages borrow
# them. The swear list of Kazakh and Uzbek is our own (``ml.swearing``).
_SWEARING: tuple[tuple[str, Language], ...] = (
    ("lexicons/ldnoobw/en", Language.ENGLISH),
    ("lexicons/ldnoobw/ru", Language.RUSSIAN),
    ("lexicons/flacsy_badwords/ru.txt", Language.RUSSIAN),
)


def texts_of(root: Path, side: Split, *, seed: int) -> tuple[list[str], list[Language]]:
    """Return texts of one side with their languages: at most so many of each source.

    Raises:
        CorporaMissing: a corpus is not there.
        OSError: a file of another language is not there.
    """
    draw = Random(seed)  # noqa: S311 - no secret
    by_source: dict[str, list[tuple[str, Language]]] = defaultdict(list)
    for part in gather(root):
        rows = zip(part.texts, part.languages, part.groups, part.sources, strict=True)
        for text, spoken, group, source in rows:
            if split_of(group) is side:
                by_source[f"{source} {spoken}"].append((text, spoken))
    ours = _of_ours(root)
    known = {key_of(text) for _, _, text, _ in ours}
    for source, group, text, spoken in ours:
        if split_of(group) is side:
            by_source[f"{source} {spoken}"].append((text, spoken))
    for name, text in _of_other_languages(root):
        if split_of(text) is side and key_of(text) not in known:
            by_source[name].append((text, Language.OTHER))
    if side is Split.TRAIN:
        by_source |= alone([pair for pairs in by_source.values() for pair in pairs])
    found = [
        pair
        for _, pairs in sorted(by_source.items())
        for pair in draw.sample(pairs, min(PER_SOURCE, len(pairs)))
    ]
    return [text for text, _ in found], [spoken for _, spoken in found]


_WORD = re.compile(r"[^\W\d_]{2,}")


def alone(texts: Sequence[tuple[str, Language]]) -> dict[str, list[tuple[str, Language]]]:
    """Return the most frequent words of each language by themselves: many comments are one word.

    By the name of a source for each language that has any.
    """
    counts: dict[Language, Counter[str]] = defaultdict(Counter)
    sizes = Counter(spoken for _, spoken in texts)
    for text, spoken in texts:
        words = set(_WORD.findall(text.lower()))
        if len(words) > 1:  # lists of words would each count as a text
            counts[spoken].update(words)

    def is_own(word: str, spoken: Language) -> bool:
        shares = {other: counts[other][word] / sizes[other] for other in counts}
        own = shares.pop(spoken)
        return own >= WORD_OFTENER * max(shares.values(), default=0)

    return {
        f"words {spoken}": [
            (word, spoken)
            for word in sorted(found, key=lambda word: (-found[word], word))
            if found[word] >= WORD_TEXTS_MIN and is_own(word, spoken)
        ][:PER_SOURCE]
        for spoken, found in sorted(counts.items())
    }


def _of_ours(root: Path) -> list[tuple[str, str, str, Language]]:
    """Return what corpora hold too little of, as source, group, text and language.

    Swear words, and sentences of our own writing: the fillings of one template stay on one side.
    """
    found = [
        (name, line.strip(), line.strip(), spoken)
        for name, spoken in _SWEARING
        for line in (root / "raw" / name).read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    found += [("swearing", word, word, spoken) for word, spoken in swearing.words()]
    written = own_writing(1, fillings=FILLINGS)
    rows = zip(written.groups, written.texts, written.languages, strict=True)
    found += [(SOURCE, f"{SOURCE} {group}", text, spoken) for group, text, spoken in rows]
    return found


def _of_other_languages(root: Path) -> Iterator[tuple[str, str]]:
    for name, column in _OTHERS:
        with (root / "raw" / name).open(encoding="utf-8", errors="replace", newline="") as opened:
            if column is None:
                yield from ((name, line.strip()) for line in opened if line.strip())
                continue
            tabbed = name.endswith(".tsv")
            reader = (
                csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE)
                if tabbed
                else csv.DictReader(opened)
            )
            for row in reader:
                yield name, mask_personal_data(row[column] or "")


def train(root: Path, *, seed: int = 1) -> LanguageModel:
    """Return the model trained on whole texts and on snippets of them."""
    texts, languages = texts_of(root, Split.TRAIN, seed=seed)
    draw = Random(seed)  # noqa: S311 - no secret
    snippets = [snippet(text, draw) for text in texts]
    return language.fit(texts + snippets, languages * 2, seed=seed)


def snippet(text: str, draw: Random) -> str:
    """Return one to four words of the text, next to one another."""
    words = text.split()
    count = draw.randint(*SNIPPET_WORDS)
    start = draw.randrange(max(len(words) - count, 0) + 1)
    return " ".join(words[start : start + count])


def accuracy(
    model: LanguageModel, texts: Sequence[str], languages: Sequence[Language]
) -> dict[Language, float]:
    """Return the share of each language's texts that are recognised."""
    found = guesses(model.probabilities(normalise_many(texts).clean))
    right = np.array(
        [guess.language is spoken for guess, spoken in zip(found, languages, strict=True)]
    )
    spoken_in = np.array(languages)
    return {spoken: float(right[spoken_in == spoken].mean()) for spoken in sorted(set(languages))}


def put_into(path: Path, model: LanguageModel) -> str:
    """Give a trained model another language model, and return its new digest.

    Weights, calibration and thresholds stay what they were learned to be with the one before, so
    the model is to be measured anew.

    Raises:
        ArtifactError: the file is refused.
    """
    trained = artifact.load(path)
    trained.model.grams.language_model = model
    training = {**trained.info.training, "language_model": sha256(model.to_bytes()).hexdigest()}
    info = replace(trained.info, training=training)
    return artifact.save(trained.model, path, info=info, second=trained.second)


def main(folder: str, *models: str) -> None:
    root = Path(folder)
    for path in models:  # refused now, and not after the training
        try:
            artifact.load(Path(path))
        except artifact.ArtifactError as refused:
            sys.exit(str(refused))
    model = train(root)
    FILE.write_bytes(model.to_bytes())
    Console().print(_measured(root, model))
    for path in models:
        Console().print(f"{path} [bold]{put_into(Path(path), model)}[/]")


def _measured(root: Path, model: LanguageModel) -> Table:
    texts, languages = texts_of(root, Split.TEST, seed=1)
    draw = Random(2)  # noqa: S311 - no secret
    whole = accuracy(model, texts, languages)
    short = accuracy(model, [snippet(text, draw) for text in texts], languages)
    table = Table("language", "texts", "whole texts", "one to four words")
    for spoken, share in whole.items():
        count = languages.count(spoken)
        table.add_row(spoken, f"{count:,}", f"{share:.3f}", f"{short[spoken]:.3f}")
    return table


if __name__ == "__main__":
    main(*sys.argv[1:])
