"""The pages on which leads and admins set up a site: settings, reasons, readers' policy, keys."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response

from ml.labels import Label
from service import html
from service.errors import Invalid, ModerationError
from service.moderators.auth import FormModerator, PageModerator
from service.moderators.errors import RoleTooLow
from service.moderators.page_route import PageRoute
from service.moderators.tables import Role
from service.request import Now, Transaction
from service.sites import actions as sites
from service.sites import configuring, log, markdown, policy_texts, reasons
from service.sites import queries as site_queries
from service.sites.preferences import EmailField, ProofOfWork
from service.sites.reader_language import ReaderLanguage
from service.sites.reasons import Ground
from service.sites.schemas import SiteOut
from service.sites.scopes import MEANINGS, USUAL, Scope
from service.team import forms
from service.team.desk import SETTINGS, AnyDesk, TypedForm
from service.team.forms import Filled
from service.team.led import Led, SitePath

home = APIRouter(prefix=SETTINGS, include_in_schema=False, route_class=PageRoute)
router = APIRouter(prefix=f"{SETTINGS}/{{site}}", include_in_schema=False, route_class=PageRoute)

_LOG_SHOWN = 200


def _led_page(site: SitePath, who: PageModerator) -> Led:
    return Led.of(who, site)


def _led_form(site: SitePath, who: FormModerator) -> Led:
    return Led.of(who, site)


def _admin_page(site: SitePath, who: PageModerator) -> Led:
    return Led.of(who, site, Role.ADMIN)


def _admin_form(site: SitePath, who: FormModerator) -> Led:
    return Led.of(who, site, Role.ADMIN)


LedPage = Annotated[Led, Depends(_led_page)]
LedForm = Annotated[Led, Depends(_led_form)]
AdminPage = Annotated[Led, Depends(_admin_page)]
AdminForm = Annotated[Led, Depends(_admin_form)]


@home.get("")
def first_site(who: PageModerator) -> Response:
    """Lead on to the first site that there is to look after."""
    led = [site for site in who.sites.values() if who.may(site.id, Role.LEAD)]
    if not led:
        raise RoleTooLow(Role.LEAD)
    return html.go_to(f"{SETTINGS}/{led[0].slug}")


@router.get("")
def settings_page(desk: AnyDesk, led: LedPage, saved: str = "") -> Response:
    filled = Filled(forms.settings_shown(SiteOut.of(led.site)))
    return _settings(desk, led, filled, is_saved=bool(saved))


@router.post("")
def save_settings(
    desk: AnyDesk, typed: TypedForm, session: Transaction, now: Now, led: LedForm
) -> Response:
    filled = forms.settings_filled(typed)
    if filled.wanted is not None:
        try:
            configuring.configure(session, led.site, filled.wanted, by=led.actor.name, now=now)
        except Invalid as error:
            filled = forms.with_problems(filled, error)
        else:
            return html.go_to(f"{SETTINGS}/{led.site.slug}?saved=1")
    return _settings(desk, led, filled)


@router.get("/reasons")
def reasons_page(desk: AnyDesk, led: LedPage, saved: str = "") -> Response:
    rows = forms.reasons_shown(reasons.of_site(led.site.reject_reasons))
    return _reasons(desk, led, rows, Filled({}), is_saved=bool(saved))


@router.post("/reasons")
def save_reasons(
    desk: AnyDesk, typed: TypedForm, session: Transaction, now: Now, led: LedForm
) -> Response:
    rows = [] if forms.first(typed, "do") == "built-in" else forms.reasons_rows(typed)
    filled = forms.reasons_filled(rows)
    if filled.wanted is not None:
        try:
            configuring.configure(session, led.site, filled.wanted, by=led.actor.name, now=now)
        except Invalid as error:
            filled = forms.with_problems(filled, error)
        else:
            return html.go_to(f"{SETTINGS}/{led.site.slug}/reasons?saved=1")
    return _reasons(desk, led, rows, filled)


@router.get("/policy-text")
def policy_text_page(
    desk: AnyDesk,
    session: Transaction,
    led: LedPage,
    *,
    language: ReaderLanguage = ReaderLanguage.ENGLISH,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    saved: str = "",
) -> Response:
    versions = policy_texts.history(session, led.site.id, language)
    shown = [each for each in versions if version is None or each.version == version]
    text = shown[0].markdown if shown else ""
    return _policy_text(desk, session, led, language, text, is_saved=bool(saved))


@router.post("/policy-text")
def save_policy_text(
    desk: AnyDesk,
    session: Transaction,
    now: Now,
    led: LedForm,
    *,
    language: Annotated[ReaderLanguage, Form()],
    text: Annotated[str, Form(alias="markdown", max_length=100_000)] = "",
    do: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Show what readers would see, or have them see it from now on."""
    try:
        if do == "preview":
            clean = policy_texts.clean(text)
            return _policy_text(desk, session, led, language, text, preview=clean)
        by = led.actor.name
        policy_texts.save(session, led.site.id, language, text, saved_by=by, now=now)
    except Invalid as error:
        return _policy_text(desk, session, led, language, text, refused=error)
    address = f"{SETTINGS}/{led.site.slug}/policy-text?language={language}&saved=1"
    return html.go_to(address)


