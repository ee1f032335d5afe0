"""The one place where the web side is wired."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from uuid import UUID

import structlog
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import SQLAlchemyError

from service import health, html, metrics, middleware, openapi, problems
from service.appeals import alerts as appeal_alerts
from service.appeals import routes as appeals_routes
from service.appeals.pages import router as statement_pages
from service.articles.routes import router as articles_router
from service.broker import Broker
from service.comments import door
from service.comments.routes import hot as hot_door
from service.comments.routes import router as comments_router
from service.database_url import sync_url
from service.db import Database
from service.decisions import alerts as scoring_alerts
from service.decisions import waiting
from service.decisions.routes import router as decisions_router
from service.demo.pages import router as demo_pages
from service.dialects import surroundings
from service.dialects.all import all_dialects
from service.dialects.dialect import Dispatch
from service.drift import queries as drift
from service.drift.routes import router as drift_router
from service.embed import files as section_files
from service.embed import surroundings as section
from service.embed.gate import Gate
from service.embed.routes import router as section_router
from service.examples.routes import router as quarantines_router
from service.learning.pages import router as models_pages
from service.learning.plan_routes import router as learning_plan_router
from service.learning.routes import router as learning_router
from service.learning.version_routes import router as versions_router
from service.limits import RateLimiter
from service.moderators.oidc import Provider
from service.moderators.routes import router as moderators_router
from service.policy import article_modes
from service.policy.article_routes import router as article_modes_router
from service.policy.routes import router as policy_router
from service.quality.pages import router as quality_pages
from service.quality.routes import router as quality_router
from service.registry import queries as registry
from service.registry import watch
from service.registry.champion import Champion
from service.registry.watch import ChampionWatch
from service.reports import routes as reports_routes
from service.reports.pages import router as notice_pages
from service.request import now
from service.review.listening import Listening
from service.review.pages import router as review_pages
from service.review.routes import router as review_router
from service.schema import is_current
from service.scoring import lacks, looks
from service.scoring.classifier import Classifier
from service.scoring.routes import router as scoring_router
from service.sentences import known_sentences
from service.settings import Settings
from service.sites.routes import router as sites_router
from service.team import staleness
from service.team.oidc_pages import CALLBACK as OIDC_CALLBACK
from service.team.oidc_pages import router as oidc_pages
from service.team.pages import home as settings_home
from service.team.pages import router as settings_pages
from service.team.routes import router as team_router
from service.team.sign_in_pages import router as sign_in_pages
from service.team.team_pages import router as team_pages
from service.trials.pages import router as policy_pages
from service.trials.routes import router as trials_router
from service.webhooks import postbag
from service.webhooks.routes import router as webhooks_router

_log = structlog.get_logger(__name__)

DESCRIPTION = """
Parley takes the comments of an article site, scores them, settles the clear ones by the site's
policy, and puts the rest before moderators, whose decisions teach the classifier.

**Sites** send `Authorization: Bearer parley_…` with a key from `parley site key`.
**Moderators** sign in at `/review`, or at `POST /v1/review/sign-in` for a token.

