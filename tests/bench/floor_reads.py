"""The floor that the section's reads are measured against: the bare SELECT of the same rows.

FastAPI and asyncpg, one statement for each request, and JSON of what it gives: no threads, no
replies, no key, no origin, no limits.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request, Response
from pydantic_core import to_json

_LIST = """
    SELECT id, parent_id, author_name, body, created_at FROM comments
    WHERE article_id = (SELECT id FROM articles WHERE external_id = $1)
        AND thread_id IS NULL AND (public_revision IS NOT NULL OR has_replies)
    ORDER BY id DESC LIMIT 50
"""
_COUNTS = "SELECT external_id, published_count FROM articles WHERE external_id = ANY($1)"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["PARLEY_DATABASE_URL"], min_size=10
    ) as app.state.pool:
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/comments")
async def comments(article: str, request: Request) -> Response:
    rows = await request.app.state.pool.fetch(_LIST, article)
    return _json([dict(row) for row in rows])


@app.get("/counts")
async def counts(request: Request) -> Response:
    wanted = request.query_params.getlist("article")
    rows = await request.app.state.pool.fetch(_COUNTS, wanted)
    return _json({row["external_id"]: row["published_count"] for row in rows})


def _json(found: object) -> Response:
    return Response(to_json(found), media_type="application/json")
