"""Akismet's API, 1.1 and 1.2: is this comment spam? Its answers are bare words.

Source: the vendor's developer documentation, and what its clients compare to the letter.
"""

from collections.abc import Mapping
from typing import Final, NoReturn

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ml.labels import Label
from service.comments.status import Status
from service.db import new_id
from service.dialects import languages
from service.dialects.akismet_accounts import Accounts
from service.dialects.akismet_callbacks import WAITING, Callbacks
from service.dialects.akismet_counts import Counts
from service.dialects.akismet_fields import BODY_MAX_BYTES, Fields, read_fields
from service.dialects.dialect import Call, Dialect, Failure, Refused
from service.dialects.surroundings import Surroundings, read_body
from service.dialects.verdicts import Judge, Verdict
from service.errors import Unauthenticated
from service.examples import actions as examples
from service.examples.origin import Origin, Trust
from service.examples.rules import Judged
from service.policy.outcomes import Outcome
from service.sites.keyring import OpenedBy

THANKS: Final = "Thanks for making the web a better place."
# Spam beyond any doubt may be thrown away by the blog, without a person looking.
_DISCARD_FROM: Final = 0.99
_RECHECK_AFTER: Final = "3600"
_HELP: Final = "X-akismet-debug-help"
_KEY_MARK: Final = "parley-"
_NOT_SPAM: Final = WAITING | {Status.APPROVED}


def dialect(surroundings: Surroundings) -> Dialect:
    calls = _Calls(surroundings)
    accounts = Accounts(surroundings, calls.opened_by)
    both: Mapping[str, Call]
    routes: dict[str, Mapping[str, Call]] = {
        "/1.1/verify-key": {"POST": calls.verify_key},
        "/1.1/comment-check": {"POST": calls.check},
        "/1.1/submit-spam": {"POST": calls.submit_spam},
        "/1.1/submit-ham": {"POST": calls.submit_ham},
        "/1.1/deactivate": {"POST": accounts.deactivate},
        "/1.1/test": {"GET": accounts.test},
    }
    for path, call in (
        ("/1.1/get-subscription", accounts.subscription),
        ("/1.1/get-stats", accounts.stats),
        ("/1.2/usage-limit", accounts.usage_limit),
        ("/1.2/key-sites", accounts.key_sites),
    ):
        both = {"GET": call, "POST": call}
        routes[path] = both
    return Dialect("akismet", prefixes=("/1.1/", "/1.2/"), calls=routes, say=_say)


class _Calls:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._judge = Judge(surroundings)
        self._counts = Counts(surroundings)
        self._callbacks = Callbacks(surroundings)

    async def opened_by(self, request: Request) -> tuple[OpenedBy, Fields]:
        """Return the site and the fields; only then is anything else of them looked at."""
        body = await read_body(request, max_bytes=BODY_MAX_BYTES)
        fields = read_fields(request, body)
        return await self._around.opened_by(fields.key or _key_in_host(request)), fields

    async def verify_key(self, request: Request) -> Response:
        try:
            await self.opened_by(request)
        except Unauthenticated:
            return PlainTextResponse("invalid")
        return PlainTextResponse("valid")

    async def check(self, request: Request) -> Response:
        opened, fields = await self.opened_by(request)
        for name in ("blog", "user_ip"):
            if not fields[name]:
                _refuse(f"Missing required field: {name}.")
        guid = new_id()
        is_spam, headers = fields.settled, {"X-akismet-guid": str(guid)}
        if is_spam is None and fields.text.strip():
            hint = languages.hint_in(fields.languages)
            verdict = await self._judge.judge(opened.site_id, fields.text, hint=hint)
            is_spam = verdict.ruling.outcome is not Outcome.APPROVE
            if _is_blatant(verdict):
                headers["X-akismet-pro-tip"] = "discard"
            elif verdict.ruling.outcome is Outcome.HOLD and not fields.is_test:
                stands = await self._callbacks.queue(opened, fields, guid)
                is_spam = stands not in _NOT_SPAM
                if stands in WAITING:
                    headers["X-akismet-recheck-after"] = _RECHECK_AFTER
        if not fields.is_test:
            self._counts.count(opened.site_id, fields.blog, "spam" if is_spam else "ham")
        return PlainTextResponse("true" if is_spam else "false", headers=headers)

    async def submit_spam(self, request: Request) -> Response:
        return await self._submit(request, is_spam=True)

    async def submit_ham(self, request: Request) -> Response:
        return await self._submit(request, is_spam=False)

    async def _submit(self, request: Request, *, is_spam: bool) -> Response:
        opened, fields = await self.opened_by(request)
        text = fields.text
        if not fields.is_test and text.strip():
            hint = languages.hint_in(fields.languages)
            [prediction] = await self._around.scorer.predict(
                [text], hint=hint, within=self._around.share
            )
            judged = Judged(
                text=text,
                labels={Label.SPAM: float(is_spam)},
                language=prediction.language,
                origin=Origin.AKISMET,
                # WordPress names who marked it; a script that corrects has nobody to name.
                trust=Trust.MODERATOR if fields["reporter"] else Trust.SITE,
            )
            now = self._around.now()
            await self._around.in_transaction(
                lambda session: examples.learn(session, opened.site_id, judged, now=now),
                within=self._around.share,
            )
            kind = "missed_spam" if is_spam else "false_positives"
            self._counts.count(opened.site_id, fields.blog, kind)
        return PlainTextResponse(THANKS)


def _key_in_host(request: Request) -> str | None:
    """Return the first part of the host's name, if it can be a key: older clients put it there."""
    label = request.headers.get("host", "").partition(".")[0].lower()
    return label if label.startswith(_KEY_MARK) else None


def _is_blatant(verdict: Verdict) -> bool:
    spam = 0.0 if verdict.prediction is None else verdict.prediction.scores.get(Label.SPAM, 0.0)
    return verdict.ruling.outcome is Outcome.REJECT and spam >= _DISCARD_FROM


def _refuse(sentence: str) -> NoReturn:
    raise Refused(PlainTextResponse(sentence, headers={_HELP: sentence}))


def _say(_: Request, failure: Failure) -> Response:
    """Return any failure: neither true nor false, with the reason where the clients look for it."""
    if failure.status in (401, 403):
        is_known = failure.status == 403  # noqa: PLR2004
        help_ = failure.detail if is_known else "The key is missing, not known, or revoked."
        return PlainTextResponse("invalid", headers={_HELP: help_})
    headers = {**failure.headers, _HELP: failure.detail}
    return PlainTextResponse(failure.detail, failure.status, headers=headers)
