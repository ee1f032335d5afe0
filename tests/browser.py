"""A real Chromium, and the app served to it over HTTP: fixtures for journeys through the pages.

The browser is one found on the machine: ``PARLEY_BROWSER``, else Chromium or Chrome on the path,
else Playwright's own. Without one the tests skip, with a sentence.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from service.moderators.auth import COOKIE

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# For what comes in a moment, and on a busy machine in many.
_PATIENCE = timedelta(minutes=2)
expect.set_options(timeout=_PATIENCE.total_seconds() * 1000)
# The days that a page shows are those of the tests, wherever the machine stands.
_AT_HOME = {
    "locale": "en-GB",
    "timezone_id": "UTC",
    "viewport": {"width": 1360, "height": 860},
}

NewContext = Callable[..., BrowserContext]


def find_browser(playwright: Playwright) -> str | None:
    """Return the browser's program, or None when this machine has none."""
    named = os.environ.get("PARLEY_BROWSER")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


# Not for the whole session: while it is open, this thread has a running event loop.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser_program(playwright: Playwright) -> str:
    program = find_browser(playwright)
    if program is None:
        pytest.skip("no Chromium or Chrome on this machine: run `make browser`")
    return program


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """Serve the app on a free port of this machine, and return its address."""
    app.dependency_overrides.clear()  # a browser lives in the real time
    with serving(app) as address:
        yield address


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Run ``app`` in a thread until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + _PATIENCE.total_seconds()
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise AssertionError("the application did not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE.total_seconds())
        listening.close()


# One for many tests: to start it takes longer than most of them.
@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=browser_program, args=_FLAGS, headless=True
    )
    yield browser
    browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Return what opens a window with cookies and a storage of its own, as one more person would.

    Its first page is open.
    """
    opened: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(
            **(_AT_HOME | options),  # type: ignore[arg-type] # Playwright's own options
        )
        context.set_default_timeout(_PATIENCE.total_seconds() * 1000)
        context.new_page()
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Iterator[Page]:
    """Return a page that fails the test when a script of ours fails."""
    context = new_context()
    page = context.pages[0]
    errors = watch(page)
    yield page
    assert errors == []


def be_signed_in(page: Page, address: str, token: str) -> None:
    """Give the browser the cookie of a session, where signing in is not what a test is about."""
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])


def watch(page: Page) -> list[str]:
    """Collect what goes wrong in the page's scripts, and what its policy refuses."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    return errors
