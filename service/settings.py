"""Every environment variable: its type, unit, default, and one sentence.

Built once at an entry point and handed down; actions receive the value they need, never the
settings.
Nested names are written with two underscores: ``PARLEY_WEBHOOKS__MAX_ATTEMPTS``.
"""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import Unavailable

SECRET_MIN_CHARS = 32
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused outside development


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Web(_Group):
    host: str = Field("127.0.0.1", description="Address that the web process listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the web process listens on.")
    processes: int = Field(1, ge=1, le=64, description="How many web processes are started.")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Address under which readers and moderators reach us."
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses, by comma, whose `X-Forwarded-For` and `-Proto` are believed.",
    )
    body_max_bytes: int = Field(
        262_144, ge=16_384, description="A request body over this many bytes is refused with 413."
    )


class Comments(_Group):
    body_max_chars: int = Field(
        1500, ge=1, le=1500, description="Longest comment, in code points after NFC and LF."
    )
    gather_linger: timedelta = Field(
        timedelta(milliseconds=2),
        description="How long a new comment waits for others, to be stored in one statement.",
    )
    gather_max: int = Field(256, ge=1, description="Most comments stored in one statement.")
    wait_max: timedelta = Field(
        timedelta(seconds=10), description="Longest time that `Prefer: wait=N` may ask for."
    )


class Limits(_Group):
    submissions_per_minute: int = Field(
        600_000, ge=1, description="Comments that one site key may send in a minute."
    )
    reads_per_minute: int = Field(
        600_000, ge=1, description="Other calls that one site key may make in a minute."
    )
    sign_ins_per_minute: int = Field(
        10, ge=1, description="Sign-in attempts in a minute, for one e-mail and for one address."
    )


class Scoring(_Group):
    batch: int = Field(256, ge=1, le=4096, description="Comments that a worker scores in one call.")
    closer_looks: int = Field(
        2,
        ge=1,
        le=64,
        description="Texts unclear at first sight that a web process takes in hand for a closer"
        " look, one after the other; beyond, who waits is answered by the first sight.",
    )
    second_tier: bool = Field(
        default=True,
        description="Whether what is unclear at first sight gets a closer look, by a sentence"
        " encoder: better judged, at 15 to 45 ms of a processor each and 165 MB for a process.",
    )
    unclear_batch: int = Field(
        8,
        ge=1,
        le=256,
        description="Comments unclear at first sight that a worker looks at closely in one go; the"
        " clear ones wait behind no more than these.",
    )
    deadline: timedelta = Field(
        timedelta(minutes=1),
        description="A comment unscored for so long follows its site's degradation choice.",
    )


class Review(_Group):
    lease: timedelta = Field(
        timedelta(minutes=2), description="How long a claimed comment is kept for its moderator."
    )
    undo_window: timedelta = Field(
        timedelta(seconds=8),
        ge=timedelta(0),
        description="How long a moderator can undo; only then is the site told.",
    )
    claims_max: int = Field(
        20, ge=1, le=200, description="Most comments that one moderator may have in hand."
    )
    listeners_max: int = Field(
        500, ge=0, description="Most review pages that one web process tells what happens."
    )
    listeners_each_max: int = Field(
        10, ge=1, description="Most of them of one moderator; further ones ask every few seconds."
    )
    session_lifetime: timedelta = Field(
        timedelta(hours=12), description="A moderator who is idle for so long signs in again."
    )
    invitation_lifetime: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="An invitation that nobody has followed for so long ends.",
    )
    password_link_lifetime: timedelta = Field(
        timedelta(days=1),
        gt=timedelta(0),
        description="A link for a new password that nobody has followed for so long ends.",
    )


class Webhooks(_Group):
    max_attempts: int = Field(
        10,
        ge=1,
        description="A delivery that failed so many times is given up and shown as failed.",
    )
    timeout: timedelta = Field(
        timedelta(seconds=10), description="How long a site may take to answer a webhook."
    )
    deliveries_kept: timedelta = Field(
        timedelta(days=30),
        ge=timedelta(0),
        description="How long a delivery that was made or given up is kept, with its attempts.",
    )
    allow_private_addresses: bool = Field(
        default=False, description="Allow webhooks to private, loopback and link-local addresses."
    )


class Reports(_Group):
    kept: timedelta = Field(
        timedelta(days=180),
        ge=timedelta(0),
        description="How long a reader's report is kept once it is resolved.",
    )
    contact_kept: timedelta = Field(
        timedelta(days=180),
        ge=timedelta(0),
        description="How long a notifier's contact is kept once the notice is answered.",
    )
    link_lifetime: timedelta = Field(
        timedelta(days=365),
        gt=timedelta(0),
        description="How long the link under which a notice's outcome is read is good.",
    )


