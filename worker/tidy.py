"""Ends what is over, and forgets what has been kept for long enough; a transaction for each."""

from service.appeals import actions as appeals
from service.comments import networks
from service.dialects import akismet_telling
from service.jobs import Tidy
from service.quality import actions as quality
from service.reports import closing as reports
from service.sealing import Seal
from service.team import staleness
from service.webhooks import kept_secrets, postbag
from worker.task import handles
from worker.workplace import Workplace


@handles(Tidy)
def tidy(job: Tidy, workplace: Workplace) -> None:
    """Tidy every slice that has something to end or to forget."""
    workplace.broker.wiped(job)
    settings, now = workplace.settings, workplace.clock()
    with workplace.database.transaction() as session:
        reports.tidy(
            session,
            reports_kept=settings.reports.kept,
            contacts_kept=settings.reports.contact_kept,
            networks_kept=settings.embed.networks_kept,
            now=now,
        )
    with workplace.database.transaction() as session:
        appeals.tidy(session, now=now)
    with workplace.database.transaction() as session:
        quality.give_up(session, waited=settings.quality.given_up_after, now=now)
    with workplace.database.transaction() as session:
        akismet_telling.forget_withdrawn(session)
    with workplace.database.transaction() as session:
        staleness.tell(session, now=now)
    forgotten = networks.AT_ONCE
    while forgotten == networks.AT_ONCE:
        with workplace.database.transaction() as session:
            forgotten = networks.forget(session, kept=settings.embed.networks_kept, now=now)
    with workplace.database.transaction() as session:
        kept_secrets.seal_all(session, Seal.of(settings), plain_only=True)
    forgotten = postbag.FORGOTTEN_AT_ONCE
    while forgotten == postbag.FORGOTTEN_AT_ONCE:
        with workplace.database.transaction() as session:
            forgotten = postbag.forget(session, kept=settings.webhooks.deliveries_kept, now=now)
