from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.comments import rules
from service.comments.errors import BodyEmpty, BodyHasUnfitCharacter, BodyTooLong, FieldRequired

_SECRET = b"s" * 32

# The same table is counted in a browser: `text.replace(/\r\n?/g, "\n").normalize("NFC").trim()`,
# then `[...text].length`.
COUNTS = [
    ("plain", 5),
    ("  trimmed\t\n", 7),
    ("\ufeffwith a byte order mark", 22),
    ("one\r\ntwo\rthree\nfour", 18),
    ("\r\n\r\n", 0),
    ("и\u0306", 1),  # й, decomposed
    ("е\u0308лка", 4),  # ёлка, decomposed
    ("қазақ", 5),
    ("oʻzbek", 6),
    ("👍", 1),
    ("👍🏽", 2),
    ("👨‍👩‍👧‍👦", 7),  # four people and three joiners
    ("🇺🇿", 2),
    ("\u0958", 2),  # composed by itself, decomposed by NFC
    ("a\u0301\u0302", 2),
]


@pytest.mark.parametrize(("body", "chars"), COUNTS)
def test_characters_are_code_points_of_the_normal_form(body: str, chars: int) -> None:
    assert rules.count_chars(body) == chars


@pytest.mark.parametrize("letter", ["a", "й", "и\u0306", "👍"])
def test_1500_pass_and_1501_are_refused_with_both_numbers(letter: str) -> None:
    assert len(rules.clean_body(f"\n{letter * 1500}  ")) == 1500
    with pytest.raises(BodyTooLong, match=r"has 1501 characters, and at most 1500 are allowed"):
        rules.clean_body(letter * 1501)


def test_line_ends_count_once() -> None:
    assert rules.clean_body("a\r\nb\rc") == "a\nb\nc"
    assert len(rules.clean_body("a\r\n" * 750)) == 1499


@pytest.mark.parametrize("body", ["", " ", "\r\n\t", "\u00a0\u3000", "\u200b", "\u3164", "\ufeff"])
def test_what_shows_nothing_is_no_comment(body: str) -> None:
    with pytest.raises(BodyEmpty):
        rules.clean_body(body)


@pytest.mark.parametrize(("body", "named"), [("a\0b", "U+0000"), ("\ud83d!", "U+D83D")])
def test_a_character_that_nobody_can_show_is_named(body: str, named: str) -> None:
    with pytest.raises(BodyHasUnfitCharacter, match=named.replace("+", r"\+")):
        rules.clean_body(body)


@given(st.text())
def test_a_body_either_passes_clean_or_is_refused(body: str) -> None:
    try:
        cleaned = rules.clean_body(body)
    except (BodyEmpty, BodyTooLong, BodyHasUnfitCharacter):
        return
    assert 1 <= len(cleaned.encode().decode()) <= 1500
    assert rules.clean_body(cleaned) == cleaned


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.99/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::7", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize("address", ["", "203.0.113", "203.0.113.256", "localhost", "1::2::3", "7"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="must be an IP address"):
        rules.network_of(address)


@pytest.mark.parametrize("url", ["https://news.example", "HTTP://a/b?c#d", "https://қаз.example/ä"])
def test_a_web_address_is_kept(url: str) -> None:
    assert rules.check_web_address(url) == url


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//news.example", "https://", "https:///x", "https://a b", "a"]
)
def test_what_a_browser_would_not_open_is_no_web_address(url: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        rules.check_web_address(url)


@pytest.mark.parametrize("email", ["a", "a@", "@b", "a@b@c", "a b@c", "a@b,c@d", "<a@b>"])
def test_what_has_not_the_form_of_an_e_mail_address_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="must be an e-mail address"):
        rules.check_email(email)


@pytest.mark.parametrize(("tag", "kept"), [("kk", "kk"), ("uz-Cyrl", "uz-cyrl"), ("RU", "ru")])
def test_a_language_tag_is_kept_in_lower_case(tag: str, kept: str) -> None:
    assert rules.check_language(tag) == kept


@pytest.mark.parametrize("tag", ["", "k", "kazakh", "kk_KZ", "kk-", "1", "kk\n"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="must be a language tag"):
        rules.check_language(tag)


def _identity(name: str, email: str | None, *, secret: bytes = _SECRET) -> str:
    return rules.author_identity(external_id=None, name=name, email=email, secret=secret)


def test_a_guest_is_known_again_by_name_and_e_mail_together() -> None:
    assert _identity("Malika", "M@example.org") == _identity("MALIKA", "m@example.org")
    others = [_identity("Malika", None), _identity("Malika", "other@example.org")]
    assert len({_identity("Malika", "m@example.org"), *others}) == 3


def test_an_identity_gives_neither_name_nor_e_mail_away() -> None:
    identity = _identity("Malika", "m@example.org")
    assert "alika" not in identity
    assert identity != _identity("Malika", "m@example.org", secret=b"t" * 32)


def test_an_account_is_no_guest_even_if_it_is_called_like_one() -> None:
    guest = _identity("Malika", None)
    account = rules.author_identity(external_id=guest, name="Malika", email=None, secret=_SECRET)
    assert account != guest


def _fingerprint(
    *,
    article_id: str = "a",
    identity: str = "id:1",
    author_name: str = "M",
    parent_id: UUID | None = None,
    body: str = "text",
) -> bytes:
    return rules.fingerprint(
        article_id=article_id,
        identity=identity,
        author_name=author_name,
        parent_id=parent_id,
        body=body,
    )


def test_each_part_of_a_comment_changes_its_fingerprint() -> None:
    prints = [
        _fingerprint(),
        _fingerprint(article_id="b"),
        _fingerprint(identity="id:2"),
        _fingerprint(author_name="N"),
        _fingerprint(parent_id=UUID(int=1)),
        _fingerprint(body="other"),
        _fingerprint(article_id="ai", identity="d:1"),
    ]
    assert len(set(prints)) == len(prints)
    assert _fingerprint() == _fingerprint()


def test_the_first_missing_field_is_named() -> None:
    sent = {"author.email": "m@example.org", "external_id": None, "language": None}
    rules.check_required(["author.email"], sent)
    with pytest.raises(FieldRequired, match="requires external_id") as raised:
        rules.check_required(["author.email", "external_id", "language"], sent)
    assert raised.value.fields[0].pointer == "/external_id"
