"""Both tiers: what the n-grams leave unclear is judged once more, by n-grams and meaning."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ml.classifier import one_hot
from ml.encoder import Encoder
from ml.labels import Language
from ml.pipeline import ModerationPipeline
from ml.referral import rule_for
from ml.second_tier import Referred, SecondTier

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def fit(
    model: ModerationPipeline,
    texts: Sequence[str],
    targets: FloatArray,
    *,
    encoder: Encoder,
    sample_weight: FloatArray | None = None,
    languages: Sequence[Language] | None = None,
    groups: Sequence[object] | None = None,
    ordinary: BoolArray | None = None,
    calm_referred: float | Mapping[Language, float] = 0.2,
    length: float = 0.0,
    texts_max: int = 6000,
    seed: int = 0,
) -> SecondTier:
    """Train the second tier of a fitted model, and set the rule that refers to it.

    Args:
        model: the fitted first tier; its calibration should be final.
        texts: texts that it has not learned from; the encoder reads ``texts_max`` of them at most.
        targets: shape (n, labels), NaN where nobody knows.
        encoder: the one that will be there when the model judges.
        sample_weight: shape (n,).
        languages: the known language of each text; detected where not given.
        groups: rows of one group teach or calibrate together.
        ordinary: shape (n,), the texts that set the rule; by default all.
        calm_referred: the share of ordinary texts without any known harm that the rule refers, or
            the share by language.
        length: how fast the rule's lower bound falls with a text's length.
        texts_max: takes first what the rule refers, then others, drawn by the seed.
        seed: decides draws.
    """
    features = model[:-1].transform(texts)
    logits = model.classifier.decision_function(features)
    probabilities = expit(logits)
    shares = features.languages if languages is None else one_hot(languages)
    usual = np.ones(len(texts), bool) if ordinary is None else ordinary
    rule = rule_for(
        probabilities[usual],
        targets[usual],
        shares[usual],
        features.sizes[usual],
        calm_referred=calm_referred,
        length=length,
    )
    order = np.random.default_rng(seed).permutation(len(texts))
    referred = rule.refers(probabilities, shares, features.sizes)
    order = order[np.argsort(~referred[order], kind="stable")]
    rows = np.sort(order[:texts_max])
    table = Referred(logits[rows], encoder.encode([texts[i] for i in rows]), shares[rows])
    return SecondTier(
        labels=model.classifier.labels,
        encoder_name=encoder.name,
        judgements=encoder.judgements,
        rule=rule,
        seed=seed,
    ).fit(
        table,
        targets[rows],
        sample_weight=None if sample_weight is None else np.asarray(sample_weight)[rows],
        groups=None if groups is None else [groups[i] for i in rows],
    )


def judged(
    model: ModerationPipeline, second: SecondTier, encoder: Encoder, texts: Sequence[str]
) -> FloatArray:
    """Return both tiers' calibrated probabilities of many texts, shape (n, labels)."""
    features = model[:-1].transform(texts)
    logits = model.classifier.decision_function(features)
    probabilities: FloatArray = expit(logits)
    referred_rows = second.rule.refers(probabilities, features.languages, features.sizes)
    rows = np.flatnonzero(referred_rows).tolist()
    if rows:
        vectors = encoder.encode([texts[i] for i in rows])
        referred = Referred(logits[rows], vectors, features.languages[rows])
        probabilities[rows] = second.predict_proba(referred)
    return probabilities