class Appeals(_Group):
    window: timedelta = Field(
        timedelta(days=183),
        ge=timedelta(0),
        description="How long after a rejection its author may appeal.",
    )
    link_lifetime: timedelta = Field(
        timedelta(days=365),
        gt=timedelta(0),
        description="How long the link to a statement of reasons is good.",
    )


class Quality(_Group):
    judged_twice: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Share of the audited comments that a second moderator judges as well.",
    )
    given_up_after: timedelta = Field(
        timedelta(days=30),
        gt=timedelta(0),
        description="An audited comment that nobody has judged for so long is left out.",
    )


class Dialects(_Group):
    deadline: timedelta = Field(
        timedelta(milliseconds=600),
        gt=timedelta(0),
        description="A call in another service's dialect waits no longer than this in all, for the"
        " database and for scores, and for none of them longer than half of it: then a first sight"
        " answers, or a refusal.",
    )
    closer_look_within: timedelta = Field(
        timedelta(milliseconds=80),
        gt=timedelta(0),
        description="A closer look that takes longer is not waited for: the first sight answers.",
    )
    scores_kept: int = Field(
        10_000, ge=1, description="Scored texts that a web process remembers, by digest."
    )


class Embed(_Group):
    """The comment section: what readers' browsers call. Their addresses are never stored."""

    shared_for: timedelta = Field(
        timedelta(seconds=1),
        ge=timedelta(0),
        description="How long lists and counts that all readers see are answered from memory.",
    )
    reads_per_minute: int = Field(
        600, ge=1, description="Readers' calls of one address in a minute that only read."
    )
    writes_per_minute: int = Field(60, ge=1, description="Other calls of one address in a minute.")
    notices_per_minute: int = Field(
        5,
        ge=1,
        description=(
            "Reports, and as many notices, in a minute that readers of one address may send."
        ),
    )
    comments_per_minute: int = Field(
        20, ge=1, description="Comments in a minute that readers of one address may send."
    )
    site_comments_per_minute: int = Field(
        3000, ge=1, description="Comments in a minute that all readers of one site may send."
    )
    least_time_to_write: timedelta = Field(
        timedelta(seconds=3),
        ge=timedelta(0),
        description=(
            "A comment sent sooner after its form was opened has to wait: so fast are programs."
        ),
    )
    form_lifetime: timedelta = Field(
        timedelta(days=1),
        gt=timedelta(0),
        description="How long after it was opened a form can be sent without another ticket.",
    )
    attack_from: int = Field(
        300,
        ge=1,
        description="Comments sent to a site in a minute from which it counts as under attack.",
    )
    attack_lasts: timedelta = Field(
        timedelta(minutes=10),
        ge=timedelta(seconds=1),
        description="How long a site counts as under attack after that minute.",
    )
    work_bits: int = Field(
        16,
        ge=1,
        le=24,
        description="Zero bits that a browser's work must find under attack; one more doubles it.",
    )
    work_lifetime: timedelta = Field(
        timedelta(minutes=10),
        gt=timedelta(0),
        description="How long a browser may take for that work.",
    )
    second_thought_within: timedelta = Field(
        timedelta(milliseconds=300),
        gt=timedelta(0),
        description="Whether a reader should reconsider is answered within this time, with no.",
    )
    outcome_within: timedelta = Field(
        timedelta(seconds=1),
        ge=timedelta(0),
        description="How long a reader's browser is kept waiting for the outcome of a comment.",
    )
    networks_kept: timedelta = Field(
        timedelta(days=30),
        gt=timedelta(0),
        description="How long keyed hashes of the networks of comments and reports are kept.",
    )


