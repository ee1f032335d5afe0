"""The public corpora: where each comes from, on what terms, and how much it weighs in training.

Nothing here holds a text. A person with network access can rebuild the folder from the names:
source repository at its commit, files, and the digest that each file had when the shipped model
was trained.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from ml import readers
from ml.labels import Language
from ml.readers import Example

Read = Callable[[Path], Iterable[Example]]


class CorporaMissing(Exception):
    """The folder of corpora, or a file in it, is not there."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One public data set as it was found.

    ``ships`` says whether its licence lets a model trained on it be given away; what does not ship
    is read for checks alone. ``sha256`` starts each file's digest (sixteen hex digits are plenty
    to tell a changed file). ``weight`` is what one of its texts counts in training.
    """

    name: str
    folder: str
    language: Language
    source: str
    commit: str
    licence: str
    attribution: str
    read: Read
    sha256: dict[str, str]
    ships: bool = True
    trains: bool = True
    weight: float = 1.0
    note: str = field(default="")

    def __post_init__(self) -> None:
        if self.trains and not self.ships:
            raise ValueError(f"{self.name} may not train a model that ships")

    def examples(self, root: Path) -> Iterator[Example]:
        """Read every usable text of this corpus below ``root``.

        Raises:
            CorporaMissing: a file is not there.
        """
        folder = root / self.folder
        for file in self.sha256:
            if not (folder / file).is_file():
                raise CorporaMissing(f"{self.name}: no file {self.folder}/{file} in {root}")
        yield from self.read(folder)

    def changed_files(self, root: Path) -> list[str]:
        """Name the files whose content is not what the shipped model was trained on."""
        return [
            file
            for file, begins in self.sha256.items()
            if not _sha256(root / self.folder / file).startswith(begins)
        ]


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


EN, RU, UZ, KK = Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH

# Order decides who is believed when two corpora hold the same text: the earlier.
CORPORA: tuple[Corpus, ...] = (
    Corpus(
        name="jigsaw_multilabel",
        folder="raw/jigsaw_wiki_multilabel",
        language=EN,
        source="HieuNT91/file_storage, amodh-saxena/toxic_message_analyzer",
        commit="54fa062ad711, 590f232d519b",
        licence="labels CC0-1.0, texts CC BY-SA 3.0",
        attribution="Jigsaw Toxic Comment Classification; texts by Wikipedia contributors",
        read=readers.jigsaw_multilabel,
        sha256={"jigsaw_multilabel_merged.csv": "49a47187ba734470"},
        weight=3.0,
        note="the only set with six labels on one text",
    ),
    Corpus(
        name="jigsaw_workers",
        folder="raw/jigsaw_wiki_multilabel",
        language=EN,
        source="conversationai/conversationai-models",
        commit="eaf9c6d85893",
        licence="Apache-2.0, texts CC BY-SA 3.0",
        attribution="Conversation AI; texts by Wikipedia contributors",
        read=readers.jigsaw_workers,
        sha256={
            "sample_comment_text.csv": "591f09ea70d238d1",
            "sample_training_data.csv": "7aef87db5d5145f8",
        },
        note="one row per worker, averaged",
    ),
    Corpus(
        name="jigsaw_binary",
        folder="raw/jigsaw_wiki_multilabel",
        language=EN,
        source="AK-Algorithm/Toxic-Comment-Classification",
        commit="a3867eec993c",
        licence="labels CC0-1.0, texts CC BY-SA 3.0",
        attribution="Jigsaw Toxic Comment Classification; texts by Wikipedia contributors",
        read=readers.jigsaw_binary,
        sha256={"toxic_comments_ak_binary_lowercased.csv": "d42316eeda0b1b6a"},
    ),
    Corpus(
        name="civil_comments",
        folder="raw/civil_comments_toxic_spans",
        language=EN,
        source="ipavlopoulos/toxic_spans",
        commit="beaf170538df",
        licence="CC0-1.0",
        attribution="Civil Comments; Pavlopoulos et al., SemEval-2021 task 5",
        read=readers.civil_comments,
        sha256={"comments_labeled_derived.csv": "a027a37cb0e8808f"},
        weight=0.5,
        note="positives never without the civil negatives",
    ),
    Corpus(
        name="paradetox",
        folder="raw/paradetox_en",
        language=EN,
        source="s-nlp/paradetox",
        commit="d97b17d08135",
        licence="CC0-1.0 (repository); OpenRAIL++ (data card)",
        attribution="Logacheva et al. 2022, ParaDetox",
        read=readers.paradetox,
        sha256={"paradetox.tsv": "a5edf6a732482438"},
        note="an abusive sentence and its civil rewrites share a group",
    ),
    Corpus(
        name="wiki_talk",
        folder="raw/wiki_talk_context",
        language=EN,
        source="ipavlopoulos/context_toxicity",
        commit="5df49c294e6a",
        licence="Apache-2.0, texts CC BY-SA 3.0",
        attribution="Pavlopoulos et al. 2020; texts by Wikipedia contributors",
        read=readers.wiki_talk,
        sha256={
            "gc.csv": "17aa76bba22e4f64",
            "gn.csv": "946e8abea70295ea",
            "cat_small.csv": "542870d2e755fcfb",
        },
        note="98 % ordinary discussion; parents are not read, they may repeat held-out texts",
    ),
    Corpus(
        name="surge_toxicity",
        folder="raw/surge_toxicity",
        language=EN,
        source="surge-ai/toxicity",
        commit="ea80324b95ed",
        licence="MIT",
        attribution="Surge AI",
        read=readers.surge_toxicity,
        sha256={"toxicity_en.csv": "ef8124329bcdb075"},
        weight=2.0,
    ),
    Corpus(
        name="openai_moderation",
        folder="raw/openai_moderation",
        language=EN,
        source="openai/moderation-api-release",
        commit="f4ab51b5edd3",
        licence="MIT",
        attribution="Markov et al. 2022",
        read=readers.openai_moderation,
        sha256={"samples_train_half.csv": "cc55a1f9a4482ba2"},
        note="the only source of sexual content labelled by people",
    ),
    Corpus(
        name="hatemoji",
        folder="raw/hatemoji_build",
        language=EN,
        source="HannahKirk/Hatemoji",
        commit="a626f6321615",
        licence="CC BY 4.0",
        attribution="Kirk et al. 2022, Hatemoji",
        read=readers.hatemoji,
        sha256={
            "train.csv": "eb80168f64a5cbac",
            "validation.csv": "017135836c25fb4a",
            "test.csv": "7aacc0704adc13f7",
        },
        weight=0.5,
        note="written to fool models; minimal pairs share a group",
    ),
    Corpus(
        name="toxigen",
        folder="raw/toxigen_demonstrations",
        language=EN,
        source="microsoft/TOXIGEN",
        commit="01517e814639",
        licence="CDLA-Permissive-2.0",
        attribution="Hartvigsen et al. 2022, ToxiGen",
        read=readers.toxigen,
        sha256={"toxigen_demonstrations.csv": "fe01a150801b391e"},
        weight=0.5,
    ),
    Corpus(
        name="gab_hate",
        folder="raw/gab_hate_corpus",
        language=EN,
        source="BrendanKennedy/contextualizing-hate-speech-models-with-explanations",
        commit="7b1f6719ac45",
        licence="MIT (repository)",
        attribution="Kennedy et al. 2020, Gab Hate Corpus",
        read=readers.gab_hate,
        sha256={"ghc_majority_dev_test.csv": "bff3033800ee243a"},
        weight=0.5,
    ),
    Corpus(
        name="stormfront",
        folder="raw/stormfront",
        language=EN,
        source="Vicomtech/hate-speech-dataset",
        commit="b802137e8314",
        licence="CC BY-SA 3.0 ES",
        attribution="de Gibert et al. 2018",
        read=readers.stormfront,
        sha256={"stormfront_sentences.csv": "931aad3403915136"},
        weight=0.3,
    ),
    Corpus(
        name="edos_sexism",
        folder="raw/edos_sexism",
        language=EN,
        source="rewire-online/edos",
        commit="b1f1fbcca9d4",
        licence="CC0-1.0",
        attribution="Kirk et al. 2023, EDOS",
        read=readers.edos_sexism,
        sha256={"edos_labelled_aggregated.csv": "6af73190976ff4cd"},
        weight=0.3,
        note="sexist rows only: 'not sexist' is full of other abuse",
    ),
    Corpus(
        name="wiki_identity",
        folder="raw/wiki_identity_neutral",
        language=EN,
        source="conversationai/unintended-ml-bias-analysis",
        commit="9c7d91aaa534",
        licence="Apache-2.0, texts CC BY-SA 3.0",
        attribution="Dixon et al. 2018; texts by Wikipedia contributors",
        read=readers.wiki_identity,
        sha256={"toxicity_debiasing_data.tsv": "5267c91253eac894"},
        weight=0.5,
        note="2,000 of 5,775: in full it hurts",
    ),
    Corpus(
        name="youtube_spam",
        folder="raw/youtube_spam",
        language=EN,
        source="KayhanB21/YouTube-Spam-Collection",
        commit="e1dcaf0a73d7",
        licence="CC BY 4.0 (UCI listing)",
        attribution="Alberto and Lochter, YouTube Spam Collection",
        read=readers.youtube_spam,
        sha256={
            "Youtube01-Psy.csv": "69fb725bdf1f124c",
            "Youtube02-KatyPerry.csv": "b1388fc0b51d73e2",
            "Youtube03-LMFAO.csv": "10f16e1f004e6468",
            "Youtube04-Eminem.csv": "af9b5f3dfa197bb3",
            "Youtube05-Shakira.csv": "a7e867563b575abd",
        },
        note="the author column is never read",
    ),
    Corpus(
        name="sms_spam",
        folder="raw/sms_spam",
        language=EN,
        source="hamzaaacodes/sms-spam-collection",
        commit="f3e73e1e74e6",
        licence="CC BY 4.0 (UCI listing)",
        attribution="Almeida and Hidalgo, SMS Spam Collection",
        read=readers.sms_spam,
        sha256={"SMSSpamCollection": "c3bb07bc5a1c810b"},
        weight=0.5,
    ),
    Corpus(
        name="telegram_spam",
        folder="raw/tg_spam",
        language=RU,
        source="umputun/tg-spam",
        commit="e14d516ef36b",
        licence="MIT",
        attribution="Umputun and contributors",
        read=readers.telegram_spam,
        sha256={
            "spam-samples.txt": "022f16c0b3494819",
            "ham-samples.txt": "46db6def4768798b",
        },
        weight=2.0,
    ),
    Corpus(
        name="vk_distorted",
        folder="raw/ru_distorted_vk",
        language=RU,
        source="alla-g/toxicity-detection-thesis",
        commit="651159350f42",
        licence="MIT",
        attribution="A. Gorbunova, Russian Distorted Toxicity",
        read=readers.vk_distorted,
        sha256={"russian_distorted_toxicity.tsv": "63299d4c38323edf"},
        weight=4.0,
    ),
    Corpus(
        name="russe_detox",
        folder="raw/russe_detox_2022",
        language=RU,
        source="s-nlp/russe_detox_2022",
        commit="a2f79da9f0c1",
        licence="OpenRAIL++ (data card)",
        attribution="Dementieva et al. 2022, RUSSE Detoxification",
        read=readers.russe_detox,
        sha256={"train.tsv": "df4523f829a4bcb6", "dev.tsv": "63eb05e8119cfce0"},
        note="use restrictions of OpenRAIL are passed on",
    ),
    Corpus(
        name="rudetoxifier",
        folder="raw/rudetoxifier",
        language=RU,
        source="s-nlp/rudetoxifier",
        commit="aef59899fb99",
        licence="MIT (repository)",
        attribution="Dementieva et al. 2021, RuDetoxifier",
        read=readers.rudetoxifier,
        sha256={"ru_test_10k_toxic.csv": "4e38757173b7396b"},
        weight=0.5,
        note="toxic only",
    ),
    Corpus(
        name="russian_news",
        folder="raw/ru_news_telegram",
        language=RU,
        source="NKTKLN/telegram-news-classifier",
        commit="b8b03f198291",
        licence="CC BY 4.0 (collector)",
        attribution="NKTKLN; posts belong to their channels",
        read=readers.russian_news,
        sha256={"ru_news_posts_sample.csv": "4a4b6b864f63fcd3"},
        weight=0.5,
        note="hard news as clean text",
    ),
    Corpus(
        name="kazakh_weak",
        folder="raw/kazsandra_kk",
        language=KK,
        source="IS2AI/KazSAnDRA",
        commit="d769cf7f7bd6",
        licence="CC BY 4.0",
        attribution="Yeshpanov and Varol 2024, KazSAnDRA (ISSAI)",
        read=readers.kazakh_weak,
        sha256={"kk_weak_toxic_derived.csv": "bec4669415e4acee"},
        note="reviews that match a word list: weak labels",
    ),
    Corpus(
        name="kazakh_reviews",
        folder="raw/kazsandra_kk",
        language=KK,
        source="IS2AI/KazSAnDRA",
        commit="d769cf7f7bd6",
        licence="CC BY 4.0",
        attribution="Yeshpanov and Varol 2024, KazSAnDRA (ISSAI)",
        read=readers.kazakh_reviews,
        sha256={
            "03_pc_train_rus.zip": "d88691d7c6d53ed9",
            "04_pc_valid.zip": "e57a0ea40752989b",
            "05_pc_test.zip": "9abbc7766ffbac96",
        },
        weight=0.5,
        note="clean text; what matches a swear word is left out",
    ),
    Corpus(
        name="uzum_reviews",
        folder="raw/uzum_reviews_uz",
        language=UZ,
        source="sssplash6/uzbek-sentiment-analysis",
        commit="57502be9171c",
        licence="MIT",
        attribution="sssplash6",
        read=readers.uzum_reviews,
        sha256={"uzum_reviews.csv": "4e72eecfe8a908c4"},
        note="clean text in both scripts",
    ),
    Corpus(
        name="uzbek_app_reviews",
        folder="raw/uzbek_app_reviews",
        language=UZ,
        source="elmurod1202/uzbek-sentiment-analysis",
        commit="5c45615b4cad",
        licence="'feel free to use' (README)",
        attribution="Kuriyozov et al. 2019",
        read=readers.uzbek_app_reviews,
        sha256={
            "UZ_negative.txt": "0e1a7bc9e0469143",
            "UZ_positive.txt": "5968efda0160a46b",
        },
        note="clean text",
    ),
    Corpus(
        name="russian_forums",
        folder="eval_only/ru_2ch_pikabu",
        language=RU,
        source="tabakerkaaaa/ToxicityDetectorBot",
        commit="ef8f2b5d1510",
        licence="unverified",
        attribution="Russian Language Toxic Comments",
        read=readers.russian_forums,
        sha256={"labeled.csv": "e14b398e925b297e"},
        ships=False,
        trains=False,
        note="checks only",
    ),
    Corpus(
        name="uzbek_news_sentences",
        folder="eval_only/uzbek_sentiment_intensity",
        language=UZ,
        source="Gulshahnoz/uzbek-sentiment-dataset",
        commit="c14eb55f4290",
        licence="none named",
        attribution="Gulshahnoz",
        read=readers.uzbek_news_sentences,
        sha256={"uzbek_sentiment_dataset.xlsx": "8fc2e55ef558bfa3"},
        ships=False,
        trains=False,
        note="checks only: must not be flagged",
    ),
    Corpus(
        name="davidson",
        folder="raw/davidson_hate_offensive",
        language=EN,
        source="t-davidson/hate-speech-and-offensive-language",
        commit="cb50f7e9eb85",
        licence="MIT; tweets stay their authors'",
        attribution="Davidson et al. 2017",
        read=readers.davidson,
        sha256={"labeled_data.csv": "d67c010d81b9dd59"},
        trains=False,
        note="checks only: in training it teaches that dialect is toxic",
    ),
)


def named(name: str) -> Corpus:
    """Return the corpus of that name.

    Raises:
        KeyError: there is none.
    """
    by_name = {corpus.name: corpus for corpus in CORPORA}
    if name not in by_name:
        raise KeyError(f"no corpus is called {name}; there are {', '.join(by_name)}")
    return by_name[name]


def training_corpora() -> tuple[Corpus, ...]:
    """Those whose licence lets the shipped model learn from them, and that do it good."""
    return tuple(corpus for corpus in CORPORA if corpus.trains)


def check_folder(root: Path) -> None:
    """Say plainly when the corpora are not where they should be.

    Raises:
        CorporaMissing: the folder, or its ``raw`` part, does not exist.
    """
    if not (root / "raw").is_dir():
        raise CorporaMissing(f"{root} holds no corpora: a folder 'raw' is expected in it")
