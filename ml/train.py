"""From labelled texts to a calibrated model that knows what it can and cannot judge."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from ml import artifact, calibration, defaults
from ml.artifact import ModelInfo
from ml.augment import disguised, own_writing
from ml.dataset import LABELS, Dataset, Split, join
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.pipeline import ModerationPipeline, Params, build

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is added to the corpora in training, and how much it counts.

    Attributes:
        own_writing: weight of a sentence of our own templates.
        disguised: share of short texts that are added once more, disguised.
        own_disguised: the same for our own sentences.
    """

    own_writing: float = 1.0
    disguised: float = 0.15
    own_disguised: float = 0.4


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A fitted pipeline and what belongs into its artifact."""

    pipeline: ModerationPipeline
    info: ModelInfo

    def save(self, path: Path) -> str:
        """Write the artifact and return its digest."""
        return artifact.save(self.pipeline, path, info=self.info)


def fit(
    dataset: Dataset,
    params: Params,
    seed: int,
    *,
    recipe: Recipe | None = None,
    progress: Progress = lambda _: None,
) -> TrainedModel:
    """Train on the train side, calibrate on the calibration side; the test side is not read.

    The same dataset, params and seed give the same model, byte for byte.

    Raises:
        ValueError: no label has enough known examples.
    """
    recipe = recipe or Recipe()
    progress("adding our own sentences and disguises")
    teaching = with_additions(dataset.part(Split.TRAIN), recipe, seed)
    progress(f"learning from {len(teaching):,} texts")
    pipeline = build(params).fit(
        teaching.texts,
        teaching.targets,
        sample_weight=teaching.weights,
        languages=teaching.languages,
        groups=teaching.groups,
    )
    progress("calibrating on texts that were not learned from")
    calibrate(pipeline, dataset.part(Split.CALIBRATION))
    supported = supported_by(teaching)
    progress("setting the default thresholds")
    held_out = dataset.part(Split.CALIBRATION)
    thresholds = defaults.solve_defaults(
        np.asarray(pipeline.predict_proba(held_out.texts)), held_out, supported
    )
    training: Mapping[str, object] = {
        defaults.KEY: defaults.as_plain(thresholds),
        "seed": seed,
        "params": asdict(params),
        "recipe": asdict(recipe),
        "texts": len(teaching),
        "digest": digest_of(dataset),
    }
    return TrainedModel(pipeline, ModelInfo(supported, training))


def with_additions(corpora: Dataset, recipe: Recipe, seed: int) -> Dataset:
    """Return the corpora with our own sentences and disguised copies below them."""
    ours = weighted(own_writing(seed), recipe.own_writing)
    return join(
        [
            corpora,
            ours,
            disguised(corpora, seed, share=recipe.disguised),
            disguised(ours, seed + 1, share=recipe.own_disguised),
        ]
    )


def weighted(data: Dataset, factor: float) -> Dataset:
    """Return the same texts, counting ``factor`` times as much."""
    return Dataset(
        data.texts,
        data.languages,
        data.targets,
        data.weights * factor,
        data.groups,
        data.sources,
    )


POSITIVES_TO_CALIBRATE = 30


def calibrate(pipeline: ModerationPipeline, held_out: Dataset) -> None:
    """Set each label's calibration from texts of the corpora, as they come, without additions.

    A label with too few positives among them keeps the calibration that the pipeline found itself.
    """
    classifier = pipeline.classifier
    features = pipeline[:-1].transform(held_out.texts)
    classifier.slopes_, before = np.ones_like(classifier.slopes_), classifier.slopes_.copy()
    classifier.offsets_, shifts = np.zeros_like(classifier.offsets_), classifier.offsets_.copy()
    logits = classifier.decision_function(features)
    shares = np.eye(len(LANGUAGES))[[LANGUAGES.index(spoken) for spoken in held_out.languages]]
    for column, label in enumerate(LABELS):
        target = held_out.target(label)
        known = ~np.isnan(target)
        classifier.slopes_[:, column] = before[:, column]
        classifier.offsets_[:, column] = shifts[:, column]
        if (target[known] > 0).sum() >= POSITIVES_TO_CALIBRATE:
            found = calibration.fit(
                logits[known, column], target[known], np.ones(int(known.sum())), shares[known]
            )
            classifier.slopes_[:, column] = found.slopes
            classifier.offsets_[:, column] = found.offsets


POSITIVES_TO_SUPPORT, NEGATIVES_TO_SUPPORT = 50, 200


def supported_by(teaching: Dataset) -> Mapping[Label, tuple[Language, ...]]:
    """Return the languages in which each label had texts enough to learn from."""
    found = {}
    for label in LABELS:
        languages = []
        for language in LANGUAGES:
            spoken = np.array([one is language for one in teaching.languages], bool)
            target = teaching.target(label)[spoken]
            enough = (target > 0).sum() >= POSITIVES_TO_SUPPORT
            if enough and (target == 0).sum() >= NEGATIVES_TO_SUPPORT:
                languages.append(language)
        found[label] = tuple(languages)
    return found


def digest_of(dataset: Dataset) -> str:
    """Return a digest of texts and labels, so that a model can say what it was trained on."""
    hashed = sha256()
    for text, language in zip(dataset.texts, dataset.languages, strict=True):
        hashed.update(f"{language} {text}\0".encode())
    hashed.update(dataset.targets.tobytes())
    hashed.update(dataset.weights.tobytes())
    return f"sha256:{hashed.hexdigest()}"
