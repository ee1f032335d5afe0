"""Rows of our own form: NDJSON, a comment a line; CSV, the same names as columns.

Names: ``id``, ``article_id``, ``article_url``, ``article_title``, ``author_name``, ``author_id``,
``author_email``, ``parent_id``, ``body``, ``created_at`` (ISO 8601), ``status`` (approved,
rejected, held), ``reason`` (a code of the site's list), and in NDJSON ``labels`` ({"insult": 1}).
"""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ml.labels import Label
from service.imports.rows import Past, Problem, Row

REQUIRED = ("id", "article_id", "article_url", "author_name", "body", "created_at")
_LINE_MAX_CHARS = 1_000_000


def read_ndjson(path: Path) -> Iterator[Row | Problem]:
    """Yield each line's comment, or what is wrong with the line."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _of_line(f"line {number}", line)


def read_csv(path: Path) -> Iterator[Row | Problem]:
    """Yield each row's comment, or what is wrong with the row; the head is row 1."""
    csv.field_size_limit(_LINE_MAX_CHARS)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in REQUIRED if name not in (rows.fieldnames or ())]
        if missing:
            yield Problem("row 1", f"the head lacks the columns {', '.join(missing)}")
            return
        try:
            for number, row in enumerate(rows, start=2):
                yield row_of(f"row {number}", {name: value for name, value in row.items() if name})
        except csv.Error as error:
            yield Problem(f"row {rows.line_num}", f"is not CSV: {error}; nothing after it was read")


def _of_line(place: str, line: str) -> Row | Problem:
    try:
        given = json.loads(line)
    except ValueError as error:
        return Problem(place, f"is not JSON: {error}")
    return row_of(place, given) if isinstance(given, dict) else Problem(place, "is no JSON object")


def row_of(place: str, given: Mapping[str, Any]) -> Row | Problem:
    """Return the comment that the fields describe, or what is wrong with them."""
    texts = {name: "" if value is None else str(value).strip() for name, value in given.items()}
    missing = [name for name in REQUIRED if not texts.get(name)]
    if missing:
        return Problem(place, f"{', '.join(missing)} must be given")
    created_at = moment(texts["created_at"])
    if created_at is None:
        return Problem(place, "created_at must be a time such as 2024-05-31T12:00:00Z")
    status = texts.get("status") or Past.UNKNOWN
    if status not in tuple(Past):
        return Problem(place, f"status must be one of {', '.join(Past)}")
    labels = _labels(given.get("labels"))
    if isinstance(labels, str):
        return Problem(place, labels)
    return Row(
        place=place,
        external_id=texts["id"],
        article_id=texts["article_id"],
        article_url=texts["article_url"],
        article_title=texts.get("article_title") or texts["article_url"],
        author_name=texts["author_name"],
        author_id=texts.get("author_id") or None,
        author_email=texts.get("author_email") or None,
        parent_id=texts.get("parent_id") or None,
        body=str(given["body"]),
        created_at=created_at,
        past=Past(status),
        reason=texts.get("reason") or None,
        labels=labels,
    )


def moment(text: str) -> datetime | None:
    """Return a time in UTC; one without a zone is taken as UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _labels(given: object) -> dict[Label, float] | str | None:
    if given in (None, ""):
        return None
    if not isinstance(given, dict):
        return 'labels must be an object such as {"insult": 1}'
    found: dict[Label, float] = {}
    for name, value in given.items():
        if name not in tuple(Label):
            return f"labels must be among {', '.join(Label)}"
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            return f"labels/{name} must be a number from 0 to 1"
        found[Label(name)] = float(value)
    return found