class Oidc(_Group):
    issuer: str | None = Field(
        None,
        description="Your OpenID Connect provider, by whose accounts moderators sign in: https://…",
    )
    client_id: str | None = Field(None, description="What the provider calls this installation.")
    client_secret: SecretStr | None = Field(
        None, description="The secret that the provider has given to this installation."
    )
    called: str = Field(
        "your organisation", description="The provider's name on the page to sign in on."
    )
    timeout: timedelta = Field(
        timedelta(seconds=5), description="How long the provider may take to answer."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        given = (self.issuer, self.client_id, self.client_secret)
        if any(given) and not all(given):
            raise ValueError(
                "ISSUER, CLIENT_ID and CLIENT_SECRET are given together, or not at all"
            )
        if self.issuer is None:
            return self
        address = urlsplit(self.issuer)
        if address.scheme != "https" and address.hostname not in _THIS_MACHINE:
            raise ValueError("ISSUER must begin with https://")
        return self


class Learning(_Group):
    schedule: str = Field(
        "30 2 * * *",
        description=(
            "When a challenger is trained, as cron writes it (UTC); `never` leaves it to people."
        ),
    )
    examples_min: int = Field(
        300, ge=60, description="No run begins by itself with fewer labelled examples."
    )
    harmful_min: int = Field(
        30, ge=20, description="Nor with fewer examples that say that a text does harm."
    )
    examples_max: int = Field(
        50_000,
        ge=300,
        description="So many of the newest examples are learned from, and no more pieces of"
        " comments beside them.",
    )
    on_drift: bool = Field(
        default=False,
        description="Whether an alarm of drift has a challenger trained, beside the schedule.",
    )
    own_model_from: int = Field(
        5_000,
        ge=300,
        description="A site with so many examples gets a model of its own; the others share one.",
    )


class Worker(_Group):
    processes: int = Field(2, ge=1, le=64, description="Processes of one Celery worker.")
    sweep_every: timedelta = Field(
        timedelta(seconds=5), description="How often forgotten work is looked for."
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port on which a worker by itself tells Prometheus of its jobs, at the address"
        " `PARLEY_WEB__HOST`; of `parley up` the web process does.",
    )


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PARLEY_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="`production` refuses defaults that are unsafe."
    )
    data: Path = Field(
        Path(".parley"), description="Folder of the embedded servers, logs and generated secrets."
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL to use instead of the embedded one: postgresql://…"
    )
    redis_url: SecretStr | None = Field(
        None, description="Redis-protocol server to use instead of the embedded one: redis://…"
    )
    secret: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET),
        description=(
            "Key of hashes (reader networks, guests), of form tokens and of sealed secrets (Coral, "
            "WordPress): another key forgets guests and makes sealed secrets unreadable."
        ),
    )
    secret_previous: SecretStr | None = Field(
        None,
        description=(
            "The secret before the last change, while `parley reseal` has not run: what it has "
            "sealed is still read."
        ),
    )
    model: Path | None = Field(
        None, description="Classifier artifact to load instead of the one that ships."
    )
    corpora: Path | None = Field(
        None,
        description="Folder of the public corpora: where it is, retraining rehearses them too.",
    )

    web: Web = Field(Web.model_validate({}), description="The web process.")
    comments: Comments = Field(Comments.model_validate({}), description="Taking comments in.")
    limits: Limits = Field(Limits.model_validate({}), description="Rate limits.")
    scoring: Scoring = Field(Scoring.model_validate({}), description="Scoring by the worker.")
    review: Review = Field(Review.model_validate({}), description="The review queue.")
    webhooks: Webhooks = Field(Webhooks.model_validate({}), description="Telling the site.")
    reports: Reports = Field(
        Reports.model_validate({}), description="Readers' reports, and notices of illegal content."
    )
    appeals: Appeals = Field(
        Appeals.model_validate({}), description="Statements of reasons, and appeals."
    )
    quality: Quality = Field(Quality.model_validate({}), description="Audits, judged blind.")
    dialects: Dialects = Field(
        Dialects.model_validate({}), description="Other services' APIs, spoken by ours."
    )
    embed: Embed = Field(Embed.model_validate({}), description="The comment section.")
    oidc: Oidc = Field(
        Oidc.model_validate({}), description="Signing in by another service's accounts."
    )
    learning: Learning = Field(
        Learning.model_validate({}), description="Retraining from moderators' decisions."
    )
    worker: Worker = Field(Worker.model_validate({}), description="The Celery worker.")

    @model_validator(mode="after")
    def _is_safe_outside_development(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        if self.secret.get_secret_value() == DEVELOPMENT_SECRET:
            raise ValueError(
                "PARLEY_SECRET must be set outside development: 32 random bytes or more"
            )
        if len(self.secret.get_secret_value()) < SECRET_MIN_CHARS:
            raise ValueError("PARLEY_SECRET is too short: give 32 random bytes or more")
        address = urlsplit(self.web.public_url)
        if address.scheme != "https" and address.hostname not in _THIS_MACHINE:
            # The cookie of a sign-in would travel in clear.
            raise ValueError("PARLEY_WEB__PUBLIC_URL must begin with https:// outside development")
        return self

    @property
    def postgres_url(self) -> str:
        """The database's address; whoever starts the embedded one has put it here."""
        return _required(self.database_url, "PARLEY_DATABASE_URL")

    @property
    def broker_url(self) -> str:
        """The Redis-protocol server's address; whoever starts the embedded one has put it here."""
        return _required(self.redis_url, "PARLEY_REDIS_URL")

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION


def _required(url: SecretStr | None, variable: str) -> str:
    if url is None:
        raise Unavailable(f"{variable} is not set: set it, or start everything with `parley up`.")
    return url.get_secret_value()
