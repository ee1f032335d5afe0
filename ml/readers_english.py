"""One reader for each English corpus: from its files to texts with labels."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ml.labels import Label
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
    settle,
)

JIGSAW_COLUMNS = {
    "toxic": Label.TOXICITY,
    "severe_toxic": Label.SEVERE_TOXICITY,
    "obscene": Label.OBSCENITY,
    "threat": Label.THREAT,
    "insult": Label.INSULT,
    "identity_hate": Label.IDENTITY_ATTACK,
}


def jigsaw_multilabel(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "jigsaw_multilabel_merged.csv"):
        labels = {label: float(row[column]) for column, label in JIGSAW_COLUMNS.items()}
        calm = not any(labels.values())
        yield Example(row["comment_text"], {**labels, **NOT_SPAM} if calm else labels)


def jigsaw_workers(folder: Path) -> Iterator[Example]:
    """Average the workers' votes: calm is what nobody ticked, toxic what most did."""
    votes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "sample_training_data.csv"):
        votes[row["_unit_id"]].append(row)
    for row in rows(folder / "sample_comment_text.csv"):
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


def jigsaw_binary(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "toxic_comments_ak_binary_lowercased.csv"):
        yield Example(row["text"], binary(toxic=float(row["toxic"]) > 0))


CIVIL_COLUMNS = {
    "insult": Label.INSULT,
    "obscene": Label.OBSCENITY,
    "identity_attack": Label.IDENTITY_ATTACK,
    "threat": Label.THREAT,
}


def civil_comments(folder: Path) -> Iterator[Example]:
    """Two thirds of the raters say toxic: yes; two thirds say not: no; between them: unknown."""
    for row in rows(folder / "comments_labeled_derived.csv"):
        share = float(row["toxicity"])
        labels: dict[Label, float] = dict(NOT_SPAM)
        for column, label in CIVIL_COLUMNS.items():
            settle(labels, label, float(row[column]), no=0.0)
        if share >= 0.66:  # noqa: PLR2004
            labels[Label.TOXICITY] = 1.0
        elif share <= 0.34:  # noqa: PLR2004
            labels |= {Label.TOXICITY: 0.0, Label.SEVERE_TOXICITY: 0.0}
        yield Example(row["text"], labels)


def paradetox(folder: Path) -> Iterator[Example]:
    return pairs(folder / "paradetox.tsv", "toxic", "neutral", "paradetox")


def wiki_talk(folder: Path) -> Iterator[Example]:
    for file, column in (("gn.csv", "label"), ("gc.csv", "label"), ("cat_small.csv", "label_oc")):
        for row in rows(folder / file):
            toxic = float(row[column]) > 0
            yield Example(row["text"], binary(toxic=toxic) if toxic else {**CALM, **NOT_SPAM})


def surge_toxicity(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "toxicity_en.csv"):
        yield Example(row["text"], binary(toxic=row["is_toxic"] == "Toxic"))


def openai_moderation(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "samples_train_half.csv"):
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
        for row in rows(folder / file):
            hateful = row["label_gold"] == "1"
            pair = sorted((int(row["entry_id"]), int(row["matched_id"] or row["entry_id"])))
            labels = dict(binary(toxic=hateful))
            if hateful and row["type"] == "threateninglanguage":
                labels[Label.THREAT] = 1.0
            yield Example(row["text"], labels, f"hatemoji-{pair[0]}")


def toxigen(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "toxigen_demonstrations.csv"):
        hateful = row["hate"] == "1"
        hate = {**TOXIC, Label.IDENTITY_ATTACK: 1.0}
        yield Example(row["text"], hate if hateful else CALM)


def gab_hate(folder: Path) -> Iterator[Example]:
    with (folder / "ghc_majority_dev_test.csv").open(encoding="utf-8-sig") as opened:
        delimiter = csv.Sniffer().sniff(opened.readline(), delimiters=",\t;").delimiter
    for row in rows(folder / "ghc_majority_dev_test.csv", delimiter=delimiter):
        hateful = any(float(row[key] or 0) > 0 for key in ("hd", "cv"))
        vulgar = float(row["vo"] or 0) > 0
        labels = dict(TOXIC) if hateful or vulgar else dict(CALM)
        yield Example(row["Text"], labels)


def stormfront(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "stormfront_sentences.csv"):
        if row["label"] in ("hate", "noHate"):
            post = row["file_id"].rsplit("_", 1)[0]
            yield Example(row["text"], binary(toxic=row["label"] == "hate"), f"stormfront-{post}")


def edos_sexism(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "edos_labelled_aggregated.csv"):
        if row["label_sexist"] == "sexist":
            threat = {Label.THREAT: 1.0} if row["label_category"].startswith("1.") else {}
            yield Example(row["text"], {**TOXIC, **threat})


def wiki_identity(folder: Path) -> Iterator[Example]:
    for row in rows(folder / "toxicity_debiasing_data.tsv", delimiter="\t"):
        if sampled(row["comment"], 2000 / 5775):
            yield Example(row["comment"], CLEAN)


def youtube_spam(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("Youtube*.csv")):
        for row in rows(path):
            yield Example(row["CONTENT"], {Label.SPAM: float(row["CLASS"])})


def sms_spam(folder: Path) -> Iterator[Example]:
    for line in lines(folder / "SMSSpamCollection"):
        kind, _, text = line.partition("\t")
        yield Example(text, {Label.SPAM: float(kind == "spam")})


def davidson(folder: Path) -> Iterator[Example]:
    """Hate and offence against neither: three in four are dialect that was taken for offence."""
    for row in rows(folder / "labeled_data.csv"):
        yield Example(row["tweet"], binary(toxic=row["class"] != "2"))


def unanimous_civil_comments(folder: Path) -> list[str]:
    """Return the news comments that every rater found toxic."""
    found = rows(folder / "comments_labeled_derived.csv")
    return [row["text"] for row in found if float(row["toxicity"]) == 1.0]
