"""What follows when comments were decided by policy, in the transaction that decided them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from service.decisions.waiting import Waiting
from service.quality import actions as quality
from service.reports import actions as reports
from worker.workplace import Workplace


def follow_up(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Hold edits of what readers have reported, and draw some for people to judge blind."""
    # A first text has no reports: nobody has seen it.
    edited = [each.comment_id for each in claimed if each.revision > 1]
    if edited:
        reports.hold_reported(session, edited, now=now)
    judged_twice = workplace.settings.quality.judged_twice
    quality.draw(session, claimed, judged_twice=judged_twice, now=now)
