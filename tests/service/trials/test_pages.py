"""The policy page: for leads, without a script, and nothing that was typed is lost."""

import re
from datetime import datetime

import pytest
from fastapi.testclient import TestClient

from service.db import Database
from service.moderators.tables import Role
from tests.factories.moderators import PASSWORD
from tests.factories.review import Desk, stored_desk
from tests.service.trials.pasts import PAST, store_past


@pytest.fixture
def desk(database: Database, champion: int, now: datetime) -> Desk:
    with database.transaction() as session:
        made = stored_desk(session, role=Role.LEAD, now=now)
    store_past(database, made.site, champion, PAST, now=now)
    return made


def _sign_in(client: TestClient, desk: Desk) -> None:
    form = client.get("/review/sign-in").text
    sent = {"email": desk.moderator.email, "password": PASSWORD, "csrf": _hidden(form, "csrf")}
    assert client.post("/review/sign-in", data=sent).status_code == 200


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def _form(client: TestClient, desk: Desk, **more: str) -> dict[str, str]:
    """Return what the page's form would send, with ``more`` typed into it."""
    page = client.get("/review/policy").text
    hidden = {name: _hidden(page, name) for name in ("csrf", "based_on")}
    kept = {"mode": "post_moderation", "degradation": "hold", "trusted_from": "5"}
    return {**hidden, **kept, "site": desk.site.slug, **more}


STRICT = {"thresholds.insult.hold": "0.5", "thresholds.insult.reject": "0.7"}


def test_a_draft_is_tried_and_stays_in_its_fields(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    page = client.post("/review/policy/preview", data=_form(client, desk, **STRICT))
    assert page.status_code == 200
    assert "The comments of the last day were ruled on again" in page.text
    assert "from the scores they have: 5 in all." in page.text
    assert "It would settle 2 of 3 comments" in page.text
    assert "Insult scored 0.85, and from 0.70 a comment is rejected." in page.text
    assert 'name="thresholds.insult.reject" inputmode="decimal"' in page.text
    assert 'value="0.7"' in page.text
    assert client.get("/v1/policy").status_code == 401


def test_saving_makes_the_draft_rule_and_names_who_and_why(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    page = client.post(
        "/review/policy/save", data=_form(client, desk, **STRICT, note="Election week.")
    )
    assert page.url.query == b"site=border&saved=1"
    assert "Version 1 is saved and rules from now on." in page.text
    assert f"Version 1 rules, saved by {desk.moderator.name}:" in page.text
    assert "Election week." in page.text


def test_without_a_note_nothing_is_saved_and_nothing_typed_is_lost(
    client: TestClient, desk: Desk
) -> None:
    _sign_in(client, desk)
    page = client.post("/review/policy/save", data=_form(client, desk, **STRICT, note="  "))
    assert page.status_code == 422
    assert "Say in 1 to 500 characters why the policy is changed" in page.text
    assert 'value="0.7"' in page.text
    assert "nothing was saved here yet" in page.text


def test_a_wrong_field_is_pointed_at(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    sent = _form(client, desk, **STRICT, **{"links.on": "on", "links.most": "some"}, note="x")
    page = client.post("/review/policy/save", data=sent)
    assert page.status_code == 422
    assert 'id="links.most-wrong"' in page.text
    assert '<a href="#links.most-wrong">Links · Most</a>' in page.text
    assert 'value="some"' in page.text


def test_a_language_may_have_thresholds_of_its_own(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    name = "thresholds.insult.languages.ru"
    typed = _form(client, desk, **STRICT, **{f"{name}.hold": "0.8", f"{name}.reject": "0.7"})
    refused = client.post("/review/policy/save", data={**typed, "note": "x"})
    assert refused.status_code == 422
    assert f'id="{name}.reject-wrong"' in refused.text
    linked = (
        f'<a href="#{name}.reject-wrong">Thresholds · Insult · Languages · Russian · Reject</a>'
    )
    assert linked in refused.text
    sent = {**typed, f"{name}.reject": "0.9", "note": "x"}
    page = client.post("/review/policy/save", data=sent).text
    assert page.count("<details open>") == 1
    assert "Insult in one language" in page
    assert f'name="{name}.reject" inputmode="decimal"' in page
    assert "Insult in Russian: held from 0.8 and rejected from 0.9; it was as in other" in page


def test_two_leads_do_not_overwrite_each_other_unseen(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    first, second = (
        _form(client, desk, **{"thresholds.insult.hold": limit}, note=f"to {limit}")
        for limit in ("0.3", "0.6")
    )
    assert client.post("/review/policy/save", data=first).status_code == 200
    refused = client.post("/review/policy/save", data=second)
    assert refused.status_code == 409
    assert "saved version 1 while you were writing" in refused.text
    assert 'value="0.6"' in refused.text
    again = {**second, "based_on": _hidden(refused.text, "based_on")}
    assert "Version 2 is saved" in client.post("/review/policy/save", data=again).text


def test_an_old_version_rules_again_by_one_button(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    for limit in ("0.3", "0.6"):
        sent = _form(client, desk, **{"thresholds.insult.hold": limit}, note=f"to {limit}")
        client.post("/review/policy/save", data=sent)
    sent = {**_form(client, desk), "number": "1"}
    page = client.post("/review/policy/restore", data=sent)
    assert "Version 3 is saved" in page.text
    assert "Version 1 again." in page.text


def test_the_built_in_policy_rules_again_by_one_button_too(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    again = '<input type="hidden" name="number" value="0">'
    assert again not in client.get("/review/policy").text
    saved = client.post("/review/policy/save", data=_form(client, desk, **STRICT, note="strict"))
    assert again in saved.text
    page = client.post("/review/policy/restore", data={**_form(client, desk), "number": "0"})
    assert "Version 2 is saved" in page.text
    undone = "it was held from 0.5 and rejected from 0.7"
    assert (undone in saved.text, undone in page.text) == (False, True)


def test_a_moderator_who_leads_nothing_is_told_so(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
    _sign_in(client, desk)
    page = client.get("/review/policy")
    assert page.status_code == 403
    assert "This needs the role of a lead" in page.text


def test_anothers_site_is_as_unknown_as_none(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    answers = [client.get(f"/review/policy?site={slug}") for slug in ("elsewhere", "nowhere")]
    assert [each.status_code for each in answers] == [404, 404]


def test_a_form_without_the_sessions_token_changes_nothing(client: TestClient, desk: Desk) -> None:
    _sign_in(client, desk)
    sent = {**_form(client, desk, **STRICT, note="x"), "csrf": "0" * 64}
    assert client.post("/review/policy/save", data=sent).status_code == 403
    assert "nothing was saved here yet" in client.get("/review/policy").text
