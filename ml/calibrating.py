"""Both tiers made to mean what they say, on texts that neither of them has learned from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ml import calibration, cascade
from ml.classifier import numbered
from ml.dataset import LABELS, Dataset, Floats, Mask, join
from ml.defaults import PLAIN_REVIEWS
from ml.encoder import Encoder
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.metrics import roc_auc
from ml.pipeline import ModerationPipeline
from ml.second_tier import Referred, SecondTier, even_leanings

POSITIVES_TO_CALIBRATE = 100
# The share of comments that each label is taken to have where no corpus tells.
STATED_PREVALENCE = {Label.TOXICITY: 0.1, Label.INSULT: 0.05, Label.SPAM: 0.05}
STATED_PREVALENCE_OF_OTHERS = 0.02
# The calm Kazakh and Uzbek texts are reviews of shops and apps, of which so much fewer are abusive.
# At the prevalence of comments, a few rude reviews would score as surely as any abuse, and their
# languages' thresholds would have to lie above them.
IN_REVIEWS = 0.2


def stated_prevalence(label: Label, language: Language) -> float:
    """Return the share of texts that a label is taken to have where no corpus tells."""
    share = STATED_PREVALENCE.get(label, STATED_PREVALENCE_OF_OTHERS)
    return share * IN_REVIEWS if language in PLAIN_REVIEWS else share


def calibrate(pipeline: ModerationPipeline, held_out: Dataset, ours: Dataset) -> None:
    """Set each label's calibration from texts that were not learned from.

    A language whose corpora hold ``POSITIVES_TO_CALIBRATE`` positives of the label is calibrated on
    them as they come. Elsewhere the corpora give the negatives and our own sentences the positives,
    weighed to the stated prevalence: without them a language that has clean text alone would learn
    that nothing in it is ever abusive.
    """
    classifier = pipeline.classifier
    both = join([held_out, ours])
    logits = _logits(pipeline, both.texts)
    weights = _calibrating_weights(both, np.arange(len(both)) < len(held_out))
    weights[:, ~np.isfinite(classifier.intercepts_)] = 0
    found = _lines(logits, both, weights)
    classifier.slopes_, classifier.offsets_ = found


# What readers ordinarily write is nearest to these; the others were gathered for being hard.
ORDINARY = frozenset(
    {
        *("jigsaw_multilabel", "jigsaw_workers", "jigsaw_binary", "wiki_talk", "surge_toxicity"),
        *("vk_distorted", "telegram_spam"),
        *("kazakh_reviews", "uzum_reviews", "uzbek_app_reviews"),
    }
)
# As many as two cores can read closely with time to spare: of comments and reviews as readers
# mostly write them, mixed, a quarter at most. Reviews, of which the calm Kazakh and Uzbek texts
# are, are far easier: a few of them score where a third of calm comments would.
CALM_REFERRED = {
    **dict.fromkeys(Language, 0.27),
    Language.RUSSIAN: 0.30,
    **dict.fromkeys(PLAIN_REVIEWS, 0.10),
}
# One abusive sentence among many moves the score less, so a long text is referred from a lower one:
# of Jigsaw's toxic texts that were taken for clear, most had more than 250 characters.
LENGTH = 0.25
# The encoder reads so many texts to teach the second tier: minutes, and nearly all that the rule
# refers.
TEXTS_MAX = 14_000
# What a sentence of ours counts beside a comment in teaching the second tier: the encoder has read
# its siblings, so it is surer of them than it will be of anything that readers write.
OWN_WEIGHT = 0.25
# How far a label of a language may lean on both tiers together; the rest on the first tier alone.
LEANINGS = (1.0, 0.75, 0.5, 0.25, 0.0)
LEANING_FOLDS = 3
# Where nobody has labelled comments, what calibrates are siblings of our sentences that teach, and
# the encoder looks surer of them than it is of others: in Uzbek, of which it knows least, more so.
LEANING_ON_SIBLINGS = {Language.UZBEK: 0.4, Language.KAZAKH: 0.5}
# Leaning elsewhere must rank so much better, on so many yes and no, to be worth it.
LEANING_GAIN, LEANING_MIN = 0.005, 40


def second_tier(
    pipeline: ModerationPipeline, held_out: Dataset, ours: Dataset, encoder: Encoder, seed: int
) -> SecondTier:
    """Train and calibrate the second tier on texts that neither tier nor encoder learned from."""
    both = join([held_out, ours])
    of_corpora = np.arange(len(both)) < len(held_out)
    second = cascade.fit(
        pipeline,
        both.texts,
        both.targets,
        encoder=encoder,
        sample_weight=both.weights * np.where(of_corpora, 1.0, OWN_WEIGHT),
        languages=both.languages,
        groups=both.groups,
        ordinary=np.array([source in ORDINARY for source in both.sources], bool),
        calm_referred=CALM_REFERRED,
        length=LENGTH,
        texts_max=TEXTS_MAX,
        seed=seed,
    )
    features = pipeline[:-1].transform(both.texts)
    logits = pipeline.classifier.decision_function(features)
    rows = np.flatnonzero(second.rule.refers(expit(logits), features.languages, features.sizes))
    referred = both.at(rows)
    table = Referred(logits[rows], encoder.encode(referred.texts), features.languages[rows])
    second.leanings_ = leanings(second, table, referred)
    weights = _calibrating_weights(both, of_corpora)[rows]
    second.slopes_, second.offsets_ = _lines(second.raw_logits(table), referred, weights)
    return second


def leanings(second: SecondTier, table: Referred, data: Dataset) -> Floats:
    """Return how far each language's labels lean on both tiers together, (3, languages, labels).

    Where the encoder knows less of a language than the first tier has learned, both together rank
    worse than the first alone. That is seen on texts that the regression has not learned from: each
    third of the groups is judged by what the others teach.

    Args:
        second: gives the parameters; it is not changed.
        table: what the second tier judges by, of n texts.
        data: what is known of the n texts.
    """
    groups = numbered(data.groups)
    fold = np.random.default_rng(second.seed).integers(LEANING_FOLDS, size=groups.max() + 1)[groups]
    both = np.full(data.targets.shape, np.nan)
    for number in range(LEANING_FOLDS):
        others = fold != number
        taught = data.where(others)
        judge = SecondTier(**second.get_params()).fit(
            table.at(others), taught.targets, sample_weight=taught.weights, groups=taught.groups
        )
        both[~others] = judge.raw_logits(table.at(~others))
    found = even_leanings(len(LABELS))
    for language, share in LEANING_ON_SIBLINGS.items():
        found[:2, LANGUAGES.index(language)] = [[share], [1 - share]]
    for column in range(len(LABELS)):
        target = data.targets[:, column]
        for number, language in enumerate(LANGUAGES):
            own = ~np.isnan(target) & np.array([one is language for one in data.languages], bool)
            truths = target[own] > 0
            if min(truths.sum(), (~truths).sum()) < LEANING_MIN:
                continue
            share = _leaning(both[own, column], table.logits[own, column], truths)
            share = min(share, float(found[0, number, column]))
            found[:2, number, column] = share, 1 - share
    return found


def _leaning(both: Floats, first: Floats, truths: Mask) -> float:
    """Return how far to lean on both tiers; all the way, unless less ranks clearly better."""
    ranked = {share: roc_auc(share * both + (1 - share) * first, truths) for share in LEANINGS}
    best = max(ranked, key=lambda share: ranked[share])
    return best if ranked[best] >= ranked[1.0] + LEANING_GAIN else 1.0


def _lines(logits: Floats, data: Dataset, weights: Floats) -> tuple[Floats, Floats]:
    """Return the slopes and offsets, each (languages, labels), that calibrate raw logits.

    Args:
        logits: shape (n, labels).
        data: what is known of the n texts.
        weights: shape (n, labels), 0 where a text does not calibrate a label.
    """
    shares = np.eye(len(LANGUAGES))[[LANGUAGES.index(spoken) for spoken in data.languages]]
    lines = []
    for column in range(len(LABELS)):
        used = weights[:, column] > 0
        target = data.targets[used, column]
        lines.append(
            calibration.fit(logits[used, column], target, weights[used, column], shares[used])
            if used.any()
            else calibration.Calibration.identity()
        )
    return np.stack([one.slopes for one in lines], 1), np.stack([one.offsets for one in lines], 1)


def _logits(pipeline: ModerationPipeline, texts: Sequence[str]) -> Floats:
    """Return what the classifier says before calibration."""
    classifier = pipeline.classifier
    classifier.slopes_ = np.ones_like(classifier.slopes_)
    classifier.offsets_ = np.zeros_like(classifier.offsets_)
    return np.asarray(classifier.decision_function(pipeline[:-1].transform(texts)), np.float64)


def _calibrating_weights(data: Dataset, of_corpora: Mask) -> Floats:
    """Return what each text counts in calibrating each label, shape (n, labels)."""
    spoken = np.array([LANGUAGES.index(language) for language in data.languages])
    columns = [
        _weights_of(label, data.target(label), of_corpora, spoken, data.weights) for label in LABELS
    ]
    return np.stack(columns, axis=1)


def _weights_of(
    label: Label, target: Floats, of_corpora: Mask, spoken: NDArray[np.int64], own: Floats
) -> Floats:
    weights = np.zeros(len(target))
    for language in np.unique(spoken):
        known = ~np.isnan(target) & (spoken == language)
        in_corpora = known & of_corpora
        if (target[in_corpora] > 0).sum() >= POSITIVES_TO_CALIBRATE:
            weights[in_corpora] = 1.0
            continue
        positives, negatives = known & (target > 0), known & (target == 0)
        if not positives.any() or not negatives.any():
            continue
        prevalence = stated_prevalence(label, LANGUAGES[language])
        weights[negatives] = 1.0
        weights[positives] = own[positives]
        weights[positives] *= (
            weights[negatives].sum() / own[positives].sum() * prevalence / (1 - prevalence)
        )
    return weights
