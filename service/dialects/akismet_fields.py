"""What Akismet's clients send: forms in any charset, or JSON, read into the few fields that count.

WordPress sends every form field and header of the reader along; they are neither read nor kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from service.dialects import lenient
from service.dialects.plain_text import plain

BODY_MAX_BYTES: Final = 2_097_152
_FIELDS_MAX: Final = 2_000
_VIAGRA: Final = "viagra-test-123"
_GUARANTEED_SPAM: Final = "akismet-guaranteed-spam@example.com"
_TRUE: Final = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Fields:
    """A form, each field by its first value."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "").strip()

    @property
    def key(self) -> str:
        return self["api_key"] or self["key"]

    @property
    def blog(self) -> str:
        """The host of the blog, or an empty string."""
        return host_of(self["blog"])

    @property
    def text(self) -> str:
        """What is to be judged, as a reader sees it; who sends none is judged by the name."""
        return plain(self["comment_content"]) or self["comment_author"]

    @property
    def is_test(self) -> bool:
        return self["is_test"].lower() in _TRUE

    @property
    def settled(self) -> bool | None:
        """What needs no judgement: the vendor's test values, administrators, a filled honeypot."""
        if _VIAGRA in self["comment_author"] or self["comment_author_email"] == _GUARANTEED_SPAM:
            return True
        honeypot = self["honeypot_field_name"]
        if honeypot and self[honeypot]:
            return True
        return False if self["user_role"] == "administrator" else None

    @property
    def languages(self) -> list[str]:
        return [tag.strip() for tag in self["blog_lang"].split(",") if tag.strip()]


def host_of(url: str) -> str:
    """Return the host that ``url`` names, in small letters, or an empty string."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def read_fields(request: Request, body: bytes) -> Fields:
    """Return the fields of the query and of the body, whatever it is called; never raises."""
    kind = request.headers.get("content-type", "").lower()
    sent = _json(body) if "json" in kind else _form(body, kind)
    given = dict(request.query_params) | sent
    return Fields({name: _storable(value) for name, value in given.items()})


def _storable(value: str) -> str:
    return lenient.mended(value).replace("\0", "\ufffd")


def _json(body: bytes) -> dict[str, str]:
    try:
        found = lenient.read_object(body)
    except lenient.NotJson:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _form(body: bytes, kind: str) -> dict[str, str]:
    try:
        # Byte by byte, since the charset may be said by one of the fields.
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_FIELDS_MAX,
        )
    except ValueError:
        return {}
    found: dict[bytes, bytes] = {}
    for name, value in pairs:
        found.setdefault(name.encode("latin-1"), value.encode("latin-1"))
    for charset in (*_charsets(kind, found.get(b"blog_charset", b"")), "utf-8"):
        try:
            return {
                name.decode(charset, "replace"): value.decode(charset, "replace")
                for name, value in found.items()
            }
        except (LookupError, ValueError):
            continue  # no charset of texts; some raise whatever they are told to replace
    raise AssertionError("utf-8 replaces what it cannot read")


def _charsets(kind: str, blog: bytes) -> list[str]:
    """Return the charsets that are named, by the header and by the blog."""
    _, _, of_header = kind.partition("charset=")
    named = (of_header.strip(" \"';"), blog.decode("ascii", "ignore").strip())
    return [name for name in named if name]
