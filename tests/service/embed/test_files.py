"""The section's scripts and texts, as pages of any site load them."""

import gzip
import json

import pytest
from fastapi.testclient import TestClient

from service.sites.reader_language import ReaderLanguage

FILES = ["parley.js", "core.js", "style.css", *(f"locales/{each}.json" for each in ReaderLanguage)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_for_pages_of_any_site(client: TestClient, name: str) -> None:
    answer = client.get(f"/embed/{name}", headers={"Origin": "https://anywhere.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("public, max-age=300")
    kind = {"js": "text/javascript", "css": "text/css", "json": "application/json"}
    assert answer.headers["content-type"].startswith(kind[name.rsplit(".", 1)[1]])
    assert answer.text


def test_what_has_its_version_in_its_address_is_kept_for_good(client: TestClient) -> None:
    answer = client.get("/embed/core.js?v=1")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_has_it_is_told_so(client: TestClient) -> None:
    tag = client.get("/embed/core.js").headers["etag"]
    answer = client.get("/embed/core.js", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_it_is_sent_small_to_browsers_that_can_read_that(client: TestClient) -> None:
    small = client.get("/embed/core.js")
    plain = client.get("/embed/core.js", headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert int(small.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))
    assert client.head("/embed/core.js").status_code == 200


def test_texts_are_the_files_as_they_are_written(client: TestClient) -> None:
    for language in ReaderLanguage:
        assert json.loads(client.get(f"/embed/locales/{language}.json").text)["form.send"]


@pytest.mark.parametrize(
    "name",
    [
        "unheard.js",
        "..%2Ferrors.py",
        "errors.py",
        "tables",
        "locales/tlh.json",
        "locales/..%2Fen.json",
        "locales/",
        "static/parley.js",
        "",
    ],
)
def test_nothing_else_is_there(client: TestClient, name: str) -> None:
    assert client.get(f"/embed/{name}").status_code == 404
