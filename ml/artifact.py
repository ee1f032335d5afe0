"""A fitted model as one file: no pickle, the same bytes from the same inputs, a checked digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ml import container
from ml.features import Grams
from ml.labels import Label, Language
from ml.language import LanguageModel
from ml.listed import Listed
from ml.packed import Packed
from ml.pipeline import ModerationPipeline, Params, build
from ml.referral import Rule
from ml.second_tier import SecondTier, even_leanings

# Models of version 2 have one table for all languages, up to version 3 the same bound for texts of
# any length, and up to version 4 no lists; what they lack is left out in later versions too.
FORMAT, READ = 5, (2, 3, 4, 5)
BYTES_MAX = 20 * 1024 * 1024
_GRAMS = ("hash_bits", "shortest", "longest")
_OWN_TABLES = "own_tables"  # of a model whose languages share one, left out
_WEIGHTS = ("words", "strong", "steps")
_SECOND = ("weights", "intercepts", "slopes", "offsets")
_LISTED = ("listed_hashes", "listed_lists")  # of a model without lists, left out
_LEANINGS = "second_leanings"  # of a model that leans nowhere, left out
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


class ArtifactError(Exception):
    """The artifact is refused; the message says why, in a sentence for a person."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model says of itself.

    Attributes:
        supported: the languages in which each label was learned well enough to be used.
        training: whatever the trainer wants kept (data digests, seed, params, figures); plain JSON.
        libraries: the versions that made it; filled in when saved.
    """

    supported: Mapping[Label, tuple[Language, ...]]
    training: Mapping[str, Any] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)

    def supports(self, label: Label, language: Language) -> bool:
        return language in self.supported.get(label, ())


@dataclass(frozen=True, slots=True)
class Artifact:
    """A loaded model, what it says of itself, and the digest it goes by."""

    model: ModerationPipeline
    info: ModelInfo
    digest: str
    second: SecondTier | None = None


def to_bytes(
    model: ModerationPipeline, *, info: ModelInfo, second: SecondTier | None = None
) -> bytes:
    """Return the file of a fitted model, with the second tier where there is one.

    Raises:
        ArtifactError: larger than 20 MB.
    """
    classifier = model.classifier
    arrays: dict[str, npt.NDArray[Any]] = {
        **{f"weights_{name}": getattr(classifier.weights_, name) for name in _WEIGHTS},
        "language_label_weights": classifier.language_weights_,
        "intercepts": classifier.intercepts_,
        "slopes": classifier.slopes_,
        "offsets": classifier.offsets_,
        **model.grams.languages_by.to_arrays(),
    }
    if (listed := model.grams.listed) is not None:
        arrays |= zip(_LISTED, (listed.hashes, listed.lists), strict=True)
    header: dict[str, object] = {
        "kind": "moderation",
        "format": FORMAT,
        "labels": list(classifier.labels),
        "grams": _described(model.grams),
        "fingerprint": model.grams.fingerprint(),
        "supported": {label: list(found) for label, found in sorted(info.supported.items())},
        "training": dict(info.training),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    if second is not None:
        arrays |= {f"second_{name}": getattr(second, f"{name}_") for name in _SECOND}
        rule = second.rule
        bounds = {"lows": list(rule.lows), "high": rule.high}
        bounds |= {"length": rule.length} if rule.length else {}
        header["second"] = {"encoder": second.encoder_name, "rule": bounds}
        if not np.array_equal(second.leanings_, even_leanings(len(classifier.labels))):
            arrays[_LEANINGS] = second.leanings_
    packed = container.pack(arrays, header)
    if len(packed) > BYTES_MAX:
        raise ArtifactError(f"The model takes {len(packed):,} bytes; {BYTES_MAX:,} are allowed.")
    return packed


def save(
    model: ModerationPipeline, path: Path, *, info: ModelInfo, second: SecondTier | None = None
) -> str:
    """Write the file of a fitted model and return its digest, ``sha256:…``."""
    packed = to_bytes(model, info=info, second=second)
    path.write_bytes(packed)
    return container.digest(packed)


def load(source: bytes | Path, *, expected: str | None = None) -> Artifact:
    """Return the model of a file.

    Raises:
        ArtifactError: missing, cut short, changed, of another digest than ``expected``, of another
            format version, incomplete, or with labels unknown here.
    """
    packed = _read(source)
    digest = container.digest(packed)
    if expected is not None and digest != expected:
        raise ArtifactError(f"The model is {digest}, where {expected} was asked for.")
    try:
        arrays, header = container.unpack(packed)
    except container.ContainerError as error:
        raise ArtifactError(str(error)) from error
    if header.get("kind") != "moderation":
        raise ArtifactError("The file holds no moderation model.")
    if header.get("format") not in READ:
        raise ArtifactError(
            f"The model has format version {header.get('format')}; this release reads "
            f"{', '.join(map(str, READ[:-1]))} and {READ[-1]}."
        )
    try:
        return _artifact(arrays, header, digest)
    except KeyError as error:
        raise ArtifactError(f"The model is incomplete: it has no {error}.") from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise ArtifactError(f"The model does not fit this release: {error}") from error


def _artifact(arrays: container.Arrays, header: Mapping[str, Any], digest: str) -> Artifact:
    labels = tuple(Label(name) for name in header["labels"])
    supported = {
        Label(label): tuple(Language(name) for name in names)
        for label, names in header["supported"].items()
    }
    model = _pipeline(arrays, labels, header["grams"])
    info = ModelInfo(supported, header["training"], header["libraries"])
    if model.grams.fingerprint() != header["fingerprint"]:
        raise ArtifactError("The model was trained on texts read in another way than this release.")
    return Artifact(model, info, digest, _second(arrays, labels, header.get("second")))


def _read(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise ArtifactError(f"The model cannot be read: {error}") from error


def _second(
    arrays: container.Arrays, labels: tuple[Label, ...], described: Mapping[str, Any] | None
) -> SecondTier | None:
    if described is None:
        return None
    bounds = described["rule"]
    rule = Rule(tuple(bounds["lows"]), bounds["high"], bounds.get("length", 0.0))
    second = SecondTier(labels=labels, encoder_name=described["encoder"], rule=rule)
    for name in _SECOND:
        setattr(second, f"{name}_", arrays[f"second_{name}"])
    second.leanings_ = arrays.get(_LEANINGS, even_leanings(len(labels)))
    second.classes_ = np.array(labels)
    return second


def _described(grams: Grams) -> Mapping[str, object]:
    own = {_OWN_TABLES: list(grams.own_tables)} if grams.own_tables else {}
    return {name: getattr(grams, name) for name in _GRAMS} | own


def _pipeline(
    arrays: container.Arrays, labels: tuple[Label, ...], grams: Mapping[str, Any]
) -> ModerationPipeline:
    own_tables = tuple(map(Language, grams.get(_OWN_TABLES, ())))
    params = Params(**{name: grams[name] for name in _GRAMS}, own_tables=own_tables)
    rows = arrays["weights_words"].shape[1]
    if rows != (1 + len(own_tables)) << params.hash_bits:
        raise ValueError(f"{rows} rows of weights do not fit {1 + len(own_tables)} tables")
    listed = Listed(*(arrays[name] for name in _LISTED)) if _LISTED[0] in arrays else None
    model = build(params, language_model=LanguageModel.from_arrays(arrays), listed=listed)
    classifier = model.classifier
    classifier.labels = labels
    classifier.classes_ = np.array(labels)
    classifier.weights_ = Packed(*(arrays[f"weights_{name}"] for name in _WEIGHTS))
    classifier.language_weights_ = arrays["language_label_weights"]
    classifier.intercepts_ = arrays["intercepts"]
    classifier.slopes_ = arrays["slopes"]
    classifier.offsets_ = arrays["offsets"]
    return model
