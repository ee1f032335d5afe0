"""Akismet's calls about a key itself: what its settings screens and statistics ask for."""

import csv
import io
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from service.dialects import akismet_counts
from service.dialects.akismet_counts import month_of
from service.dialects.akismet_fields import Fields
from service.dialects.surroundings import Surroundings
from service.dialects.tables import AkismetMonth
from service.sites.keyring import OpenedBy

_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_SITES_MAX: Final = 500
_HEAD: Final = (
    *("Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked"),
)
OpenedByRequest = Callable[[Request], Awaitable[tuple[OpenedBy, Fields]]]


class Accounts:
    def __init__(self, surroundings: Surroundings, opened_by: OpenedByRequest) -> None:
        self._around = surroundings
        self._opened_by = opened_by

    async def test(self, _: Request) -> Response:
        """Answer whoever looks whether we can be reached."""
        return PlainTextResponse("OK")

    async def deactivate(self, request: Request) -> Response:
        """Take note that a blog leaves; its key stays good until the site revokes it."""
        await self._opened_by(request)
        return PlainTextResponse("deactivated")

    async def subscription(self, request: Request) -> Response:
        opened, _ = await self._opened_by(request)
        account = opened.site_id.hex
        return JSONResponse(
            {
                "account_id": account,
                "account_name": "Parley",
                "account_type": "self-hosted",
                "status": "active",
                "next_billing_date": False,
                "limit_reached": False,
            }
        )

    async def usage_limit(self, request: Request) -> Response:
        opened, _ = await self._opened_by(request)
        month = month_of(self._around.now())
        usage = await self._around.in_transaction(
            lambda session: akismet_counts.checks(session, opened.site_id, month),
            within=self._around.share,
        )
        return JSONResponse(
            {"limit": "none", "usage": usage, "percentage": "0.00", "throttled": False}
        )

    async def stats(self, request: Request) -> Response:
        """Answer this month's numbers, under whatever period was asked for."""
        opened, _ = await self._opened_by(request)
        month = month_of(self._around.now())
        rows = await self._rows(opened, month)
        numbers = {
            kind: sum(getattr(row, kind) for row in rows)
            for kind in ("spam", "ham", "missed_spam", "false_positives")
        }
        return JSONResponse({**numbers, "breakdown": {month: {"da": f"{month}-01", **numbers}}})

    async def key_sites(self, request: Request) -> Response:
        opened, fields = await self._opened_by(request)
        now = self._around.now()
        month = fields["month"] if _MONTH.fullmatch(fields["month"]) else month_of(now)
        limit = _number(fields["limit"], otherwise=_SITES_MAX, most=_SITES_MAX)
        offset = _number(fields["offset"], otherwise=0, most=10**9)
        wanted = fields["filter"].lower()
        rows = [row for row in await self._rows(opened, month) if wanted in row.blog]
        page = rows[offset : offset + limit]
        about = {"limit": limit, "offset": offset, "total": len(rows)}
        if fields["format"] == "csv":
            return PlainTextResponse(_as_csv(page, month, about), media_type="text/csv")
        return JSONResponse({month: [_as_json(row) for row in page], **about})

    async def _rows(self, opened: OpenedBy, month: str) -> list[AkismetMonth]:
        return await self._around.in_transaction(
            lambda session: akismet_counts.blogs(session, opened.site_id, month),
            within=self._around.share,
        )


def _number(sent: str, *, otherwise: int, most: int) -> int:
    is_number = sent.isascii() and sent.isdecimal()
    return min(int(sent[:18]), most) if is_number else otherwise


def _as_json(row: AkismetMonth) -> dict[str, str | bool]:
    """Return a blog's numbers, as strings: so the vendor has them."""
    return {
        "site": row.blog,
        "api_calls": str(row.spam + row.ham),
        "spam": str(row.spam),
        "ham": str(row.ham),
        "missed_spam": str(row.missed_spam),
        "false_positives": str(row.false_positives),
        "is_revoked": False,
    }


def _as_csv(page: Sequence[AkismetMonth], month: str, about: dict[str, int]) -> str:
    shown = f"limit:{about['limit']}, offset: {about['offset']}, total: {about['total']}"
    written = io.StringIO(newline="")
    # The vendor's line names the key, which does not belong in files.
    written.write(f"Active sites for this key during {month} ({shown})\n")
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(_HEAD)
    lines.writerows(list(_as_json(row).values()) for row in page)
    return written.getvalue()
