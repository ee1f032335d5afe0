"""A comment on its way from a reader's browser to the door through which all comments come."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from service import metrics
from service.comments.door import Door
from service.comments.schemas import AuthorIn, CommentIn
from service.comments.status import Status
from service.comments.submission import Stored, Submission, submission_of
from service.embed import origins, second_thoughts, tickets, work
from service.embed.errors import ArticleElsewhere, HoneypotFilled, WorkNeeded, WorkWrong
from service.embed.opened import OpenedSite
from service.embed.sent_schemas import ReaderCommentIn, WorkDone
from service.embed.surroundings import Surroundings, network_of
from service.errors import ModerationError
from service.settings import Settings
from service.sites.keyring import OpenedBy
from service.sites.preferences import EmailField, ProofOfWork
from service.sites.rules import RequirableField

_log = structlog.get_logger(__name__)

REFUSED: Final = Counter(
    "parley_embed_refused",
    "Comments from readers' browsers that were not taken, by code.",
    ("code",),
    registry=metrics.REGISTRY,
)
# What a site may require of its backend, and we know here.
_OURS: Final = frozenset(
    {RequirableField.EXTERNAL_ID, RequirableField.LANGUAGE, RequirableField.READER_NETWORK}
)


async def take(
    around: Surroundings,
    site: OpenedSite,
    sent: ReaderCommentIn,
    *,
    scope: Scope,
    address_is_ours: bool = False,
    now: datetime,
) -> tuple[Submission, Stored]:
    """Take a comment in, once however often it is sent; return it, and where it stands.

    ``address_is_ours``: the article's address is as we have it, where a site's backend may have put
    one that lies on none of the key's origins; it is not the browser's word.

    Raises:
        ModerationError: it is not taken, and why.
    """
    try:
        if not address_is_ours and not origins.lies_on(sent.article.url, site.origins):
            raise ArticleElsewhere(site.origins)
        await _let_in(around, site, sent, scope=scope, now=now)
        submission = _submission(around, site, sent, scope=scope, now=now)
        door: Door = around.app.state.door
        stored = await door.intake.submit(submission)
    except ModerationError as error:
        REFUSED.labels(error.code).inc()
        raise
    if stored.is_new and sent.second_thought is not None:
        count = partial(second_thoughts.count, site_id=site.site_id, now=now)
        await around.in_transaction(partial(count, what=sent.second_thought.value))
    return submission, await _decided(around, stored)


async def _let_in(
    around: Surroundings, site: OpenedSite, sent: ReaderCommentIn, *, scope: Scope, now: datetime
) -> None:
    """Pass what a person may have sent from the site's page, and not too much of it.

    Raises:
        ModerationError: says what would be right.
    """
    is_attacked = await run_in_threadpool(partial(around.attacks.note, site.site_id, now=now))
    if sent.website:
        raise HoneypotFilled
    tickets.check(
        around.tickets,
        site.site_id,
        sent.ticket,
        least=around.settings.least_time_to_write,
        lifetime=around.settings.form_lifetime,
        now=now,
    )
    limits = around.settings
    await around.spend("comments", around.caller(scope), per_minute=limits.comments_per_minute)
    await around.spend("site", site.site_id.hex, per_minute=limits.site_comments_per_minute)
    if needs_work(site, is_attacked=is_attacked):
        await _check_work(around, site, sent.proof_of_work, now=now)


def needs_work(site: OpenedSite, *, is_attacked: bool) -> bool:
    """Say whether browsers have to work for a comment."""
    wish = site.preferences.proof_of_work
    return wish is ProofOfWork.ALWAYS or (wish is ProofOfWork.UNDER_ATTACK and is_attacked)


async def _check_work(
    around: Surroundings, site: OpenedSite, done: WorkDone | None, *, now: datetime
) -> None:
    if done is None:
        raise WorkNeeded
    until = work.check(around.challenges, site.site_id, done.challenge, done.solution, now=now)
    use = partial(around.attacks.use, done.challenge, until=until, now=now)
    if not await run_in_threadpool(use):
        raise WorkWrong


def _submission(
    around: Surroundings, site: OpenedSite, sent: ReaderCommentIn, *, scope: Scope, now: datetime
) -> Submission:
    settings: Settings = around.app.state.settings
    wants_email = site.preferences.email is not EmailField.OFF
    author = AuthorIn(name=sent.author.name, email=sent.author.email if wants_email else None)
    comment = CommentIn(
        article=sent.article,
        author=author,
        body=sent.body,
        external_id=around.readers.external_id(site.site_id, sent.client_id),
        parent_id=sent.parent_id,
        language=sent.language,
        reader_network=network_of(scope),
    )
    required = tuple(each for each in site.required_fields if each not in _OURS)
    return submission_of(
        comment,
        OpenedBy(site.key, site.site_id, required, scopes=()),
        secret=around.secret,
        body_max_chars=settings.comments.body_max_chars,
        now=now,
        # Without an id of the browser's, whoever sent this is nobody whom we know.
        reader=around.readers.hidden(site.site_id, sent.reader or sent.client_id).hex(),
        policy_shown=sent.policy_version,
        may_rename=False,
    )


async def _decided(around: Surroundings, stored: Stored) -> Stored:
    """Wait a moment for the outcome."""
    within: timedelta = around.settings.outcome_within
    if stored.status is not Status.PENDING or not within:
        return stored
    door: Door = around.app.state.door
    decided = await door.waiting.decision_on(stored.id, within=within)
    if decided is None:
        return stored
    return stored._replace(status=decided.status, decided_at=decided.decided_at)
