"""What the scripts of the review page start from; it stands in the page as JSON."""

from typing import Any

from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.review.queue_names import Queue
from service.review.schemas import RejectReasonOut
from service.settings import Settings
from service.sites import reasons


def start_of(who: SignedIn, settings: Settings, *, csrf: str) -> dict[str, Any]:
    """Return who is signed in, what may be done, and the site's reasons, ready for JSON."""
    leads = any(who.may(site_id, Role.LEAD) for site_id in who.site_ids)
    return {
        "csrf": csrf,
        "me": {"id": str(who.moderator.id), "name": who.moderator.name},
        "queues": [each.value for each in Queue],
        "may_bulk": leads,
        "reasons": {
            slug: [RejectReasonOut.of(each).model_dump(mode="json") for each in found]
            for slug, found in (
                (site.slug, reasons.of_site(site.reject_reasons)) for site in who.sites.values()
            )
        },
        "undo_ms": round(settings.review.undo_window.total_seconds() * 1000),
        "lease_ms": round(settings.review.lease.total_seconds() * 1000),
    }