@router.get("/keys")
def keys_page(desk: AnyDesk, session: Transaction, led: AdminPage) -> Response:
    return _keys(desk, session, led)


@router.post("/keys")
def issue_key(
    desk: AnyDesk,
    session: Transaction,
    now: Now,
    led: AdminForm,
    *,
    name: Annotated[str, Form(max_length=1000)] = "",
    scopes: Annotated[list[Scope] | None, Form()] = None,
    host_names: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    try:
        _, text = sites.issue_key(
            session,
            led.site,
            name=name,
            scopes=scopes or (),
            for_host_names=bool(host_names),
            by=led.actor.name,
            now=now,
        )
    except Invalid as error:
        return _keys(desk, session, led, refused=error)
    return _keys(desk, session, led, issued=text)


@router.post("/keys/{prefix}/revoke")
def revoke_key(prefix: str, session: Transaction, now: Now, led: AdminForm) -> Response:
    key = site_queries.key_by_prefix(session, led.site, prefix[:20])
    sites.revoke_key(session, key, by=led.actor.name, now=now)
    return html.go_to(f"{SETTINGS}/{led.site.slug}/keys")


@router.get("/log")
def log_page(desk: AnyDesk, session: Transaction, led: LedPage) -> Response:
    changes = log.newest(session, led.site.id, limit=_LOG_SHOWN)
    return desk.page(led, "log", changes=changes, most=_LOG_SHOWN)


def _settings(desk: AnyDesk, led: Led, filled: Filled, *, is_saved: bool = False) -> Response:
    return desk.page(
        led,
        "settings",
        refused=filled.problems,
        is_saved=is_saved,
        typed=filled.typed,
        fields=forms.FIELDS,
        emails=list(EmailField),
        proofs=list(ProofOfWork),
        bounds={each.name: each.bounds for each in forms.DURATIONS},
    )


def _reasons(
    desk: AnyDesk,
    led: Led,
    rows: list[forms.Typed],
    filled: Filled,
    *,
    is_saved: bool = False,
) -> Response:
    return desk.page(
        led,
        "reasons",
        refused=filled.problems,
        is_saved=is_saved,
        rows=rows,
        is_own=bool(led.site.reject_reasons),
        labels=list(Label),
        grounds=list(Ground),
        most=reasons.REASONS_MAX,
    )


def _policy_text(
    desk: AnyDesk,
    session: Transaction,
    led: Led,
    language: ReaderLanguage,
    text: str,
    *,
    preview: str | None = None,
    refused: ModerationError | None = None,
    is_saved: bool = False,
) -> Response:
    return desk.page(
        led,
        "policy_text",
        refused=refused,
        is_saved=is_saved,
        languages=list(ReaderLanguage),
        chosen=language,
        written=policy_texts.current(session, led.site.id),
        versions=policy_texts.history(session, led.site.id, language),
        markdown=text,
        preview=None if preview is None else markdown.to_html(preview),
        most=markdown.MARKDOWN_MAX_CHARS,
    )


def _keys(
    desk: AnyDesk,
    session: Transaction,
    led: Led,
    *,
    issued: str | None = None,
    refused: ModerationError | None = None,
) -> Response:
    return desk.page(
        led,
        "keys",
        refused=refused,
        issued=issued,
        keys=site_queries.keys(session, led.site)[::-1],
        scopes=list(Scope),
        meanings=MEANINGS,
        usual=USUAL,
    )
