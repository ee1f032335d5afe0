"""By which indexes PostgreSQL would answer a statement."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, TextClause, text
from sqlalchemy.orm import Session

_Node = dict[str, Any]


def indexes_of(
    session: Session, statement: Select[*tuple[Any, ...]] | TextClause, **given: object
) -> set[str]:
    """Return the indexes in the statement's plan.

    The tables of a test are small, so reading one from end to end is priced out; where no index
    can serve, it happens all the same.

    Raises:
        AssertionError: a table is read from end to end.
    """
    session.execute(text("SET LOCAL enable_seqscan = off"))
    nodes = list(_nodes(_plan(session, statement, given)))
    assert "Seq Scan" not in {node["Node Type"] for node in nodes}
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def _plan(
    session: Session, statement: Select[*tuple[Any, ...]] | TextClause, given: dict[str, object]
) -> _Node:
    written = (
        statement.text
        if isinstance(statement, TextClause)
        else str(
            statement.compile(session.connection(), compile_kwargs={"literal_binds": True})
        ).replace(":", r"\:")
    )
    [plan] = session.scalars(text(f"EXPLAIN (FORMAT JSON) {written}"), given).one()
    found: _Node = plan["Plan"]
    return found


def _nodes(plan: _Node) -> Iterator[_Node]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
