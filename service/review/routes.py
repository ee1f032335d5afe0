"""The review queue as JSON: everything that the page does."""

from fastapi import APIRouter

from service.moderators.http import SIGNED_IN
from service.review import (
    author_routes,
    bulk_routes,
    comment_routes,
    decision_routes,
    event_routes,
    highlight_routes,
    notice_routes,
    queue_routes,
    search_routes,
)

router = APIRouter(prefix="/v1/review", tags=["review"], responses=SIGNED_IN)

for part in (
    queue_routes,
    search_routes,
    comment_routes,
    highlight_routes,
    decision_routes,
    event_routes,
    bulk_routes,
    author_routes,
    notice_routes,
):
    router.include_router(part.router)
