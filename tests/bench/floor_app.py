"""The floor that ingest is measured against: FastAPI, and one bare INSERT for each request."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel

TABLE = "CREATE TABLE IF NOT EXISTS floor (id bigint GENERATED ALWAYS AS IDENTITY, body text)"


class Sent(BaseModel):
    body: str


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["PARLEY_DATABASE_URL"], min_size=10
    ) as app.state.pool:
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/v1/comments", status_code=202)
async def insert(sent: Sent, request: Request) -> dict[str, str]:
    await request.app.state.pool.execute("INSERT INTO floor (body) VALUES ($1)", sent.body)
    return {"status": "pending"}
