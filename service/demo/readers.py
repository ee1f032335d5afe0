"""The demo's readers: their comments, sent through the API as a site's backend would."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

from service.errors import Unavailable

_TEXTS: Final = Path(__file__).with_name("comments.json")
_ASK_AGAIN_AFTER_SECONDS: Final = 0.1
_PENDING: Final = "pending"


class DemoNotTaken(Unavailable):
    code = "demo_not_taken"


class Readers:
    """Everything that is said under the demo's article.

    Args:
        page: the address of the article's page, where moderators and readers find it.
    """

    def __init__(self, page: str) -> None:
        written = json.loads(_TEXTS.read_text("utf-8"))
        self.article: Mapping[str, str] = written["article"] | {"url": page}
        self._comments: list[dict[str, str]] = written["comments"]

    def __len__(self) -> int:
        return len(self._comments)

    def send(self, client: httpx2.Client, *, sent: Callable[[], None]) -> list[str]:
        """Send every comment, once however often this runs; return where they stand.

        Raises:
            DemoNotTaken: says what the API answered.
        """
        ids: dict[str, str] = {}
        for comment in self._comments:
            answer = client.post("/v1/comments", json=self._as_sent(comment, ids))
            sent()
            # Sent by an earlier version, with another text: what was stored stays.
            if answer.status_code == httpx2.codes.CONFLICT:
                continue
            if not answer.is_success:
                raise DemoNotTaken(f"The API answered {answer.status_code}: {answer.text}")
            ids[comment["id"]] = answer.json()["id"]
        return list(ids.values())

    def _as_sent(self, comment: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, Any]:
        parent = ids.get(comment.get("parent", ""))
        return {
            "article": self.article,
            "author": {"name": comment["author"]},
            "body": comment["body"],
            "external_id": f"demo-{comment['id']}",
            "language": comment["language"],
            **({"parent_id": parent} if parent else {}),
        }


def outcomes(client: httpx2.Client, ids: list[str], *, within: timedelta) -> Counter[str]:
    """Return how many comments have which status, once all are decided or the time is over."""
    deadline = time.monotonic() + within.total_seconds()
    statuses = dict.fromkeys(ids, _PENDING)
    while True:
        for comment_id in [each for each, status in statuses.items() if status == _PENDING]:
            statuses[comment_id] = client.get(f"/v1/comments/{comment_id}").json()["status"]
        counted = Counter(statuses.values())
        if not counted[_PENDING] or time.monotonic() >= deadline:
            return counted
        time.sleep(_ASK_AGAIN_AFTER_SECONDS)


def as_curl(address: str, key: str, article: Mapping[str, str]) -> str:
    """Return one line for a shell that sends a comment and shows its outcome."""
    comment = {
        "article": dict(article),
        "author": {"name": "You"},
        "body": "Islam is not the same thing as terrorism.",
    }
    return " ".join(_curl_words(address, key, json.dumps(comment)))


def _curl_words(address: str, key: str, body: str) -> Iterator[str]:
    yield f"curl -sS {address}/v1/comments"
    yield f"-H 'Authorization: Bearer {key}'"
    yield "-H 'Content-Type: application/json'"
    yield "-H 'Prefer: wait=5'"
    yield f"-d '{body}'"
