"""`parley model plan` on a real database, as whoever runs the service calls it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.__main__ import app
from service.db import Database
from service.learning import due
from service.learning.errors import PlanInvalid
from tests.service.keys import Caller

pytestmark = pytest.mark.usefixtures("surroundings")


def run(*words: str, sent: str | None = None) -> str:
    result = CliRunner().invoke(app, ["model", "plan", "news", *words], input=sent)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def test_the_plan_that_is_shown_is_edited_and_holds(
    database: Database, caller: Caller, tmp_path: Path
) -> None:
    plan = json.loads(run())
    assert plan["own_model"] is True
    plan |= {"schedule": "0 4 * * 1", "must_pass": ["Salom, dunyo!"]}
    plan["gate"]["group_gap"] = 0.02
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    run("--file", str(file))
    with database.transaction() as session:
        kept = due.plan_of(session, caller.site.id)
    assert (kept.schedule, kept.must_pass) == ("0 4 * * 1", ("Salom, dunyo!",))
    assert kept.gate.limits().group_gap == 0.02
    assert json.loads(run()) == plan


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "The plan is not valid JSON"),
        ('{"schedule": "daily"}', "schedule must be five fields"),
        ('{"gate": {"group_gap": 1}}', "gate/group_gap must be as strict as"),
        ('{"gates": {}}', "gates is not a field"),
    ],
)
@pytest.mark.usefixtures("caller")
def test_what_is_no_plan_is_refused_and_says_what_would_be_right(sent: str, said: str) -> None:
    with pytest.raises(PlanInvalid, match=said):
        run("--file", "-", sent=sent)
