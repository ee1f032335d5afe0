"""The endpoints of the comment section."""

from fastapi import APIRouter

from service.embed import plain_page, reading_routes, saying_routes, sending_routes

router = APIRouter()
router.include_router(reading_routes.router)
router.include_router(sending_routes.router)
router.include_router(saying_routes.router)
router.include_router(plain_page.router)
