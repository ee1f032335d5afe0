"""Whoever works on one site neither sees nor guesses anything of another.

Every call for moderators in the API's document is made by the admin of one site with an id of
another's, and with an id of nothing: the answers must be one. That the ids are real is shown by the
other site's own admin, who gets another answer with them.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.appeals import actions as appeals
from service.comments.status import Status
from service.db import Database
from service.examples.origin import Cause
from service.examples.tables import Quarantine
from service.learning.states import Cause as LearningCause
from service.learning.states import RunState
from service.learning.tables import Run
from service.moderators import links, tokens
from service.moderators.rules import TokenScope
from service.moderators.tables import Role
from service.registry import actions as registry
from service.review import actions, notes
from service.review.actions import Wish
from service.sites import actions as sites
from service.sites.reader_language import ReaderLanguage
from tests.factories.published import stored_decided_comment
from tests.factories.registry import offer
from tests.factories.review import Desk, stored_desk, stored_held_comment
from tests.factories.sites import a_site
from tests.service.reports.saying import a_notice

_NOTHING: Final = "01a212e0-0000-7000-8000-000000000000"
_SECRET: Final = "Chingiz’s secret"  # noqa: S105 - words that must not be seen
# What stands in a path beside a site's slug and ids of a site's own.
_NEITHER: Final = {"language": "en"}
_JUDGED: Final = {"status": "approved", "revision": 1}
# What one would do with the thing named; in whole, so that nothing but the id can be wrong.
_BODIES: Final[Mapping[str, object]] = {
    "/outcome": {"outcome": "overturned", "revision": 1},
    "/answer": {"acted": False, "answer": "No."},
    "/decisions": _JUDGED,
    "/escalation": {"note": "Look."},
    "/highlights": {"revision": 1, "start": 0, "end": 4, "label": "insult", "is_right": True},
    "/sanctions": {"kind": "always_hold", "why": "Look."},
    "/notes": {"body": "Look."},
    "/settings": {"reports_hold_at": 9},
    "/policy-texts/{language}": {"markdown": "Mine."},
    "/invitations": {"email": "mine@news.example", "role": "moderator"},
    "/members/{moderator_id}": {"role": "lead"},
    "/tokens": {"name": "Mine", "scopes": ["read"], "expires_at": "2026-12-01T00:00:00Z"},
    "/keys": {"name": "mine", "scopes": ["manage"]},
    "/promote": {"why": "Better."},
    "/plan": {},
}
# What the ids of nothing are, where they are no UUIDs.
_NO_SUCH: Final = {"prefix": "00000000", "number": "999999"}
# Nothing stands in the path, and all sites of one's own are meant: a slug is given here.
_QUERIES: Final[Mapping[str, Mapping[str, str]]] = {
    "/v1/review/search": {"q": "secret"},
    "/v1/review/range": {"low": "0", "high": "1"},
    "/v1/review/comments/{comment_id}/highlights": {
        "revision": "1",
        "start": "0",
        "end": "4",
        "label": "insult",
    },
    "/v1/review/changes": {"since": "2026-11-25T00:00:00Z"},
}
# About oneself, with neither slug nor id; `events` never ends, and is asked of its first line.
_OWN: Final = {"/v1/review/me", "/v1/review/sign-in", "/v1/review/sign-out", "/v1/review/events"}


class Apart(NamedTuple):
    """The admins of two sites, and what is whose: an id by the name of its place in a path."""

    ours: Desk
    theirs: Desk
    ids: Mapping[str, str]


@pytest.fixture
def apart(database: Database, now: datetime) -> Apart:
    with database.transaction() as session:
        ours = stored_desk(session, now=now, slug="border", role=Role.ADMIN)
        site = a_site(slug="elsewhere", name=_SECRET)
        session.add(site)
        session.flush()
        theirs = stored_desk(session, now=now, site=site, role=Role.ADMIN, name="Chingiz")
        member = stored_desk(session, now=now, site=site, name="Colleague").moderator
        held, chosen, noticed = (
            stored_held_comment(session, site, body=_SECRET, now=now) for _ in range(3)
        )
        choice = actions.decide(
            *(session, theirs.moderator, theirs.site_ids, chosen.id),
            Wish(status=Status.APPROVED, revision=1),
            now=now,
            window=timedelta(minutes=1),
        )
        rejected = stored_decided_comment(session, site, Status.REJECTED, now=now)
        appeal = appeals.appeal(
            *(session, rejected, _SECRET),
            language=ReaderLanguage.ENGLISH,
            now=now,
            window=timedelta(days=30),
        )
        notice = a_notice(session, noticed, now, explanation=_SECRET)
        note = notes.about_comment(session, theirs.moderator, held, _SECRET, now=now).note
        invitation, _ = links.invite(
            *(session, site),
            email="secret@elsewhere.example",
            role=Role.MODERATOR,
            by=_SECRET,
            now=now,
            lifetime=timedelta(days=7),
        )
        token, _ = tokens.issue(
            *(session, site),
            name=_SECRET,
            scopes=[TokenScope.READ],
            by=_SECRET,
            now=now,
            expires_at=now + timedelta(days=7),
        )
        key, _ = sites.issue_key(session, site, name=_SECRET, by=_SECRET, now=now)
        run = Run(
            site_id=site.id,
            state=RunState.FAILED,
            cause=LearningCause.PERSON,
            why=_SECRET,
            stages={},
            page=_SECRET,
            card=_SECRET,
            started_at=now,
            beat_at=now,
            ended_at=now,
        )
        quarantine = Quarantine(
            site_id=site.id,
            sender=_SECRET,
            cause=Cause.PATTERN,
            found={},
            examples=1,
            opened_at=now,
        )
        session.add_all([run, quarantine])
        session.flush()
        version = registry.register(session, **offer(), site_id=site.id, now=now)
        found = {
            "comment_id": held.id,
            "author_id": held.author_id,
            "note_id": note.id,
            "decision_id": choice.id,
            "appeal_id": appeal.id,
            "notice_id": notice.id,
            "invitation_id": invitation.id,
            "moderator_id": member.id,
            "token_id": token.id,
            "prefix": key.prefix,
            "run": run.id,
            "quarantine": quarantine.id,
            "number": version.id,
        }
        return Apart(ours, theirs, {name: str(each) for name, each in found.items()})


def _calls(app: FastAPI) -> list[tuple[str, str]]:
    """Return every call that a moderator's session or a program's token opens."""
    return [
        (method, path)
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if any("moderatorToken" in way for way in operation.get("security", ()))
        and path not in _OWN
    ]


def _names(path: str) -> list[str]:
    return [name for name in re.findall(r"{(\w+)}", path) if name not in {"site", *_NEITHER}]


def _body(method: str, path: str) -> object:
    if method in {"get", "delete"}:
        return None
    return next((body for ending, body in _BODIES.items() if path.endswith(ending)), None)


def _ask(
    client: TestClient, desk: Desk, call: tuple[str, str], ids: Mapping[str, str], *, site: str
) -> tuple[int, str]:
    """Make the call, and return its answer without the ids that were sent with it."""
    method, path = call
    named = {name: ids.get(name, _NO_SUCH.get(name, _NOTHING)) for name in _names(path)}
    filled = named | _NEITHER | {"site": site}
    params = {**_QUERIES.get(path, {}), **({} if "{" in path else {"site": site})}
    answer: Any = client.request(
        *(method, path.format(**filled)),
        params=params,
        json=_body(method, path),
        headers=desk.bearer,
    )
    text = str(answer.text)
    for each in (*filled.values(), site):
        text = text.replace(each, "…")
    return answer.status_code, text


def _names_a_site(app: FastAPI, method: str, path: str) -> bool:
    asked = app.openapi()["paths"][path][method].get("parameters", ())
    return any(each["name"] == "site" for each in asked)


def test_every_id_in_a_path_is_one_that_this_test_has(app: FastAPI, apart: Apart) -> None:
    calls = _calls(app)
    assert len(calls) > 45
    assert {name for _, path in calls for name in _names(path)} <= set(apart.ids)


def test_an_id_of_another_site_is_answered_as_an_id_of_nothing(
    client: TestClient, app: FastAPI, apart: Apart
) -> None:
    own = apart.ours.site.slug
    for call in _calls(app):
        if not _names(call[1]):
            continue
        theirs = _ask(client, apart.ours, call, apart.ids, site=own)
        nothing = _ask(client, apart.ours, call, {}, site=own)
        assert theirs == nothing, call
        assert theirs[0] == 404, (call, theirs)
        assert _SECRET not in theirs[1], call


def test_the_name_of_another_site_is_answered_as_the_name_of_nothing(
    client: TestClient, app: FastAPI, apart: Apart
) -> None:
    asked = 0
    for method, path in _calls(app):
        if "{" in path and "{site}" not in path:
            continue
        if (method, path) in _BY_BODY or not _names_a_site(app, method, path):
            continue
        theirs = _ask(client, apart.ours, (method, path), apart.ids, site="elsewhere")
        nothing = _ask(client, apart.ours, (method, path), apart.ids, site="nowhere")
        assert theirs == nothing, (method, path)
        assert theirs[0] == 404, (method, path, theirs)
        asked += 1
    assert asked > 20


# These name nothing in their address: what they are about stands in the body, or they are about
# whatever one has in hand oneself.
_BY_BODY: Final = {
    ("get", "/v1/review/claims"),
    ("put", "/v1/review/claims"),
    ("post", "/v1/review/claims"),
    ("delete", "/v1/review/claims"),
    ("post", "/v1/review/bulk"),
    ("post", "/v1/review/models/runs"),
    ("post", "/v1/review/models/rescorings"),
    ("post", "/v1/review/models/rollback"),
}


def test_what_a_body_names_is_answered_as_if_it_were_not_there(
    client: TestClient, apart: Apart
) -> None:
    def ask(method: str, path: str, body: object) -> tuple[int, str]:
        answer = client.request(method, path, json=body, headers=apart.ours.bearer)
        without_own_id = re.sub(r'^{"id":"[^"]+"', "{", answer.text)
        return answer.status_code, without_own_id

    comment = apart.ids["comment_id"]
    slugs = ("elsewhere", "nowhere")
    by_site: dict[str, dict[str, object]] = {
        "/v1/review/claims": {},
        "/v1/review/models/runs": {},
        "/v1/review/models/rescorings": {"since": "2026-11-01T00:00:00Z"},
        "/v1/review/models/rollback": {"why": "Worse."},
    }
    pairs: list[tuple[str, str, list[object]]] = [
        ("post", path, [{"site": each, **more} for each in slugs]) for path, more in by_site.items()
    ]
    pairs += [
        ("put", "/v1/review/claims", [{"comments": [each]} for each in (comment, _NOTHING)]),
        (
            "post",
            "/v1/review/bulk",
            [
                {"comments": [{"id": each, "revision": 1}], "status": "approved"}
                for each in (comment, _NOTHING)
            ],
        ),
    ]
    for method, path, bodies in pairs:
        theirs, nothing = (ask(method, path, body) for body in bodies)
        hidden = [
            (status, text.replace(comment, "…").replace(_NOTHING, "…"))
            for status, text in (theirs, nothing)
        ]
        hidden = [
            (status, text.replace("elsewhere", "…").replace("nowhere", "…"))
            for status, text in hidden
        ]
        assert hidden[0] == hidden[1], (method, path)
        assert _SECRET not in theirs[1]


def test_what_is_read_of_all_ones_own_sites_has_nothing_of_another(
    client: TestClient, app: FastAPI, apart: Apart
) -> None:
    for method, path in _calls(app):
        if method != "get" or "{" in path:
            continue
        wanted = app.openapi()["paths"][path][method].get("parameters", ())
        params = dict(_QUERIES.get(path, {}))
        if any(each["name"] == "site" and each["required"] for each in wanted):
            params["site"] = apart.ours.site.slug  # read for one site at a time
        answer = client.get(path, params=params, headers=apart.ours.bearer)
        if path != "/v1/review/models/shadow":  # there is none
            assert answer.status_code == 200, (path, answer.text)
        uuids = [each for each in apart.ids.values() if len(each) == len(_NOTHING)]
        for word in (_SECRET, "Chingiz", "elsewhere", *uuids):
            assert word not in answer.text, path


def test_the_ids_are_real_and_open_something_to_whom_they_belong(
    client: TestClient, app: FastAPI, apart: Apart
) -> None:
    """Else the tests above would compare nothing with nothing."""
    theirs = apart.theirs.site.slug
    opened: dict[str, set[int]] = {name: set() for name in apart.ids}
    # What takes a thing away comes last.
    for call in sorted(_calls(app), key=lambda each: each[0] == "delete"):
        names = _names(call[1])
        if names:
            status, _ = _ask(client, apart.theirs, call, apart.ids, site=theirs)
            opened[names[-1]].add(status)
    assert all(status != 404 for name in ("comment_id", "author_id") for status in opened[name])
    assert [name for name, statuses in opened.items() if not statuses - {404}] == []
