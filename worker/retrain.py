"""Sees whether a run of retraining is due or asked for, and has it made in a process of its own.

A run takes minutes and a gigabyte; scoring must go on meanwhile. So the job only starts the process
and returns. The process holds the database's lock while it runs, and ends with its worker.
"""

import os
import subprocess
import sys
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from service.jobs import Retrain
from service.learning import due
from service.machine import lifeline
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

COMMAND = (sys.executable, "-m", "worker.retraining")


@handles(Retrain)
def retrain(job: Retrain, workplace: Workplace) -> None:
    """Start a run if one is due or asked for, unless this worker's last one is still going."""
    workplace.broker.wiped(job)
    if workplace.learner is not None and workplace.learner.poll() is None:
        return
    with workplace.database.transaction() as session:
        is_due = _is_due(session, workplace, now=workplace.clock())
    if is_due:
        workplace.learner = start()


def _is_due(session: Session, workplace: Workplace, *, now: datetime) -> bool:
    settings = workplace.settings.learning
    return due.is_asked_for(session) or bool(due.scopes_due(session, settings, now=now))


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start the process; it ends when this one does, which holds the other end of its input."""
    _log.info("retraining_started")
    return subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        env={**os.environ, lifeline.VARIABLE: "1"},
        start_new_session=True,
    )
