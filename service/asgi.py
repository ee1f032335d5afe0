"""The web process: loads the classifier and hands it to the app. uvicorn's factory."""

from fastapi import FastAPI

from ml.predict import Predictor
from service import logs
from service.app import create_app
from service.settings import Settings


def app() -> FastAPI:
    settings = Settings()
    logs.configure(as_json=settings.is_production)
    predictor = Predictor.load(settings.model) if settings.model else Predictor.bundled()
    return create_app(settings, predictor)
