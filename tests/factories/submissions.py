from collections.abc import Mapping
from datetime import UTC, datetime

from service.comments.schemas import CommentIn
from service.comments.submission import Submission, submission_of
from service.sites.keyring import OpenedBy
from service.sites.tables import Site

Json = dict[str, object]


def a_sent_comment(**changes: object) -> Json:
    """Return what a site sends; ``changes`` replace whole top-level fields, None takes one away."""
    sent: Json = {
        "article": {
            "id": "2026/11/border-treaty",
            "url": "https://news.example/2026/11/border-treaty",
            "title": "Two states agree on their border",
        },
        "author": {"name": "Malika", "id": "user-17"},
        "body": "Islam is not the same thing as terrorism.",
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


def with_part(sent: Mapping[str, object], part: str, **changes: object) -> Json:
    """Return ``sent`` with fields of its article or author replaced; None takes one away."""
    before = sent[part]
    assert isinstance(before, dict)
    after = {name: value for name, value in {**before, **changes}.items() if value is not None}
    return {**sent, part: after}


def a_submission(site: Site, sent: Mapping[str, object] | None = None) -> Submission:
    """Return what the hot door makes of ``sent``."""
    return submission_of(
        CommentIn.model_validate(a_sent_comment() if sent is None else sent),
        OpenedBy("key", site.id, tuple(site.required_fields), ("comments",)),
        secret=b"s" * 32,
        body_max_chars=1500,
        now=datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
    )
