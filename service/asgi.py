"""The web process: loads the classifier and hands it to the app. uvicorn's factory."""

import gc
from functools import partial

import threadpoolctl
from fastapi import FastAPI

from ml.artifact import ArtifactError
from ml.predict import Predictor
from service import logs
from service.app import create_app
from service.registry.errors import ChampionUnusable
from service.scoring import lacks
from service.scoring.classifier import Classifier
from service.settings import Settings


def app() -> FastAPI:
    settings = Settings()
    logs.configure(as_json=settings.is_production)
    # A second thread of the matrix product would spin where the answers are made: with one a
    # closer look takes a seventh of the processor's time while others are answered (measured).
    threadpoolctl.threadpool_limits(1)
    alone = not settings.scoring.second_tier
    if settings.model:
        predictor = Predictor.load(settings.model, alone=alone)
    else:
        predictor = Predictor.bundled(alone=alone)
    lacks.tell(predictor)
    predictor.warm_up()
    web = create_app(settings, predictor, load=partial(load, alone=alone))
    # Works the routes out, for which the first request would wait 0.3 s.
    web.openapi()
    # What is loaded now stays. Else each full collection would walk through its 270,000 objects
    # again, 0.2 s in which no request is answered (measured), several times a minute under load.
    gc.collect()
    gc.freeze()
    return web


def load(content: bytes, *, alone: bool = False) -> Classifier:
    """Return the classifier of another model version that went live, or its first tier ``alone``.

    It is warm: whoever asks it first does not wait longer than the next.

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
