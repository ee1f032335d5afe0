"""What is added to the corpora in training, and how much it counts: see docs/model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ml.labels import Label, Language

# People have labelled comments enough to say more of these than our own sentences and word lists
# do, which cost them what they have learned, and both say it best by the mean of what each has
# taught (docs/model/ablations.md). Of other labels, and of nearly all in Uzbek and Kazakh, our
# sentences are what there is.
COMMENTS_ALONE = {
    (Language.ENGLISH, Label.TOXICITY): 0.5,
    (Language.ENGLISH, Label.THREAT): 0.6,
    (Language.ENGLISH, Label.IDENTITY_ATTACK): 0.4,
    (Language.RUSSIAN, Label.TOXICITY): 0.75,
    (Language.RUSSIAN, Label.OBSCENITY): 0.5,
}


# The share of short calm texts that a swear word or an insult is put into, where nobody labelled
# comments: some 4,000 and 6,000. More of them, or English and Russian ones, bring nothing.
INSERTED = {Language.UZBEK: 0.25, Language.KAZAKH: 0.22}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is added to the corpora in training, and how much it counts.

    Attributes:
        own_writing: weight of a sentence of our own templates.
        comments_alone: how far a line counts, for a label in a language, that learns from labelled
            comments alone; the rest is the line that learns from all.
        disguised: share of short texts that are added once more, disguised.
        own_disguised: the same for our own sentences.
        inserted: share of short calm texts that are added once more with a word put in, by
            language.
    """

    own_writing: float = 3.0
    comments_alone: Mapping[tuple[Language, Label], float] = field(
        default_factory=lambda: COMMENTS_ALONE
    )
    disguised: float = 0.2
    own_disguised: float = 1.0
    inserted: Mapping[Language, float] = field(default_factory=lambda: INSERTED)

    def as_plain(self) -> dict[str, object]:
        """Return what JSON can hold."""
        alone = {f"{spoken}/{label}": s for (spoken, label), s in self.comments_alone.items()}
        return {**asdict(self), "comments_alone": alone}
