"""When a form was opened, as its page says it: signed, so that nobody is faster than people are."""

from datetime import datetime, timedelta
from uuid import UUID

from service.embed.errors import TicketInvalid, WrittenTooFast
from service.embed.signing import Signature, time_as_bytes, time_of


def issue(signature: Signature, site_id: UUID, *, now: datetime) -> str:
    """Return a ticket of a form that is opened now."""
    return signature.text(time_as_bytes(now), of=site_id)


def check(
    signature: Signature,
    site_id: UUID,
    ticket: str,
    *,
    least: timedelta,
    lifetime: timedelta,
    now: datetime,
) -> None:
    """Pass a comment whose form has been open for a time in which people write.

    Raises:
        TicketInvalid: it is not one of this site's, or older than ``lifetime``.
        WrittenTooFast: the form was opened less than ``least`` ago; says when to come back.
    """
    said = signature.said(ticket, of=site_id)
    if said is None:
        raise TicketInvalid
    age = now - time_of(said)
    if age > lifetime:
        raise TicketInvalid
    if age < least:
        raise WrittenTooFast(least - age)
