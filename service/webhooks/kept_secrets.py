"""How an endpoint's secret is kept: sealed, since we need it again to sign.

Those of before secrets were sealed stand there as they are, and begin with what every secret begins
with; they are read all the same, and sealed by ``seal_all``.
"""

from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.sealing import Seal
from service.webhooks.sending import Due
from service.webhooks.signing import MARK
from service.webhooks.tables import Endpoint

_AT_ONCE = 500


def kept(secret: str, seal: Seal) -> str:
    """Return the form in which the secret is stored."""
    return seal.seal(secret).decode()


def opened(stored: str, seal: Seal) -> str:
    """Return the secret.

    Raises:
        SealBroken: it was sealed under a secret of ours that we do not have.
    """
    return stored if stored.startswith(MARK) else seal.open(stored.encode())


def ready(due: Due, seal: Seal) -> Due:
    """Return the delivery with what signs it.

    Raises:
        SealBroken: it was sealed under a secret of ours that we do not have.
    """
    previous = due.previous_secret
    return replace(
        due,
        secret=opened(due.secret, seal),
        previous_secret=None if previous is None else opened(previous, seal),
    )


def seal_all(session: Session, seal: Seal, *, plain_only: bool) -> int:
    """Seal what stands open; else everything anew, under today's secret. Return how many rows.

    Raises:
        SealBroken: something that is to be sealed anew was sealed under a secret that we have not.
    """
    wanted = select(Endpoint).order_by(Endpoint.id).with_for_update()
    if plain_only:
        is_plain = (Endpoint.secret, Endpoint.previous_secret)
        wanted = wanted.where(or_(*(each.startswith(MARK) for each in is_plain))).limit(_AT_ONCE)
    rows = session.scalars(wanted).all()
    for endpoint in rows:
        endpoint.secret = _anew(endpoint.secret, seal, plain_only=plain_only)
        if endpoint.previous_secret is not None:
            endpoint.previous_secret = _anew(endpoint.previous_secret, seal, plain_only=plain_only)
    session.flush()
    return len(rows)


def _anew(stored: str, seal: Seal, *, plain_only: bool) -> str:
    is_left = plain_only and not stored.startswith(MARK)
    return stored if is_left else kept(opened(stored, seal), seal)
