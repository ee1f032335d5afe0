"""GET /healthz: the process is alive. GET /readyz: it can do its work."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

router = APIRouter(tags=["operation"])

Check = Callable[[], bool]


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Is the process alive?")
async def alive() -> dict[str, str]:
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Can it do its work?",
    responses={503: {"description": "Something that it needs is missing; `checks` says what."}},
)
def ready(request: Request) -> JSONResponse:
    """Answer 200 when database, broker and a live model version are there, else 503.

    `warnings` says what works less well than it should, and keeps nothing from working: the second
    tier of the model that cannot judge, so that the first judges alone. It is `not_installed`,
    `damaged` or of `another_version`; the log says more.
    """
    checks: Mapping[str, Check] = request.app.state.checks
    outcome = {name: check() for name, check in checks.items()}
    is_ready = all(outcome.values())
    return JSONResponse(
        {
            "status": "ready" if is_ready else "not ready",
            "checks": outcome,
            "warnings": request.app.state.warnings(),
        },
        status_code=200 if is_ready else 503,
    )
