"""The settings pages, as a browser without scripts sees them."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient

from service.db import Database
from service.moderators.tables import Role
from service.sites import policy_texts, preferences, queries
from service.sites.preferences import EmailField
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site
from tests.factories.review import Desk, stored_desk
from tests.service.team.pages import csrf_in, send, sign_in, text_of

_PAGE = "/review/settings/border"
_FORM = {
    "name": "Border News",
    "url": "https://news.example",
    "email": "optional",
    "thinks_twice": "on",
    "proof_of_work": "under_attack",
    "edit_window_seconds": "5",
    "withdraw_window_seconds": "24",
    "reports_hold_at": "3",
    "audit_share": "2",
    "age_alert_seconds": "60",
}
_TABS = ("", "/reasons", "/policy-text", "/team", "/log")


def _desk(database: Database, role: Role, *, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now, role=role, name="Lola")


@pytest.fixture
def lead(client: TestClient, database: Database, now: datetime) -> Desk:
    desk = _desk(database, Role.LEAD, now=now)
    sign_in(client, desk.moderator.email)
    return desk


@pytest.fixture
def admin(client: TestClient, database: Database, now: datetime) -> Desk:
    desk = _desk(database, Role.ADMIN, now=now)
    sign_in(client, desk.moderator.email)
    return desk


def _stored(database: Database) -> Site:
    with database.transaction() as session:
        return queries.by_slug(session, "border")


def test_a_form_sent_as_it_stands_changes_nothing(
    client: TestClient, lead: Desk, database: Database
) -> None:
    saved = send(client, _PAGE, _FORM)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{_PAGE}?saved=1")
    site = _stored(database)
    assert (site.preferences, site.required_fields) == ({}, [])
    assert "Nothing yet." in client.get(f"{_PAGE}/log").text
    assert lead


def test_what_is_typed_in_minutes_and_hours_is_kept_in_seconds(
    client: TestClient, lead: Desk, database: Database
) -> None:
    typed = {"edit_window_seconds": "2,5", "withdraw_window_seconds": "0", "age_alert_seconds": ""}
    send(client, _PAGE, _FORM | typed)
    chosen = preferences.of_site(_stored(database))
    assert (chosen.edit_window.seconds, chosen.withdraw_window.seconds) == (150, 0)
    assert chosen.age_alert is None
    page = client.get(_PAGE).text
    assert 'id="edit_window_seconds" name="edit_window_seconds" type="text" value="2.5"' in page
    assert lead


def test_an_address_that_must_be_given_is_a_required_field(
    client: TestClient, lead: Desk, database: Database
) -> None:
    send(client, _PAGE, _FORM | {"email": "required", "required_fields": ["language"]})
    site = _stored(database)
    assert site.required_fields == ["author.email", "language"]
    assert preferences.of_site(site).email is EmailField.REQUIRED
    send(client, _PAGE, _FORM | {"email": "off"})
    assert _stored(database).required_fields == []
    assert lead


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"edit_window_seconds": "1441"}, "must be 0 to 1440"),
        ({"edit_window_seconds": "soon"}, "must be 0 to 1440"),
        ({"edit_window_seconds": "nan"}, "must be 0 to 1440"),
        ({"edit_window_seconds": "inf"}, "must be 0 to 1440"),
        ({"age_alert_seconds": "0.5"}, "must be 1 to 43200"),
        ({"reports_hold_at": ""}, "must be 1 to 1000"),
        ({"reports_hold_at": "0"}, "must be at least 1"),
        ({"audit_share": "101"}, "must be 0 to 100"),
        ({"audit_share": "nan"}, "must be 0 to 100"),
        ({"name": ""}, "must be printable, 1 to 200 characters"),
        ({"url": "javascript:alert(1)"}, "must begin with http:// or https://"),
        ({"email": "perhaps"}, "must be 'off', 'optional' or 'required'"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(
    client: TestClient, lead: Desk, database: Database, typed: dict[str, str], said: str
) -> None:
    refused = send(client, _PAGE, _FORM | {"withdraw_window_seconds": "7", **typed})
    assert refused.status_code == 422
    assert said in text_of(refused.text)
    assert "One field is not right yet" in text_of(refused.text)
    assert 'name="withdraw_window_seconds" type="text" value="7"' in refused.text
    assert _stored(database).preferences == {}
    assert lead


def test_reasons_are_put_in_order_changed_and_taken_back(
    client: TestClient, lead: Desk, database: Database
) -> None:
    rows: dict[str, object] = {}
    for at, (place, code) in enumerate([("2", "spam"), ("1", "house"), ("", ""), ("x", "last")]):
        rows |= {
            f"reasons.{at}.place": place,
            f"reasons.{at}.code": code,
            f"reasons.{at}.title": code.title(),
            f"reasons.{at}.sentence": code and f"It is {code}.",
            f"reasons.{at}.ground": "law" if code == "house" else "site_policy",
            f"reasons.{at}.labels": ["spam"] if code == "spam" else [],
        }
    saved = send(client, f"{_PAGE}/reasons", rows)
    assert saved.status_code == 303
    stored = _stored(database).reject_reasons
    assert [each["code"] for each in stored] == ["house", "spam", "last"]
    assert stored[0] == {
        "code": "house",
        "title": "House",
        "sentence": "It is house.",
        "labels": [],
        "ground": "law",
    }
    wrong = send(client, f"{_PAGE}/reasons", rows | {"reasons.0.code": "Not a code"})
    assert wrong.status_code == 422
    assert "must be a-z, 0-9 and inner hyphens" in wrong.text
    assert 'value="Not a code"' in wrong.text
    assert send(client, f"{_PAGE}/reasons", rows | {"do": "built-in"}).status_code == 303
    assert _stored(database).reject_reasons == []
    assert lead


def _show(client: TestClient, markdown: str, do: str, language: str = "ru") -> str:
    fields = {"markdown": markdown, "do": do, "language": language}
    answer = send(client, f"{_PAGE}/policy-text", fields)
    return str(answer.headers.get("location", answer.text))


def test_the_policy_for_readers_is_tried_before_it_is_saved(
    client: TestClient, lead: Desk, database: Database
) -> None:
    tried = _show(client, "**Без** <script>оскорблений</script>", "preview")
    assert "<p><strong>Без</strong> &lt;script&gt;оскорблений&lt;/script&gt;</p>" in tried
    assert "<script>оскорблений" not in tried
    with database.transaction() as session:
        assert policy_texts.shown(session, lead.site.id, ReaderLanguage.RUSSIAN) is None
    assert _show(client, "Без оскорблений.", "save").endswith("language=ru&saved=1")
    _show(client, "Совсем без оскорблений.", "save")
    with database.transaction() as session:
        shown = policy_texts.shown(session, lead.site.id, ReaderLanguage.KAZAKH)
        assert shown is not None
        assert (shown.markdown, shown.saved_by) == ("Совсем без оскорблений.", lead.moderator.email)
    old = client.get(f"{_PAGE}/policy-text?language=ru&version=1").text
    assert ">Без оскорблений.</textarea>" in old


def test_a_policy_that_is_too_long_is_refused_and_kept(client: TestClient, lead: Desk) -> None:
    refused = _show(client, "x" * 20_001, "save")
    assert "must have at most 20000 characters" in refused
    assert "x" * 20_001 in refused
    assert lead


def test_an_admin_issues_and_revokes_keys(client: TestClient, admin: Desk) -> None:
    keys = f"{_PAGE}/keys"
    issued = send(client, keys, {"name": "ops", "scopes": ["manage"]})
    assert issued.status_code == 200
    key = issued.text.partition('id="issued" class="secret" value="')[2].partition('"')[0]
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/site", headers=headers).status_code == 200
    revoked = send(client, f"{keys}/{key.split('_')[1]}/revoke", {}, of=keys)
    assert revoked.status_code == 303
    assert client.get("/v1/site", headers=headers).status_code == 401
    nothing = send(client, keys, {"name": "ops"})
    assert (nothing.status_code, "scopes must hold one scope" in nothing.text) == (422, True)
    assert admin


def test_a_lead_sees_no_keys(client: TestClient, lead: Desk) -> None:
    refused = client.get(f"{_PAGE}/keys")
    assert refused.status_code == 403
    assert "role of an admin" in refused.text
    assert f"{_PAGE}/keys" not in client.get(_PAGE).text
    assert lead


def test_who_only_moderates_sees_no_settings(
    client: TestClient, database: Database, now: datetime
) -> None:
    desk = _desk(database, Role.MODERATOR, now=now)
    sign_in(client, desk.moderator.email)
    for tab in _TABS:
        assert client.get(f"{_PAGE}{tab}").status_code == 403, tab
    assert client.get("/review/settings").status_code == 403
    csrf = csrf_in(client.get("/review/account").text)
    forged = client.post(f"{_PAGE}/invitations", data={"csrf": csrf, "email": "a@b.example"})
    assert forged.status_code == 403


def test_a_form_without_its_token_changes_nothing(
    client: TestClient, lead: Desk, database: Database
) -> None:
    for path in ("", "/reasons", "/policy-text", "/invitations", "/tokens"):
        fields = {**_FORM, "language": "en", "markdown": "Mine.", "csrf": "0" * 64}
        assert client.post(f"{_PAGE}{path}", data=fields).status_code == 403, path
    assert _stored(database).reject_reasons == []
    assert "Nothing yet." in client.get(f"{_PAGE}/log").text
    assert lead


def test_a_team_is_looked_after_on_its_page(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        other = stored_desk(session, now=now, site=lead.site, name="Aziza").moderator
        boss = stored_desk(session, now=now, site=lead.site, role=Role.ADMIN, name="Boss").moderator
    team = f"{_PAGE}/team"
    page = client.get(team).text
    assert f"members/{other.id}/role" in page
    assert f"members/{boss.id}/role" not in page
    assert '<option value="admin">' not in page
    invited = send(client, f"{_PAGE}/invitations", {"email": "new@news.example"}, of=team)
    assert "http://127.0.0.1:8000/review/welcome/" in invited.text
    again = send(client, f"{_PAGE}/invitations", {"email": other.email}, of=team)
    assert (again.status_code, "works on the site already" in again.text) == (409, True)
    promoted = send(client, f"{_PAGE}/members/{other.id}/role", {"role": "lead"}, of=team)
    assert promoted.status_code == 303
    barred = send(client, f"{_PAGE}/members/{boss.id}/remove", {}, of=team)
    assert barred.status_code == 403
    removed = send(client, f"{_PAGE}/members/{other.id}/remove", {}, of=team)
    assert removed.status_code == 303
    fields = {"name": "Night shift", "scopes": ["read", "decide"], "days": "7"}
    issued = send(client, f"{_PAGE}/tokens", fields, of=team)
    assert 'value="parleymod_' in issued.text
    assert "Night shift" in text_of(client.get(team).text)
    told = text_of(client.get(f"{_PAGE}/log").text)
    for line in (
        "invited new@news.example as moderator",
        f"changed the role of {other.email} from moderator to lead",
        f"took {other.email} off the site",
        "issued a token to “Night shift”: read, decide",
    ):
        assert line in told


def test_whatever_is_typed_is_shown_as_text(client: TestClient, lead: Desk) -> None:
    mean = '"><script>alert(1)</script>'
    answers = [
        send(client, _PAGE, _FORM | {"name": mean, "reports_hold_at": mean}),
        send(
            client,
            f"{_PAGE}/reasons",
            {f"reasons.0.{name}": mean for name in ("place", "code", "title", "sentence")},
        ),
        send(client, f"{_PAGE}/policy-text", {"markdown": mean, "do": "preview", "language": "en"}),
        send(client, f"{_PAGE}/invitations", {"email": mean}, of=f"{_PAGE}/team"),
        send(client, f"{_PAGE}/tokens", {"name": mean, "scopes": "read"}, of=f"{_PAGE}/team"),
        client.get(f"{_PAGE}/team"),
        client.get(f"{_PAGE}/log"),
    ]
    for answer in answers:
        assert "<script>alert" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert lead


def test_another_sites_pages_are_answered_as_those_of_no_site(
    client: TestClient, admin: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        theirs = stored_desk(session, now=now, slug="elsewhere", role=Role.ADMIN, name="Chingiz")
    assert admin
    for tab in (*_TABS, "/keys"):
        answers = [client.get(f"/review/settings/{slug}{tab}") for slug in ("elsewhere", "nowhere")]
        pages = [each.text.replace("elsewhere", "…").replace("nowhere", "…") for each in answers]
        assert [each.status_code for each in answers] == [404, 404], tab
        assert pages[0] == pages[1], tab
    for path in ("role", "remove", "password-link"):
        sent = {"role": "moderator"}
        removed = send(
            client, f"{_PAGE}/members/{theirs.moderator.id}/{path}", sent, of=f"{_PAGE}/team"
        )
        assert removed.status_code == 404, path
