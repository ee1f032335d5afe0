"""One reader per public corpus: from its files to texts with labels that may be unknown.

A label that a corpus says nothing about is absent, not zero. One inference is made: a text that is
not toxic neither insults, threatens nor attacks an identity. Edited or reviewed clean text has no
label at all.
"""

import csv
import io
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from ml.labels import Label, Language
from ml.swearing import swears

csv.field_size_limit(sys.maxsize)

TOXIC: Mapping[Label, float] = {Label.TOXICITY: 1.0}
CALM: Mapping[Label, float] = {
    Label.TOXICITY: 0.0,
    Label.SEVERE_TOXICITY: 0.0,
    Label.INSULT: 0.0,
    Label.THREAT: 0.0,
    Label.IDENTITY_ATTACK: 0.0,
}
CLEAN: Mapping[Label, float] = dict.fromkeys(Label, 0.0)
NOT_SPAM: Mapping[Label, float] = {Label.SPAM: 0.0}


@dataclass(frozen=True, slots=True)
class Example:
    """One text as its corpus has it, with what is known of its labels.

    Texts of one ``group`` (a pair of abuse and rewrite, a minimal pair) stay on one side of a
    split; an empty group means that the text stands alone. ``language`` overrides the corpus's
    own.
    """

    text: str
    labels: Mapping[Label, float]
    group: str = ""
    language: Language | None = None
    weight: float = 1.0


