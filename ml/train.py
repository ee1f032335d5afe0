"""From labelled texts to a calibrated model that knows what it can and cannot judge."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from ml import artifact, cascade, defaults
from ml.artifact import ModelInfo
from ml.augment import SOURCE, disguised, own_writing
from ml.calibrating import ORDINARY, calibrate, second_tier
from ml.classifier import Averaged
from ml.dataset import LABELS, Dataset, Floats, Mask, Split, from_examples, join, key_of, split_of
from ml.descent import use_descent
from ml.encoder import Encoder, Remembering
from ml.inserted import SOURCE as INSERTED_SOURCE
from ml.inserted import inserted
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.listed import Listed
from ml.metrics import roc_auc
from ml.pipeline import ModerationPipeline, Params, build
from ml.recipe import Recipe
from ml.second_tier import SecondTier
from ml.suites import blind
from ml.suites import load as suites

Progress = Callable[[str], None]

# The encoder reads each sentence that calibrates: a dozen of a template say what fifty do.
FILLINGS_TO_CALIBRATE = 12


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A fitted pipeline and what belongs into its artifact."""

    pipeline: ModerationPipeline
    info: ModelInfo
    second: SecondTier | None = None

    def save(self, path: Path) -> str:
        """Write the artifact and return its digest."""
        return artifact.save(self.pipeline, path, info=self.info, second=self.second)


def fit(
    dataset: Dataset,
    params: Params,
    seed: int,
    *,
    recipe: Recipe | None = None,
    words: Dataset | None = None,
    listed: Listed | None = None,
    encoder: Encoder | None = None,
    progress: Progress = lambda _: None,
) -> TrainedModel:
    """Train on the train side, calibrate on the calibration side; the test side is not read.

    With an encoder, a second tier is trained on the calibration side, which neither the first tier
    nor the encoder has learned from. The same dataset, params, seed and encoder give the same
    model, byte for byte.

    Args:
        dataset: the corpora.
        params: of the first tier.
        seed: decides all that is drawn.
        recipe: what is added, and how much it counts.
        words: entries of word lists, which teach and do nothing else.
        listed: the words of those lists, whose standing in a text is a feature.
        encoder: the one that will be there when the model judges.
        progress: is told of each part.

    Raises:
        ValueError: no label has enough known examples.
    """
    recipe = recipe or Recipe()
    progress("adding our own sentences and disguises")
    # Expanding templates takes seconds, which nobody waits for in vain.
    nothing = from_examples((), source=SOURCE, language=Language.ENGLISH)
    ours = own_writing(seed) if recipe.own_writing else nothing
    few = own_writing(seed, fillings=FILLINGS_TO_CALIBRATE) if recipe.own_writing else nothing
    ours_held_out = apart_from_suites(few.part(Split.CALIBRATION))
    ours_to_learn = ours.where(~np.array([_calibrates(group) for group in ours.groups], bool))
    teaching = with_additions(
        apart_from_suites(dataset.part(Split.TRAIN)),
        apart_from_suites(weighted(ours_to_learn, recipe.own_writing)),
        recipe,
        seed,
    )
    if words is not None:
        teaching = join([teaching, apart_from_suites(words)])
    progress(f"learning from {len(teaching):,} texts")
    pipeline = use_descent(build(params, listed=listed)).fit(
        teaching.texts,
        teaching.targets,
        sample_weight=teaching.weights,
        languages=teaching.languages,
        groups=teaching.groups,
        averaged=_averaged(teaching, words, recipe),
    )
    progress("calibrating on texts that were not learned from")
    held_out = apart_from_suites(dataset.part(Split.CALIBRATION))
    calibrate(pipeline, held_out, ours_held_out)
    judging = held_out + ours_held_out
    if encoder is None:
        second = None
        scores = np.asarray(pipeline.predict_proba(judging.texts), np.float64)
    else:
        progress("teaching the second tier")
        encoder = Remembering(encoder)
        second = second_tier(pipeline, held_out, ours_held_out, encoder, seed)
        scores = cascade.judged(pipeline, second, encoder, judging.texts)
    progress("deciding what it may judge, and from which thresholds")
    supported = supported_by(teaching, judging, scores)
    thresholds = defaults.solve_defaults(scores, judging, supported)
    training: dict[str, object] = {
        defaults.KEY: defaults.as_plain(thresholds),
        "seed": seed,
        "params": asdict(params),
        "recipe": recipe.as_plain(),
        "texts": len(teaching),
        "digest": digest_of(dataset if words is None else join([dataset, words])),
    }
    if second is not None:
        training[TIERS] = described(second, pipeline, held_out)
    return TrainedModel(pipeline, ModelInfo(supported, training), second)


def _calibrates(group: str) -> bool:
    return split_of(group) is Split.CALIBRATION


# What an artifact says in its training notes of how the tiers share the work.
TIERS = "tiers"


