from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.db import Database
from service.sites import log
from service.sites.scopes import Scope
from service.sites.tables import ChangeKind
from tests.service.keys import Caller, a_caller

_DEFAULTS = {
    "email": "optional",
    "edit_window_seconds": 300,
    "withdraw_window_seconds": 86_400,
    "thinks_twice": True,
    "reports_hold_at": 3,
    "age_alert_seconds": 3600,
    "proof_of_work": "under_attack",
    "audit_share": 0.02,
}


def _change(client: TestClient, caller: Caller, **sent: object) -> Any:  # noqa: ANN401 - JSON
    return client.patch("/v1/site", headers=caller.headers, json=sent)


def test_a_new_site_has_every_default(client: TestClient, caller: Caller) -> None:
    read = client.get("/v1/site", headers=caller.headers).json()
    assert {name: read[name] for name in _DEFAULTS} == _DEFAULTS
    assert (read["slug"], read["required_fields"]) == ("news", [])
    assert "insult" in [each["code"] for each in read["reject_reasons"]]


def test_what_is_sent_is_changed_and_the_rest_stays(client: TestClient, caller: Caller) -> None:
    changed = _change(client, caller, edit_window_seconds=0, age_alert_seconds=None).json()
    assert (changed["edit_window_seconds"], changed["age_alert_seconds"]) == (0, None)
    again = _change(client, caller, reports_hold_at=7, name="The News").json()
    assert again == changed | {"reports_hold_at": 7, "name": "The News"}
    assert client.get("/v1/site", headers=caller.headers).json() == again


def test_a_change_of_settings_names_the_key_that_made_it(
    client: TestClient, caller: Caller, database: Database
) -> None:
    _change(client, caller, thinks_twice=False)
    _change(client, caller, thinks_twice=False)
    with database.transaction() as session:
        line, *before = log.newest(session, caller.site.id, limit=10)
    assert [each.kind for each in before] == [ChangeKind.KEY_ISSUED]
    assert line.kind is ChangeKind.SETTINGS_CHANGED
    assert line.changed_by == f"key “test” (parley_{caller.key.split('_')[1]}_…)"
    assert line.details == {"changed": {"thinks_twice": [True, False]}}


def test_an_email_is_required_exactly_where_the_field_is(
    client: TestClient, caller: Caller
) -> None:
    by_field = _change(client, caller, required_fields=["author.email", "language"]).json()
    assert by_field["email"] == "required"
    off = _change(client, caller, email="off").json()
    assert (off["email"], off["required_fields"]) == ("off", ["language"])
    on = _change(client, caller, email="required").json()
    assert on["required_fields"] == ["author.email", "language"]
    # What was chosen before the field was required comes back when it is not any more.
    assert _change(client, caller, required_fields=[]).json()["email"] == "off"


