"""Counters and histograms, and GET /metrics in Prometheus' text format.

Processes that share a folder (see ``service/metrics_folder.py``) keep their numbers there, and each
tells the sum of all: those of `parley up`, or of one worker.
"""

import os
import time
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import metrics_folder

router = APIRouter(tags=["operation"])

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "parley_http_requests", "Answered requests.", ("method", "route", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "parley_http_request_seconds",
    "Time to answer.",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)


def counted() -> CollectorRegistry:
    """Return what was counted: by all processes that share a folder, or else by this one."""
    if metrics_folder.VARIABLE not in os.environ:
        return REGISTRY
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]  # its types end here
    return everybody


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Answer what this process and those beside it have counted, and the database's backlog."""
    backlog = _Backlog(request.app.state.backlog())
    own = CollectorRegistry()
    own.register(backlog)
    body = generate_latest(counted()) + generate_latest(own)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


class _Backlog(Collector):
    """Turns name → number into gauges."""

    def __init__(self, numbers: dict[str, float]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, value in self._numbers.items():
            yield GaugeMetricFamily(
                f"parley_{name}", name.replace("_", " ").capitalize() + ".", value
            )


class MeasureRequests:
    """Counts and times requests by route template, so that ids do not become labels."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            REQUESTS.labels(scope["method"], route, status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)
