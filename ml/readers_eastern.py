"""One reader for each Russian, Kazakh and Uzbek corpus: from its files to texts with labels."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ml.labels import Label, Language
from ml.readers import (
    CALM,
    CLEAN,
    NOT_SPAM,
    TOXIC,
    Example,
    binary,
    lines,
    pairs,
    rows,
    sampled,
)
from ml.swearing import swears


def russe_detox(folder: Path) -> Iterator[Example]:
    for part in ("train", "dev"):
        for example in pairs(
            folder / f"{part}.tsv", "toxic_comment", "neutral_comment", f"russe-{part}"
        ):
            yield with_obscenity(example, Language.RUSSIAN)


def with_obscenity(example: Example, language: Language) -> Example:
    """Take obscenity from the swear list: a weak label, and said to be one in the model card."""
    swearing = swears(example.text, language)
    labels = {**example.labels, Label.OBSCENITY: float(swearing)}
    return Example(example.text, labels, example.group, example.language, example.weight)


def telegram_spam(folder: Path) -> Iterator[Example]:
    for text in lines(folder / "spam-samples.txt"):
        yield Example(text, {Label.SPAM: 1.0, **CALM}, language=_by_script(text))
    for text in lines(folder / "ham-samples.txt"):
        yield Example(text, {Label.SPAM: 0.0, **CALM}, language=_by_script(text))


def _by_script(text: str) -> Language:
    return Language.RUSSIAN if re.search("[а-яё]", text, re.IGNORECASE) else Language.ENGLISH


def vk_distorted(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "russian_distorted_toxicity.tsv", delimiter="\t"):
        toxic = row["toxicity"] == "1"
        labels = {**binary(toxic=toxic), **NOT_SPAM}
        if swears(row["corrected"] or row["comments"], Language.RUSSIAN):
            labels[Label.OBSCENITY] = 1.0
        elif not toxic:
            labels[Label.OBSCENITY] = 0.0
        yield Example(row["comments"], labels)


def rudetoxifier(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "ru_test_10k_toxic.csv"):
        yield with_obscenity(Example(row["text"], TOXIC), Language.RUSSIAN)


def russian_news(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "ru_news_posts_sample.csv"):
        yield Example(row["text"], {**CALM, Label.OBSCENITY: 0.0, Label.SEXUAL: 0.0})


def kazakh_weak(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "kk_weak_toxic_derived.csv"):
        labels = dict(TOXIC)
        if "obscene" in row["weak_category"]:
            labels[Label.OBSCENITY] = 1.0
        if "insult" in row["weak_category"]:
            labels[Label.INSULT] = 1.0
        if "threat" in row["weak_category"]:
            labels[Label.THREAT] = 1.0
        yield Example(row["text"], labels)


def kazakh_reviews(folder: Path) -> Iterator[Example]:
    """A third of the praise and a third of the complaints, without those that swear."""
    for path in sorted(folder.glob("0*.zip")):
        with zipfile.ZipFile(path) as archive:
            rows = csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8"))
            for row in rows:
                if sampled(row["text"], 1 / 3) and not swears(row["text"], Language.KAZAKH):
                    yield Example(row["text"], CLEAN)


def uzum_reviews(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "uzum_reviews.csv"):
        if not swears(row["text"], Language.UZBEK):
            language = Language.RUSSIAN if _is_russian(row["text"]) else Language.UZBEK
            yield Example(row["text"], CLEAN, language=language)


# Words of Russian reviews that Uzbek has not borrowed; letters that only one of the two has.
_RUSSIAN_WORD = re.compile(
    r"(?<!\w)(?:и|в|не|на|что|с|как|по|но|это|за|для|то|вс[её]|очень|так|от|из|у|мне|бы|же|уже|ещ[её]"
    r"|если|только|или|есть|вам|вас|мы|он[аи]?|его|их|вот|надо|всем|было|быть|меня|нет|когда|просто"
    r"|можно|хорош(?:о|ий|ая|ее|ие)|отличн(?:о|ый|ая)|спасибо|рекомендую|советую|понравил(?:ось|ся|ась)"
    r"|дово(?:лен|льна)|качество|удобн(?:о|ый|ая)|быстро|работает|приш(?:ло|[её]л|ла))(?!\w)"
)
_RUSSIAN_LETTERS, _UZBEK_LETTERS = re.compile("[ыщ]"), re.compile("[ўқғҳ]")
_WORD, _CYRILLIC = re.compile(r"[^\W\d_]+"), re.compile("[\u0400-\u052f]")


def _is_russian(text: str) -> bool:
    """Tell whether a review of an Uzbek shop is in Russian, as most in Cyrillic are."""
    text = text.lower()
    words = _WORD.findall(text)
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    if _UZBEK_LETTERS.search(text) or 2 * len(cyrillic) <= len(words):
        return False
    known = len(_RUSSIAN_WORD.findall(text))
    return bool(_RUSSIAN_LETTERS.search(text)) or (known > 0 and 3 * known >= len(cyrillic))


def uzbek_app_reviews(folder: Path) -> Iterator[Example]:
    for file in ("UZ_positive.txt", "UZ_negative.txt"):
        for text in lines(folder / file):
            if not swears(text, Language.UZBEK):
                yield Example(text, CLEAN)


def russian_forums(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "labeled.csv"):
        yield Example(row["comment"], binary(toxic=float(row["toxic"]) > 0))


def uzbek_news_sentences(folder: Path) -> Iterator[Example]:
    """Read the workbook's column ``Text``; needs the ``train`` extra for openpyxl."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only this check needs it

    with (folder / "uzbek_sentiment_dataset.xlsx").open("rb") as opened:
        workbook = load_workbook(opened, read_only=True)
        rows = list(workbook.active.iter_rows(values_only=True))
        workbook.close()
    column = [str(name) for name in rows[0]].index("Text")
    for row in rows[1:]:
        if row[column]:
            yield Example(str(row[column]), CLEAN)
