"""A browser without scripts: forms are filled in and sent as they stand in the page."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from tests.factories.moderators import PASSWORD


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def text_of(page: str) -> str:
    """Return what a person reads of a page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> Any:  # noqa: ANN401 - a response
    form = client.get("/review/sign-in").text
    sent = {"email": email, "password": password, "csrf": csrf_in(form)}
    return client.post("/review/sign-in", data=sent, follow_redirects=False)


def send(
    client: TestClient, path: str, fields: Mapping[str, object], *, of: str | None = None
) -> Any:  # noqa: ANN401 - a response
    """Send a form of the page ``of``, which is the one at ``path`` unless said otherwise."""
    csrf = csrf_in(client.get(of or path).text)
    return client.post(path, data={"csrf": csrf, **fields}, follow_redirects=False)
