"""What every journey may use."""

from datetime import timedelta

import pytest

from service.settings import Settings
from tests.browser import browser, browser_program, new_context, page, playwright, served

__all__ = ["browser", "browser_program", "new_context", "page", "playwright", "served"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings under which a decision can be undone for as long as a busy machine takes."""
    review = settings.review.model_copy(update={"undo_window": timedelta(minutes=5)})
    return settings.model_copy(update={"review": review})
