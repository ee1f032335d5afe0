"""Sealing anew what other services' dialects keep, after our own secret was changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dialects.tables import AkismetCallback, CallbackState, CoralSecret
from service.sealing import Seal


def reseal(session: Session, seal: Seal) -> int:
    """Seal everything that is still needed under today's secret; return how many rows that is.

    Raises:
        SealBroken: something was sealed under a secret of ours that we do not have.
    """
    secrets = session.scalars(select(CoralSecret).order_by(CoralSecret.id).with_for_update()).all()
    for each in secrets:
        each.sealed = seal.renewed(each.sealed)
    callbacks = session.scalars(
        select(AkismetCallback)
        .where(AkismetCallback.state == CallbackState.WAITING)
        .order_by(AkismetCallback.guid)
        .with_for_update()
    ).all()
    for callback in callbacks:
        callback.sealed_key = seal.renewed(callback.sealed_key)
    session.flush()
    return len(secrets) + len(callbacks)
