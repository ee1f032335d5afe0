from typing import Any, TypedDict

from service.registry.queries import digest_of


class Offer(TypedDict):
    digest: str
    name: str
    content: bytes
    info: dict[str, Any]


def offer(content: bytes = b"a model", *, info: dict[str, Any] | None = None) -> Offer:
    """Return a version to register, with the right digest."""
    return {
        "digest": digest_of(content),
        "name": "test",
        "content": content,
        "info": info or {},
    }
