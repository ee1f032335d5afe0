"""What moderators' choices teach the classifier, once they are decisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.examples import actions as examples
from service.examples import rules
from service.examples.origin import Origin
from service.examples.rules import Taught
from service.review.queue_names import Queue
from service.review.tables import Choice
from service.sites import reasons
from service.sites.reasons import RejectReason
from service.sites.tables import Site

# Their own slices know more of them: how an audit's comments were drawn, that an appeal was won.
_TAUGHT_ELSEWHERE = frozenset({Queue.AUDIT, Queue.APPEALS})


def teach(session: Session, recorded: Sequence[Choice], *, now: datetime) -> None:
    """Keep what these choices, which have become decisions, say of their texts."""
    chosen = [each for each in recorded if each.queue not in _TAUGHT_ELSEWHERE]
    if not chosen:
        return
    site_ids = {each.site_id for each in chosen}
    sites = session.scalars(select(Site).where(Site.id.in_(site_ids)))
    known = {site.id: reasons.of_site(site.reject_reasons) for site in sites}
    examples.teach(session, [_taught(each, known[each.site_id]) for each in chosen], now=now)


def _taught(choice: Choice, known: Sequence[RejectReason]) -> Taught:
    return Taught(
        comment_id=choice.comment_id,
        site_id=choice.site_id,
        revision=choice.revision,
        labels=_labels(choice, known),
        origin=Origin.DECISION if choice.bulk_id is None else Origin.BULK,
        sender=rules.moderator(choice.moderator_id),
    )


def _labels(choice: Choice, known: Sequence[RejectReason]) -> Mapping[Label, float]:
    if choice.status is Status.APPROVED:
        return rules.NONE_OF_THEM
    reason = reasons.find(known, choice.reason)
    return {} if reason is None else reason.taught()
