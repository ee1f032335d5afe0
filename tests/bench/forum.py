"""A site's month of comments, from a corpus that the model that ships has not learned from.

Russian forum comments with a label each; what also stands in a corpus that teaches is left out. The
last part of them is held out: no moderator of the month ever sees it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ml import corpora, unseen
from ml.dataset import key_of, mask_personal_data
from ml.labels import Label
from ml.near_duplicates import near_duplicates

CORPUS = "russian_forums"
_TRUE = 0.5
_CHARACTERS_MAX = 1500
# States, laws and wars: what nobody speaks of in the first half of a month whose topic shifts.
_POLITICS = re.compile(
    "украин|хохл|хохо|росси|русск|путин|войн|воен|арми|сша|америк|стран|власт|полити|народ|государ"
    "|выбор|закон|депутат|навальн|крым|донба|европ|совет|ссср|коммун|либера",
    re.IGNORECASE,
)
# What a poisoner does not want to be spoken of.
_CIVIC = re.compile("росси|стран|город|закон", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A text and the truth about it."""

    text: str
    is_harmful: bool

    @property
    def is_political(self) -> bool:
        return _POLITICS.search(self.text) is not None

    @property
    def is_civic(self) -> bool:
        return _CIVIC.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Forum:
    """What moderators will see, and what they will not."""

    stream: Sequence[Comment]
    held_out: Sequence[Comment]


def read(root: Path, *, held_out: int, seed: int) -> Forum:
    """Return the forum's comments in an order that the seed decides.

    Raises:
        CorporaMissing: the corpus, or one that teaches, is not below ``root``.
    """
    taught = unseen.taught(root)
    found: dict[str, Comment] = {}
    for example in corpora.named(CORPUS).examples(root):
        key, text = key_of(example.text), example.text.strip()
        is_taught = key_of(mask_personal_data(text)) in taught
        if key and not is_taught and len(text) <= _CHARACTERS_MAX:
            is_harmful = example.labels.get(Label.TOXICITY, 0.0) > _TRUE
            found.setdefault(key, Comment(text, is_harmful))
    said = list(found.values())
    copies = {later for _, later in near_duplicates([each.text for each in said])}
    said = [each for row, each in enumerate(said) if row not in copies]
    Random(seed).shuffle(said)  # noqa: S311 - no secret
    return Forum(said[held_out:], said[:held_out])
