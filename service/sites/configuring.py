"""A site's settings change: a few at a time, checked together, each with a line in the log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.errors import FieldProblem
from service.sites import log, reasons, rules
from service.sites import preferences as preferences_of
from service.sites.errors import SiteInvalid
from service.sites.preferences import EmailField
from service.sites.rules import RequirableField
from service.sites.tables import ChangeKind, Site

_EMAIL = RequirableField.AUTHOR_EMAIL


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to change; what is None, or not among ``preferences``, stays as it is.

    ``preferences`` has fields of ``Preferences`` by name. No ``reject_reasons`` at all brings the
    built-in list back.
    """

    name: str | None = None
    url: str | None = None
    required_fields: Collection[str] | None = None
    reject_reasons: Sequence[reasons.RejectReason] | None = None
    preferences: Mapping[str, Any] = field(default_factory=dict)


def configure(session: Session, site: Site, wanted: Wanted, *, by: str, now: datetime) -> Site:
    """Change the site's settings; asking for what is so already changes nothing.

    Raises:
        SiteInvalid: says which setting is wrong, and what would be right; nothing is changed.
    """
    session.refresh(site, with_for_update={"key_share": True})
    before = _settings(site)
    required = _required_fields(site, wanted)
    rules.check_site(
        slug=site.slug,
        name=_or(wanted.name, site.name),
        url=_or(wanted.url, site.url),
        required_fields=required,
    )
    # That an address is required stands among the required fields, and what was chosen before comes
    # back with the end of that.
    wishes = {k: v for k, v in wanted.preferences.items() if v is not EmailField.REQUIRED}
    chosen = replace(preferences_of.Preferences.read(site.preferences, ()), **wishes)
    if wanted.reject_reasons is not None:
        reasons.check(wanted.reject_reasons)
        site.reject_reasons = [reasons.stored(each) for each in wanted.reject_reasons]
    site.name, site.url = _or(wanted.name, site.name).strip(), _or(wanted.url, site.url)
    site.required_fields, site.preferences = required, chosen.stored()
    after = _settings(site)
    changed = sorted(name for name in after if after[name] != before[name])
    if changed:
        told = {name: [before[name], after[name]] for name in changed}
        log.write(session, site.id, ChangeKind.SETTINGS_CHANGED, by=by, now=now, changed=told)
    return site


def _settings(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "url": site.url,
        "required_fields": list(site.required_fields),
        "reject_reasons": list(site.reject_reasons),
        **preferences_of.of_site(site).as_json(),
    }


def _required_fields(site: Site, wanted: Wanted) -> list[str]:
    """Return the required fields, of which an e-mail address is chosen in either of two places.

    Raises:
        SiteInvalid: the two contradict one another.
    """
    given, email = wanted.required_fields, wanted.preferences.get("email")
    fields = set(site.required_fields if given is None else given)
    if email is not None:
        if given is not None and (_EMAIL in fields) != (email is EmailField.REQUIRED):
            said = f"must be `required` where required_fields has {_EMAIL}, and only there"
            raise SiteInvalid(f"email {said}.", fields=(FieldProblem("/email", said),))
        fields = fields - {_EMAIL} | ({_EMAIL} if email is EmailField.REQUIRED else set())
    known = [each.value for each in RequirableField if each in fields]
    return known + sorted(fields - set(known))


def _or(given: str | None, otherwise: str) -> str:
    return otherwise if given is None else given