def _rows(path: Path, *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        for row in csv.DictReader(opened, delimiter=delimiter):
            yield {key: value or "" for key, value in row.items() if isinstance(key, str)}


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as opened:
        yield from (line.strip() for line in opened if line.strip())


def _sampled(text: str, share: float) -> bool:
    """Tell, always in the same way, whether a text is among the ``share`` that is kept."""
    return int.from_bytes(sha1(text.encode(), usedforsecurity=False).digest()[-4:]) < share * 2**32


def _binary(*, toxic: bool) -> Mapping[Label, float]:
    return TOXIC if toxic else CALM


JIGSAW_COLUMNS = {
    "toxic": Label.TOXICITY,
    "severe_toxic": Label.SEVERE_TOXICITY,
    "obscene": Label.OBSCENITY,
    "threat": Label.THREAT,
    "insult": Label.INSULT,
    "identity_hate": Label.IDENTITY_ATTACK,
}


def jigsaw_multilabel(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "jigsaw_multilabel_merged.csv"):
        labels = {label: float(row[column]) for column, label in JIGSAW_COLUMNS.items()}
        calm = not any(labels.values())
        yield Example(row["comment_text"], {**labels, **NOT_SPAM} if calm else labels)


def jigsaw_workers(folder: Path) -> Iterator[Example]:
    """Average the workers' votes: calm is what nobody ticked, toxic what most did."""
    votes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(folder / "sample_training_data.csv"):
        votes[row["_unit_id"]].append(row)
    for row in _rows(folder / "sample_comment_text.csv"):
        if row["_unit_id"] in votes:
            yield Example(row["comment_text"], _shares(votes[row["_unit_id"]]))


def _shares(votes: Iterable[Mapping[str, str]]) -> Mapping[Label, float]:
    votes = list(votes)
    labels: dict[Label, float] = {}
    for column in ("identity_hate", "obscene", "threat", "insult"):
        ticks = [float(vote[column]) for vote in votes if vote[column]]
        settle(labels, JIGSAW_COLUMNS[column], sum(ticks) / len(ticks) if ticks else 0.5)
    if any(labels.values()):
        labels[Label.TOXICITY] = 1.0
    elif len(labels) == 4:  # noqa: PLR2004 - all four settled, and all as zero
        labels |= CALM
    return labels


def settle(labels: dict[Label, float], label: Label, share: float, *, no: float = 0.2) -> None:
    """Write down what raters agree on: yes from one half up, no up to ``no``, else nothing."""
    if share >= 0.5:  # noqa: PLR2004 - half of the raters
        labels[label] = 1.0
    elif share <= no:
        labels[label] = 0.0


def jigsaw_binary(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "toxic_comments_ak_binary_lowercased.csv"):
        yield Example(row["text"], _binary(toxic=float(row["toxic"]) > 0))


CIVIL_COLUMNS = {
    "insult": Label.INSULT,
    "obscene": Label.OBSCENITY,
    "identity_attack": Label.IDENTITY_ATTACK,
    "threat": Label.THREAT,
}


def civil_comments(folder: Path) -> Iterator[Example]:
    """Two thirds of the raters say toxic: yes; two thirds say not: no; between them: unknown."""
    for row in _rows(folder / "comments_labeled_derived.csv"):
        share = float(row["toxicity"])
        labels: dict[Label, float] = dict(NOT_SPAM)
        for column, label in CIVIL_COLUMNS.items():
            settle(labels, label, float(row[column]), no=0.0)
        if share >= 0.66:  # noqa: PLR2004
            labels[Label.TOXICITY] = 1.0
        elif share <= 0.34:  # noqa: PLR2004
            labels |= {Label.TOXICITY: 0.0, Label.SEVERE_TOXICITY: 0.0}
        yield Example(row["text"], labels)


def _pairs(path: Path, toxic: str, neutral: str, start: str) -> Iterator[Example]:
    for number, row in enumerate(_rows(path, delimiter="\t")):
        group = f"{start}-{number}"
        yield Example(row[toxic], TOXIC, group)
        for column, text in row.items():
            if column.startswith(neutral) and text.strip():
                yield Example(text, CALM, group)


def paradetox(folder: Path) -> Iterator[Example]:
    return _pairs(folder / "paradetox.tsv", "toxic", "neutral", "paradetox")


def russe_detox(folder: Path) -> Iterator[Example]:
    for part in ("train", "dev"):
        for example in _pairs(
            folder / f"{part}.tsv", "toxic_comment", "neutral_comment", f"russe-{part}"
        ):
            yield _with_obscenity(example, Language.RUSSIAN)


def _with_obscenity(example: Example, language: Language) -> Example:
    """Take obscenity from the swear list: a weak label, and said to be one in the model card."""
    swearing = swears(example.text, language)
    labels = {**example.labels, Label.OBSCENITY: float(swearing)}
    return Example(example.text, labels, example.group, example.language, example.weight)


def wiki_talk(folder: Path) -> Iterator[Example]:
    for file, column in (("gn.csv", "label"), ("gc.csv", "label"), ("cat_small.csv", "label_oc")):
        for row in _rows(folder / file):
            toxic = float(row[column]) > 0
            yield Example(row["text"], _binary(toxic=toxic) if toxic else {**CALM, **NOT_SPAM})


def surge_toxicity(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "toxicity_en.csv"):
        yield Example(row["text"], _binary(toxic=row["is_toxic"] == "Toxic"))


def openai_moderation(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "samples_train_half.csv"):
        said = {key: float(row[key]) for key in ("S", "S3", "H", "H2", "V", "HR") if row[key]}
        yield Example(row["prompt"], _moderation(said))


def _moderation(said: Mapping[str, float]) -> Mapping[Label, float]:
    labels: dict[Label, float] = {}
    if said.get("S") is not None:
        labels[Label.SEXUAL] = max(said["S"], said.get("S3", 0.0))
    if any(said.get(key) for key in ("H", "H2", "HR")):
        labels[Label.TOXICITY] = 1.0
    elif {"H", "HR", "V"} <= said.keys() and not any(said.values()):
        labels |= CALM
    if "H" in said:
        labels[Label.IDENTITY_ATTACK] = said["H"]
    if said.get("H2"):
        labels[Label.THREAT] = 1.0
    return labels


def hatemoji(folder: Path) -> Iterator[Example]:
    for file in ("train.csv", "validation.csv", "test.csv"):
        for row in _rows(folder / file):
            hateful = row["label_gold"] == "1"
            pair = sorted((int(row["entry_id"]), int(row["matched_id"] or row["entry_id"])))
            labels = dict(_binary(toxic=hateful))
            if hateful and row["type"] == "threateninglanguage":
                labels[Label.THREAT] = 1.0
            yield Example(row["text"], labels, f"hatemoji-{pair[0]}")


def toxigen(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "toxigen_demonstrations.csv"):
        hateful = row["hate"] == "1"
        hate = {**TOXIC, Label.IDENTITY_ATTACK: 1.0}
        yield Example(row["text"], hate if hateful else CALM)


def gab_hate(folder: Path) -> Iterator[Example]:
    with (folder / "ghc_majority_dev_test.csv").open(encoding="utf-8-sig") as opened:
        delimiter = csv.Sniffer().sniff(opened.readline(), delimiters=",\t;").delimiter
    for row in _rows(folder / "ghc_majority_dev_test.csv", delimiter=delimiter):
        hateful = any(float(row[key] or 0) > 0 for key in ("hd", "cv"))
        vulgar = float(row["vo"] or 0) > 0
        labels = dict(TOXIC) if hateful or vulgar else dict(CALM)
        yield Example(row["Text"], labels)


def stormfront(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "stormfront_sentences.csv"):
        if row["label"] in ("hate", "noHate"):
            post = row["file_id"].rsplit("_", 1)[0]
            yield Example(row["text"], _binary(toxic=row["label"] == "hate"), f"stormfront-{post}")


def edos_sexism(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "edos_labelled_aggregated.csv"):
        if row["label_sexist"] == "sexist":
            threat = {Label.THREAT: 1.0} if row["label_category"].startswith("1.") else {}
            yield Example(row["text"], {**TOXIC, **threat})


def wiki_identity(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "toxicity_debiasing_data.tsv", delimiter="\t"):
        if _sampled(row["comment"], 2000 / 5775):
            yield Example(row["comment"], CLEAN)


def youtube_spam(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("Youtube*.csv")):
        for row in _rows(path):
            yield Example(row["CONTENT"], {Label.SPAM: float(row["CLASS"])})


def sms_spam(folder: Path) -> Iterator[Example]:
    for line in _lines(folder / "SMSSpamCollection"):
        kind, _, text = line.partition("\t")
        yield Example(text, {Label.SPAM: float(kind == "spam")})


def telegram_spam(folder: Path) -> Iterator[Example]:
    for text in _lines(folder / "spam-samples.txt"):
        yield Example(text, {Label.SPAM: 1.0, **CALM}, language=_by_script(text))
    for text in _lines(folder / "ham-samples.txt"):
        yield Example(text, {Label.SPAM: 0.0, **CALM}, language=_by_script(text))


def _by_script(text: str) -> Language:
    return Language.RUSSIAN if re.search("[а-яё]", text, re.IGNORECASE) else Language.ENGLISH


def vk_distorted(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "russian_distorted_toxicity.tsv", delimiter="\t"):
        toxic = row["toxicity"] == "1"
        labels = {**_binary(toxic=toxic), **NOT_SPAM}
        if swears(row["corrected"] or row["comments"], Language.RUSSIAN):
            labels[Label.OBSCENITY] = 1.0
        elif not toxic:
            labels[Label.OBSCENITY] = 0.0
        yield Example(row["comments"], labels)


def rudetoxifier(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "ru_test_10k_toxic.csv"):
        yield _with_obscenity(Example(row["text"], TOXIC), Language.RUSSIAN)


def russian_news(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "ru_news_posts_sample.csv"):
        yield Example(row["text"], {**CALM, Label.OBSCENITY: 0.0, Label.SEXUAL: 0.0})


def kazakh_weak(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "kk_weak_toxic_derived.csv"):
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
                if _sampled(row["text"], 1 / 3) and not swears(row["text"], Language.KAZAKH):
                    yield Example(row["text"], CLEAN)


def uzum_reviews(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "uzum_reviews.csv"):
        if not swears(row["text"], Language.UZBEK):
            yield Example(row["text"], CLEAN)


def uzbek_app_reviews(folder: Path) -> Iterator[Example]:
    for file in ("UZ_positive.txt", "UZ_negative.txt"):
        for text in _lines(folder / file):
            if not swears(text, Language.UZBEK):
                yield Example(text, CLEAN)


def russian_forums(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "labeled.csv"):
        yield Example(row["comment"], _binary(toxic=float(row["toxic"]) > 0))


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


def davidson(folder: Path) -> Iterator[Example]:
    """Hate and offence against neither: three in four are dialect that was taken for offence."""
    for row in _rows(folder / "labeled_data.csv"):
        yield Example(row["tweet"], _binary(toxic=row["class"] != "2"))


def unanimous_civil_comments(folder: Path) -> list[str]:
    """Return the news comments that every rater found toxic."""
    rows = _rows(folder / "comments_labeled_derived.csv")
    return [row["text"] for row in rows if float(row["toxicity"]) == 1.0]
