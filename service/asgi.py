"""The web process: loads the classifier and hands it to the app. uvicorn's factory."""

import gc

from fastapi import FastAPI

from ml.artifact import ArtifactError
from ml.predict import Predictor
from service import logs
from service.app import create_app
from service.registry.errors import ChampionUnusable
from service.scoring.classifier import Classifier
from service.settings import Settings


def app() -> FastAPI:
    settings = Settings()
    logs.configure(as_json=settings.is_production)
    predictor = Predictor.load(settings.model) if settings.model else Predictor.bundled()
    web = create_app(settings, predictor, load=load)
    # What is loaded now stays. Else each full collection would walk through its 270,000 objects
    # again, 0.2 s in which no request is answered (measured), several times a minute under load.
    gc.collect()
    gc.freeze()
    return web


def load(content: bytes) -> Classifier:
    """Return the classifier of another model version that went live.

    Raises:
        ChampionUnusable: it is damaged, or of a release that reads another format.
    """
    try:
        return Predictor.load(content)
    except ArtifactError as error:
        raise ChampionUnusable(str(error)) from error
