"""The address at which a notifier reads that a notice has come, and what became of it."""

from typing import Final

from service.reports.tables import Notice
from service.settings import Settings
from service.signed_links import Kind, SignedLinks

NOTICES: Final = "/notices"


def notice_url(settings: Settings, notice: Notice) -> str:
    """Return the address, the same whenever it is asked for; it opens without an account."""
    ends_at = notice.created_at + settings.reports.link_lifetime
    return SignedLinks.of(settings).url(NOTICES, Kind.NOTICE, notice.id, ends_at=ends_at)
