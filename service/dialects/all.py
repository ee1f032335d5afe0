"""The dialects that we speak, in one place."""

from fastapi import FastAPI

from service.dialects import akismet, coral, openai, perspective
from service.dialects.dialect import Dialect
from service.dialects.surroundings import Surroundings


def all_dialects(app: FastAPI) -> list[Dialect]:
    """Return every dialect, ready to answer once the application runs."""
    surroundings = Surroundings(app)
    return [each.dialect(surroundings) for each in (perspective, openai, akismet, coral)]
