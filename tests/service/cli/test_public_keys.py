"""A site's public keys on a real database, as an administrator calls for them."""

import pytest
from typer.testing import CliRunner

from service.__main__ import app as parley
from service.embed.errors import OriginInvalid, PublicKeyNotFound
from tests.service.keys import Caller

pytestmark = pytest.mark.usefixtures("surroundings")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> str:
    result = CliRunner().invoke(parley, ["site", "public-key", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout.strip()


def test_a_public_key_is_made_shown_openly_and_revoked(caller: Caller) -> None:
    slug = caller.site.slug
    key = run("add", slug, "--origin", "https://News.Example/", "--origin", "http://localhost:8000")
    assert key.startswith("pk_")
    listed = run("list", slug)
    for shown in (key, "https://news.example", "http://localhost:8000"):
        assert shown in listed
    run("revoke", slug, key)
    assert run("list", slug) != listed
    assert key in run("list", slug)


def test_what_is_no_origin_makes_no_key(caller: Caller) -> None:
    with pytest.raises(OriginInvalid, match="write scheme, host"):
        run("add", caller.site.slug, "--origin", "news.example/page")
    assert "pk_" not in run("list", caller.site.slug)


def test_a_key_of_another_site_is_not_revoked(caller: Caller, stranger: Caller) -> None:
    key = run("add", stranger.site.slug, "--origin", "https://elsewhere.example")
    with pytest.raises(PublicKeyNotFound):
        run("revoke", caller.site.slug, key)