def test_an_email_cannot_be_required_and_not(client: TestClient, caller: Caller) -> None:
    refused = _change(client, caller, required_fields=["author.email"], email="off")
    assert (refused.status_code, refused.json()["code"]) == (422, "site_invalid")
    assert refused.json()["errors"][0]["pointer"] == "/email"
    assert client.get("/v1/site", headers=caller.headers).json()["email"] == "optional"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"edit_window_seconds": 86_401}, "/edit_window_seconds"),
        ({"edit_window_seconds": 1.5}, "/edit_window_seconds"),
        ({"age_alert_seconds": 59}, "/age_alert_seconds"),
        ({"reports_hold_at": 0}, "/reports_hold_at"),
        ({"proof_of_work": "sometimes"}, "/proof_of_work"),
        ({"required_fields": ["shoe_size"]}, "/required_fields/0"),
        ({"url": "news.example"}, "/url"),
        ({"slug": "other"}, "/slug"),
        ({"name": ""}, "/name"),
    ],
)
def test_a_wrong_setting_changes_nothing(
    client: TestClient, caller: Caller, sent: dict[str, object], pointer: str
) -> None:
    before = client.get("/v1/site", headers=caller.headers).json()
    refused = _change(client, caller, thinks_twice=False, **sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert client.get("/v1/site", headers=caller.headers).json() == before


def _reason(**changes: object) -> dict[str, object]:
    return {
        "code": "house",
        "title": "House rules",
        "sentence": "It breaks the rules of the house.",
        "labels": ["insult"],
        "ground": "site_policy",
        **changes,
    }


def test_a_site_has_its_own_reasons_until_it_takes_the_built_in_ones_back(
    client: TestClient, caller: Caller
) -> None:
    own = _change(client, caller, reject_reasons=[_reason()]).json()
    assert own["reject_reasons"] == [_reason()]
    back = _change(client, caller, reject_reasons=[]).json()
    assert back["reject_reasons"][0]["code"] == "insult"


@pytest.mark.parametrize(
    ("reasons", "pointer"),
    [
        ([_reason(code="House rules")], "/reject_reasons/0/code"),
        ([_reason(), _reason()], "/reject_reasons/1/code"),
        ([_reason(title=" ")], "/reject_reasons/0/title"),
        ([_reason(sentence="two\nlines")], "/reject_reasons/0/sentence"),
        ([_reason(labels=["rude"])], "/reject_reasons/0/labels/0"),
    ],
)
def test_a_reason_that_nobody_could_use_is_refused(
    client: TestClient, caller: Caller, reasons: list[object], pointer: str
) -> None:
    refused = _change(client, caller, reject_reasons=reasons)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


def _save(client: TestClient, caller: Caller, language: str, markdown: str) -> Any:  # noqa: ANN401
    path = f"/v1/site/policy-texts/{language}"
    return client.put(path, headers=caller.headers, json={"markdown": markdown})


def test_a_policy_text_is_saved_by_version_and_shown_as_safe_html(
    client: TestClient, caller: Caller
) -> None:
    first = _save(client, caller, "uz-Cyrl", "**Мавзуда** <b>қолинг</b>").json()
    assert (first["version"], first["language"]) == (1, "uz-Cyrl")
    assert first["html"] == "<p><strong>Мавзуда</strong> &lt;b&gt;қолинг&lt;/b&gt;</p>"
    assert _save(client, caller, "uz-Cyrl", "**Мавзуда** <b>қолинг</b>\n").json() == first
    assert _save(client, caller, "uz-Cyrl", "Бошқа").json()["version"] == 2
    assert _save(client, caller, "en", "Be kind.").json()["version"] == 1
    shown = client.get("/v1/site/policy-texts", headers=caller.headers).json()["items"]
    assert [(each["language"], each["version"]) for each in shown] == [("en", 1), ("uz-Cyrl", 2)]
    path = "/v1/site/policy-texts/uz-Cyrl/versions"
    versions = client.get(path, headers=caller.headers).json()["items"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[1] == first


def test_an_empty_policy_text_takes_the_policy_back(client: TestClient, caller: Caller) -> None:
    assert _save(client, caller, "kk", " ").status_code == 204
    _save(client, caller, "kk", "Сыпайы болыңыз.")
    assert _save(client, caller, "kk", "").json()["version"] == 2
    assert client.get("/v1/site/policy-texts", headers=caller.headers).json()["items"] == []
    assert _save(client, caller, "kk", "Сыпайы болыңыз.").json()["version"] == 3


@pytest.mark.parametrize("markdown", ["x" * 20_001, "bell \x07"])
def test_a_policy_text_that_cannot_be_shown_is_refused(
    client: TestClient, caller: Caller, markdown: str
) -> None:
    refused = _save(client, caller, "en", markdown)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/markdown"


def test_another_site_sees_nothing_of_it(
    client: TestClient, caller: Caller, stranger: Caller
) -> None:
    _save(client, caller, "en", "Be kind.")
    assert client.get("/v1/site/policy-texts", headers=stranger.headers).json()["items"] == []
    assert client.get("/v1/site", headers=stranger.headers).json()["slug"] == "elsewhere"


def test_a_key_for_comments_opens_no_settings(
    client: TestClient, database: Database, now: datetime
) -> None:
    caller = a_caller(database, "small", scopes=[Scope.COMMENTS, Scope.CLASSIFY], now=now)
    for refused in (_change(client, caller, name="Mine"), _save(client, caller, "en", "Mine.")):
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        assert "`parley site key SITE --scope manage`" in refused.json()["detail"]
    with database.transaction() as session:
        [line] = log.newest(session, caller.site.id, limit=10)
    assert line.kind is ChangeKind.KEY_ISSUED
