"""The live model version of a worker process: offered at the first start, loaded from the registry.

The registry is the truth: what `PARLEY_MODEL` or the package offers is only what a new installation
begins with.
"""

from datetime import datetime
from importlib.resources import files
from typing import Any

from ml.artifact import ArtifactError, ModelInfo
from ml.predict import Predictor
from service.db import Database
from service.registry import actions, queries
from service.registry.champion import Champion
from service.registry.errors import ChampionUnusable
from service.scoring import lacks
from service.scoring.classifier import Classifier
from service.settings import Settings


def load(content: bytes, *, alone: bool = False) -> Classifier:
    """Return the classifier of an artifact, or its first tier ``alone``.

    It is warm: its first real call is as fast as the next.

    Raises:
        ChampionUnusable: it is damaged, or of a release that reads another format.
    """
    try:
        predictor = Predictor.load(content, alone=alone)
    except ArtifactError as error:
        raise ChampionUnusable(str(error)) from error
    lacks.tell(predictor)
    predictor.warm_up()
    return predictor


def prepare(
    settings: Settings, database: Database, champion: Champion[Classifier], *, now: datetime
) -> None:
    """See that a model version is live, and load it.

    Raises:
        ChampionUnusable: what is live, or offered to a new installation, cannot be loaded.
    """
    with database.transaction() as session:
        is_new = queries.champion_id(session) is None
    if is_new:
        _offer(settings, database, now=now)
    with database.transaction() as session:
        champion.current(session)


def _offer(settings: Settings, database: Database, *, now: datetime) -> None:
    content = bundled(settings)
    try:
        # Only asked what it is, which takes no encoder.
        offered = Predictor.load(content, alone=True)
    except ArtifactError as error:
        raise ChampionUnusable(str(error)) from error
    name = "bundled" if settings.model is None else settings.model.stem
    with database.transaction() as session:
        actions.ensure_champion(
            session,
            digest=offered.version,
            name=name,
            content=content,
            info=as_plain(offered.info),
            now=now,
        )


def as_plain(info: ModelInfo) -> dict[str, Any]:
    """Return what a model says of itself, as JSON can hold it."""
    return {
        "supported": {label.value: [*languages] for label, languages in info.supported.items()},
        "training": dict(info.training),
        "libraries": dict(info.libraries),
    }


def bundled(settings: Settings) -> bytes:
    """Return the artifact that a new installation begins with, and that challengers build on."""
    if settings.model is not None:
        return settings.model.read_bytes()
    return files("ml").joinpath("models", "parley.model").read_bytes()