def described(
    second: SecondTier, pipeline: ModerationPipeline, held_out: Dataset
) -> Mapping[str, object]:
    """Return which texts go to the second tier, by its rule and by shares of held-out ones."""
    features = pipeline[:-1].transform(held_out.texts)
    probabilities = pipeline.classifier.predict_proba(features)
    referred = second.rule.refers(probabilities, features.languages, features.sizes)
    toxicity = held_out.target(Label.TOXICITY)
    spoken = np.array([language.value for language in held_out.languages])
    ordinary = np.array([source in ORDINARY for source in held_out.sources], bool)
    tiers = {}
    for language, low in zip(LANGUAGES, second.rule.lows, strict=True):
        own = spoken == language.value
        calm, toxic = referred[own & ordinary & (toxicity == 0)], referred[own & (toxicity > 0)]
        if len(calm) and len(toxic):
            tiers[language.value] = {
                "low": low,
                "calm_referred": float(calm.mean()),
                "toxic_referred": float(toxic.mean()),
            }
    return {"encoder": second.encoder_name, "high": second.rule.high, "languages": tiers}


def with_additions(corpora: Dataset, ours: Dataset, recipe: Recipe, seed: int) -> Dataset:
    """Return the corpora with our own sentences and copies of both below them, worded anew."""
    parts = [
        corpora,
        ours,
        disguised(corpora, seed, share=recipe.disguised),
        disguised(ours, seed + 1, share=recipe.own_disguised),
    ]
    if len(ours):
        texts = calm(join([corpora, ours]))
        read = calm(corpora).texts
        parts.append(inserted(texts, seed, shares=recipe.inserted, unless_in=read))
    return join(parts)


def calm(data: Dataset) -> Dataset:
    """Return the texts that are known to be calm."""
    return data.where(data.target(Label.TOXICITY) == 0)


def apart_from_suites(data: Dataset) -> Dataset:
    """Leave out every text that a suite judges, so that none is ever judged by what it taught."""
    judged = _judged_by_suites()
    return data.where(np.array([key_of(text) not in judged for text in data.texts], bool))


@cache
def _judged_by_suites() -> frozenset[str]:
    texts = [*(case.text for case in suites.load_all()), *(case.text for case in blind.load())]
    return frozenset(map(key_of, texts))


def weighted(data: Dataset, factor: float) -> Dataset:
    """Return the same texts, counting ``factor`` times as much."""
    return replace(data, weights=data.weights * factor)


def _averaged(teaching: Dataset, words: Dataset | None, recipe: Recipe) -> Averaged | None:
    """Return which lines are the mean of what all texts teach and what comments alone do."""
    if not recipe.own_writing:
        return None
    lists = set() if words is None else set(words.sources)
    comments = [
        source not in lists and source != INSERTED_SOURCE and not group.startswith(SOURCE)
        for source, group in zip(teaching.sources, teaching.groups, strict=True)
    ]
    shares = np.zeros((len(LANGUAGES), len(LABELS)))
    for (language, label), share in recipe.comments_alone.items():
        shares[LANGUAGES.index(language), LABELS.index(label)] = share
    return Averaged(np.array(comments, bool), shares)


POSITIVES_TO_SUPPORT, NEGATIVES_TO_SUPPORT = 50, 200
AREA_TO_SUPPORT, POSITIVES_TO_JUDGE = 0.85, 10


def supported_by(
    teaching: Dataset, judging: Dataset, scores: Floats
) -> Mapping[Label, tuple[Language, ...]]:
    """Return the languages in which each label was learned well enough to be used.

    There must be texts enough to learn from, and among texts that were not learned from a positive
    must score above a negative in ``AREA_TO_SUPPORT`` of pairs.

    Args:
        teaching: what the model learned from.
        judging: what it did not.
        scores: shape (len(judging), number of labels).
    """
    found = {}
    for column, label in enumerate(LABELS):
        taught, judged = teaching.target(label), judging.target(label)
        found[label] = tuple(
            language
            for language in LANGUAGES
            if _teaches(taught[_spoken(teaching, language)])
            and _is_told_apart(
                scores[_spoken(judging, language), column], judged[_spoken(judging, language)]
            )
        )
    return found


def _spoken(data: Dataset, language: Language) -> Mask:
    return np.array([one is language for one in data.languages], bool)


def _teaches(target: Floats) -> bool:
    enough = (target > 0).sum() >= POSITIVES_TO_SUPPORT
    return bool(enough and (target == 0).sum() >= NEGATIVES_TO_SUPPORT)


def _is_told_apart(scores: Floats, target: Floats) -> bool:
    known = ~np.isnan(target)
    truths = target[known] > 0
    if truths.sum() < POSITIVES_TO_JUDGE or truths.all():
        return False
    return roc_auc(scores[known], truths) >= AREA_TO_SUPPORT


def digest_of(dataset: Dataset) -> str:
    """Return a digest of texts and labels, so that a model can say what it was trained on."""
    hashed = sha256()
    for text, language in zip(dataset.texts, dataset.languages, strict=True):
        hashed.update(f"{language} {text}\0".encode())
    hashed.update(dataset.targets.tobytes())
    hashed.update(dataset.weights.tobytes())
    return f"sha256:{hashed.hexdigest()}"
