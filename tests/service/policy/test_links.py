"""Links: what is one, what only looks like one, and which are allowed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.links import addresses, is_allowed, links, plain_host


@pytest.mark.parametrize(
    ("text", "host", "written"),
    [
        ("см. https://example.com/a?b=1.", "example.com", "https://example.com/a?b=1"),
        ("см. www.Example.COM", "example.com", "www.Example.COM"),
        ("зайди на example.com!", "example.com", "example.com"),
        ("сайт пример.рф открыт", "пример.рф", "пример.рф"),
        ("xn--e1afmkfd.xn--p1ai/x", "пример.рф", "xn--e1afmkfd.xn--p1ai/x"),
        ("кружок.онлайн", "кружок.онлайн", "кружок.онлайн"),
        ("www.com", "www.com", "www.com"),
        ("t.me/kanal", "t.me", "t.me/kanal"),
        ("bu sayt: kun.uz", "kun.uz", "kun.uz"),
        ("https://good.com@evil.com/", "evil.com", "https://good.com@evil.com/"),
        ("hxxp://evil.com/x", "evil.com", "hxxp://evil.com/x"),
        ("hxxps[:]//evil.com", "evil.com", "hxxps[:]//evil.com"),
        ("example[.]com", "example.com", "example[.]com"),
        ("example (dot) com", "example.com", "example (dot) com"),
        ("казино точка ру", "казино.ru", "казино точка ру"),
        ("sayt nuqta uz", "sayt.uz", "sayt nuqta uz"),
        ("http://10.0.0.1/x", "10.0.0.1", "http://10.0.0.1/x"),
    ],
)
def test_a_link_is_found_with_its_host_and_place(text: str, host: str, written: str) -> None:
    (link,) = links(text)
    assert (link.host, link.as_written) == (host, written)
    assert text[link.start : link.end] == written


@pytest.mark.parametrize(
    "text",
    [
        "Конец.Начало без пробела.Да",
        "The end.Next one. it.is so.good",
        "и.о. министра, т.е. вчера, U.S.A.",
        "в 12.30 по 3.14 на v1.2.3",
        "readme.md, main.py и файл.txt",
        "поставим точка и всё; the dot is here",
        "a@b.uz",
        "http://[ и http:// и //",
        "...",
    ],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert links(text) == []


def test_an_address_is_no_link_and_has_its_place() -> None:
    text = "пишите на Ivan.Petrov@mail.ru, жду"
    (address,) = addresses(text)
    assert text[address.start : address.end] == address.as_written == "Ivan.Petrov@mail.ru"


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("kun.uz", True),
        ("m.kun.uz", True),
        ("notkun.uz", False),
        ("uz", False),
        ("kun.uz.ru", False),
    ],
)
def test_an_allowed_domain_allows_what_belongs_to_it_and_no_more(host: str, allowed: bool) -> None:  # noqa: FBT001
    assert is_allowed(host, {"kun.uz"}) is allowed


def test_a_host_that_a_person_wrote_compares_with_one_found() -> None:
    assert plain_host(" WWW.Пример.РФ. ") == links("http://xn--e1afmkfd.xn--p1ai")[0].host


@settings(deadline=None)
@given(st.text(max_size=300))
def test_links_and_addresses_lie_in_the_text_in_order(text: str) -> None:
    found = links(text)
    assert [link.start for link in found] == sorted(link.start for link in found)
    assert all(text[link.start : link.end] == link.as_written for link in found)
    assert all(text[one.start : one.end] == one.as_written for one in addresses(text))


hosts = st.from_regex(r"[a-z]{3,10}\.(com|net|uz|kz|ru)", fullmatch=True)


@settings(deadline=None)
@given(
    hosts, st.sampled_from(["http://{}", "https://{}/path", "HTTP://WWW.{}", "{}/x?y=1", "({}/a)"])
)
def test_any_host_is_found_in_any_dress(host: str, dress: str) -> None:
    assert [link.host for link in links(f"смотри {dress.format(host)} там")] == [host]
