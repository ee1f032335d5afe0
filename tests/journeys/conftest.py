"""What every journey may use."""

from tests.browser import browser, browser_program, new_context, page, playwright, served

__all__ = ["browser", "browser_program", "new_context", "page", "playwright", "served"]