Every error is a problem document (RFC 9457) with a stable `code`.
"""


def create_app(
    settings: Settings,
    classifier: Classifier,
    *,
    load: Callable[[bytes], Classifier] | None = None,
) -> FastAPI:
    """Return the web application, its connections not yet open.

    ``classifier`` scores until another model version is found live; ``load`` turns that one's
    artifact into a classifier. Without ``load`` the registry is not looked at.

    Raises:
        Unavailable: ``settings`` name no database or no Redis.
    """
    # /docs comes from our own host: a stranger's script would run beside a moderator's session.
    app = FastAPIOffline(
        redoc_url=None,
        static_url="/docs/static",
        title="Parley",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.classifier, app.state.own_classifiers = classifier, {}
    app.state.load = load
    app.state.registry_seen_every = watch.EVERY
    app.state.oidc = _oidc(settings)
    # Who has something to say to those who work on a site.
    app.state.alert_sources = (
        scoring_alerts.scoring,
        staleness.alerts,
        appeal_alerts.unread,
        drift.alarming,
    )
    problems.install(app)
    openapi.install(app)
    app.add_middleware(middleware.LimitBody, max_bytes=settings.web.body_max_bytes)
    # Inside the measuring and outside the rest: not even an oversized body is refused in our shape.
    app.add_middleware(Dispatch, dialects=all_dialects(app))
    # What is refused behind it, its pages may read too.
    app.add_middleware(Gate)
    app.add_middleware(metrics.MeasureRequests)
    app.add_middleware(middleware.RequestId)
    for router in (
        # The busiest first: an address is compared with one route after the other.
        hot_door,
        section_router,
        section_files.router,
        health.router,
        metrics.router,
        appeals_routes.public,
        appeals_routes.review,
        statement_pages,
        reports_routes.public,
        reports_routes.review,
        notice_pages,
        quality_pages,
        quality_router,
        articles_router,
        comments_router,
        decisions_router,
        models_pages,
        learning_plan_router,
        learning_router,
        quarantines_router,
        versions_router,
        moderators_router,
        article_modes_router,
        policy_router,
        policy_pages,
        review_pages,
        review_router,
        scoring_router,
        sites_router,
        oidc_pages,
        settings_home,
        settings_pages,
        sign_in_pages,
        team_pages,
        team_router,
        trials_router,
        drift_router,
        webhooks_router,
    ):
        app.include_router(router)
    if not settings.is_production:
        app.include_router(demo_pages)
    html.install(app, known_sentences())
    return app


def _oidc(settings: Settings) -> Provider | None:
    if settings.oidc.issuer is None:
        return None
    back = f"{settings.web.public_url.rstrip('/')}{OIDC_CALLBACK}"
    return Provider(settings.oidc, redirect_uri=back)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    broker = Broker(settings.broker_url)
    database = Database(sync_url(settings.postgres_url), publish=broker.publish)
    app.state.broker = broker
    app.state.database = database
    app.state.limiter = RateLimiter(settings.broker_url)
    app.state.checks = {
        "database": lambda: _answers(partial(_database_is_current, database)),
        "broker": broker.answers,
        "model": lambda: app.state.load is None or _answers(partial(_has_champion, database)),
    }
    app.state.warnings = partial(_warnings, app)
    app.state.backlog = partial(_backlog, database)
    try:
        with (
            _following_the_registry(app, database),
            looks.opened(settings.scoring.closer_looks) as app.state.closer_looks,
        ):
            async with (
                door.opened(settings, broker.publish) as app.state.door,
                surroundings.opened(app),
                section.opened(app),
                Listening(
                    settings.postgres_url,
                    database,
                    app.state.alert_sources,
                    most=settings.review.listeners_max,
                    most_each=settings.review.listeners_each_max,
                    clock=now,
                ).opened() as app.state.listening,
            ):
                yield
    finally:
        database.close()
        broker.close()


def _warnings(app: FastAPI) -> dict[str, str]:
    """Return what works less well than it should, by name."""
    lacking = lacks.first_of([app.state.classifier, *app.state.own_classifiers.values()])
    # The reason alone: its detail may name files, and anybody may ask. The log has it.
    return {} if lacking is None else {"second_tier": lacking.reason.value}


def _answers(ask: Callable[[], bool]) -> bool:
    """Return what ``ask`` says; a database that does not answer says no."""
    try:
        return ask()
    except SQLAlchemyError as error:
        _log.warning("check_failed", error=type(error).__name__)
        return False


def _database_is_current(database: Database) -> bool:
    with database.engine.connect() as connection:
        return is_current(connection)


def _has_champion(database: Database) -> bool:
    with database.transaction() as session:
        return registry.champion_id(session) is not None


@contextmanager
def _following_the_registry(app: FastAPI, database: Database) -> Iterator[None]:
    """Keep the classifiers of ``app.state`` the live ones; whoever scores reads them once."""
    if app.state.load is None:
        yield
        return

    def swap(shared: Classifier, own: Mapping[UUID, Classifier]) -> None:
        app.state.classifier, app.state.own_classifiers = shared, own

    follower = ChampionWatch(
        database, Champion(app.state.load), swap, every=app.state.registry_seen_every
    )
    follower.look()
    follower.start()
    try:
        yield
    finally:
        follower.stop()


def _backlog(database: Database) -> dict[str, float]:
    """Return what waits, by name; nothing when the database is silent, which has its own gauge."""
    try:
        with database.transaction() as session:
            found = waiting.backlog(session, now=now())
            return found | {
                "deliveries_due": postbag.count_due(session),
                "queues_stale": staleness.count(session, now=now()),
                "articles_raided": article_modes.count_raided(session, now=now()),
                "drift_alarms": drift.count_alarms(session, now=now()),
                "model_versions_damaged": registry.count_damaged(session),
            }
    except SQLAlchemyError as error:
        _log.warning("backlog_not_counted", error=type(error).__name__)
        return {}
