"""A million made-up comments on one site, a tenth of them held: what the review bench looks at.

The words are made of syllables, half of them in Cyrillic, and as unequally frequent as words are;
`lorem` stands in every comment.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import log2
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.decisions.priority import DOUBLES_EVERY
from service.moderators.tables import Moderator
from service.review.filters import first_id
from tests.factories.moderators import stored_moderator
from tests.factories.review import stored_site

_WORDS, _WORDS_EACH, _ARTICLES, _AUTHORS = 200_000, 25, 997, 5003
_SYLLABLES = (
    "ba re ni go du ka le mi po su ta ve zi ho ju sha",
    "ба ре ни го ду ка ле ми по су та ве зи хо жу ша",
)
_LANGUAGES = ("ru", "ru", "ru", "ru", "ru", "ru", "uz", "uz", "en", "kk")
_CODES = (["score_insult", "score_toxicity"], ["first_comment"], ["first_comment"])
_COPY = (
    "COPY comments (id, site_id, article_id, author_id, fingerprint, author_name, body, revision,"
    " has_replies, status, urgency, priority, margin, language, reason_codes, score_wanted,"
    " created_at, decided_at) FROM STDIN"
)
_TYPES = (
    *("uuid", "uuid", "uuid", "uuid", "bytea", "text", "text", "int4", "bool", "text"),
    *("float8", "float8", "float8", "text", "text[]", "bool", "timestamptz", "timestamptz"),
)
_AROUND = (
    text("""
        INSERT INTO articles (
            id, site_id, external_id, url, title, is_open, published_count, created_at
        )
        SELECT uuidv7(), :site, 'a' || n, 'https://news.example/' || n, 'Article ' || n, true, 0,
            now()
        FROM generate_series(0, :count - 1) AS n RETURNING id
    """),
    text("""
        INSERT INTO authors (
            id, site_id, identity, name, approved_count, rejected_count, created_at
        )
        SELECT uuidv7(), :site, 'id:' || n, 'Name ' || n, 0, 0, now()
        FROM generate_series(0, :count - 1) AS n RETURNING id
    """),
)


def fill(session: Session, *, count: int) -> tuple[UUID, Moderator]:
    """Store ``count`` comments on one site, one a second until now; and a moderator of it."""
    site = stored_site(session, "bench")
    articles, authors = (
        session.scalars(statement, {"site": site.id, "count": number}).all()
        for statement, number in zip(_AROUND, (_ARTICLES, _AUTHORS), strict=True)
    )
    moderator = stored_moderator(session, site)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in _rows(site.id, articles, authors, count):
                copy.write_row(row)
    return site.id, moderator


def vocabulary() -> list[str]:
    """Return the words, the most frequent first."""
    words = []
    for number in range(_WORDS):
        syllables = _SYLLABLES[number % 2].split()
        rest, letters = number // 2 + 256, []
        while rest:
            rest, which = divmod(rest, len(syllables))
            letters.append(syllables[which])
        words.append("".join(letters))
    return words


def _rows(
    site_id: UUID, articles: Sequence[UUID], authors: Sequence[UUID], count: int
) -> Iterator[tuple[object, ...]]:
    random = np.random.default_rng(7)
    words, began = vocabulary(), datetime.now(UTC) - timedelta(seconds=count)
    for number in range(count):
        at = began + timedelta(seconds=number)
        chosen = (random.random(_WORDS_EACH) ** 3 * len(words)).astype(int)
        harm, margin = (float(each) for each in random.random(2))
        held = number % 10 == 0
        tenth = number // 10
        yield (
            UUID(int=first_id(at).int | 7 << 76 | 2 << 62 | number),
            site_id,
            articles[number % _ARTICLES],
            authors[number % _AUTHORS],
            b"",
            f"Name {number % 50_000}",
            " ".join(words[each] for each in chosen) + " lorem",
            1,
            False,
            "held" if held else "approved",
            harm,
            log2(max(harm, 0.01)) - at.timestamp() / DOUBLES_EVERY.total_seconds() if held else 0.0,
            margin if held else None,
            _LANGUAGES[tenth % len(_LANGUAGES)],
            ["links"] if tenth % 100 == 1 else _CODES[tenth % len(_CODES)],
            False,
            at,
            at,
        )
