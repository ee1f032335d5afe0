"""The review queue as JSON: everything that the page does."""

from fastapi import APIRouter

from service.review import bulk_routes, decision_routes, queue_routes, search_routes
from service.review.http import SIGNED_IN

router = APIRouter(prefix="/v1/review", tags=["review"], responses=SIGNED_IN)

for part in (queue_routes, search_routes, decision_routes, bulk_routes):
    router.include_router(part.router)
