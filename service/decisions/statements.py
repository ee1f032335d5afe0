"""The statements behind ``actions``: each takes a whole batch, as arrays, in one round trip."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.types import Boolean, TypeEngine

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment, Thread
from service.db import Base
from service.decisions import priority
from service.decisions.tables import Decision


def _rows(
    name: str, given: Mapping[str, ColumnElement[Any]] | None = None, **types: TypeEngine[Any]
) -> CTE:
    """Return rows unnested from one array for each column, bound as ``column_each``.

    ``given`` holds text arrays that come in another way.
    """
    given = given or {}
    bound = {each: bindparam(f"{each}_each", type_=ARRAY(kind)) for each, kind in types.items()}
    arrays = (*bound.values(), *given.values())
    columns = [column(each, kind) for each, kind in types.items()]
    columns += [column(each, String()) for each in given]
    unnested = func.unnest(*arrays).table_valued(*columns).render_derived(name="unnested")
    return select(unnested).cte(name)


_DECIDED_AT: ColumnElement[Any] = bindparam("now", type_=TIMESTAMP(timezone=True))

# Reasons come as one text with a separator that JSON never has: as an array, each of their many
# quotes would be escaped and unescaped, which costs more than all the other columns together.
SEPARATOR = "\x1e"
_reasons = func.string_to_array(bindparam("reasons_joined", type_=String()), SEPARATOR)

_wanted = _rows(
    "wanted",
    {"reasons": _reasons},
    comment_id=Uuid(),
    revision=Integer(),
    public_revision=Integer(),
    current=String(),
    status=String(),
    public_afterwards=Integer(),
    urgency=Double(),
    score_wanted=Boolean(),
    actor=String(),
    moderator_id=Uuid(),
    reason=String(),
    note=String(),
    policy_id=Uuid(),
    score_id=BigInteger(),
    language=String(),
    margin=Double(),
    found_codes=String(),
)
_moved = (
    update(Comment)
    .values(
        status=_wanted.c.status,
        public_revision=_wanted.c.public_afterwards,
        urgency=_wanted.c.urgency,
        priority=priority.stored(_wanted.c.urgency, _wanted.c.status, now=_DECIDED_AT),
        margin=_wanted.c.margin,
        language=_wanted.c.language,
        reason_codes=func.coalesce(
            func.string_to_array(_wanted.c.found_codes, ","), Comment.reason_codes
        ),
        score_wanted=_wanted.c.score_wanted,
        decided_at=case((_wanted.c.status != Status.PENDING.value, _DECIDED_AT)),
    )
    .where(
        Comment.id == _wanted.c.comment_id,
        # What the verdict rested on must still be so: another text or status, and it is void.
        Comment.revision == _wanted.c.revision,
        Comment.status == _wanted.c.current,
        Comment.public_revision.is_not_distinct_from(_wanted.c.public_revision),
    )
    .returning(Comment.id, Comment.external_id, Comment.thread_id)
    .cte("moved")
)
_appended = (
    insert(Decision)
    .from_select(
        [
            *("comment_id", "revision", "status", "actor", "moderator_id", "reason", "reasons"),
            *("note", "policy_id", "score_id", "decided_at"),
        ],
        select(
            _wanted.c.comment_id,
            _wanted.c.revision,
            _wanted.c.status,
            _wanted.c.actor,
            _wanted.c.moderator_id,
            _wanted.c.reason,
            cast(_wanted.c.reasons, JSONB),
            _wanted.c.note,
            _wanted.c.policy_id,
            _wanted.c.score_id,
            _DECIDED_AT,
        ).join_from(_wanted, _moved, _moved.c.id == _wanted.c.comment_id),
        include_defaults=False,
    )
    .cte("appended")
)

# Moves the comments, appends their decisions, and returns which comments moved.
DECIDE = select(_moved.c.id, _moved.c.external_id, _moved.c.thread_id).add_cte(_appended)

_replies = _rows("replies", thread_id=Uuid(), article_id=Uuid(), change=Integer())
# Of the table: with parameters, the mapped class would be inserted in bulk, which knows no SELECT.
_put_threads = insert(Base.metadata.tables[Thread.__tablename__]).from_select(
    ["comment_id", "article_id", "reply_count"],
    # One order for everybody, so that nobody waits in a circle.
    select(_replies.c.thread_id, _replies.c.article_id, _replies.c.change).order_by(
        _replies.c.thread_id
    ),
    include_defaults=False,
)
COUNT_REPLIES = _put_threads.on_conflict_do_update(
    index_elements=[Thread.comment_id],
    set_={"reply_count": Thread.reply_count + _put_threads.excluded.reply_count},
)

_published = _rows("published", article_id=Uuid(), change=Integer())
_articles = (
    select(Article.id)
    .where(Article.id.in_(select(_published.c.article_id)))
    # In the order in which comments are taken in, so that nobody waits in a circle: "C" sorts as
    # Python does.
    .order_by(Article.site_id, Article.external_id.collate("C"))
    .with_for_update(key_share=True)
    .cte("locked")
)
COUNT_PUBLISHED = (
    update(Article)
    .values(
        published_count=Article.published_count + _published.c.change,
        activity=priority.activity_at(_DECIDED_AT) + func.greatest(_published.c.change, 0),
        activity_at=_DECIDED_AT,
    )
    .where(Article.id == _published.c.article_id, Article.id == _articles.c.id)
    .execution_options(synchronize_session=False)
)

_record = _rows("record", author_id=Uuid(), approved=Integer(), rejected=Integer())
_authors = (
    select(Author.id)
    .where(Author.id.in_(select(_record.c.author_id)))
    .order_by(Author.site_id, Author.identity.collate("C"))
    .with_for_update(key_share=True)
    .cte("locked")
)
COUNT_OUTCOMES = (
    update(Author)
    .values(
        approved_count=Author.approved_count + _record.c.approved,
        rejected_count=Author.rejected_count + _record.c.rejected,
    )
    .where(Author.id == _record.c.author_id, Author.id == _authors.c.id)
    .execution_options(synchronize_session=False)
)
