"""What a page that lists articles wants to know of each."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from service.articles import queries
from service.articles.schemas import CountOut, CountsIn, CountsOut, ExternalId
from service.request import Transaction
from service.sites.auth import CurrentSite
from service.sites.tables import Site

router = APIRouter(prefix="/v1/articles", tags=["articles"])

_IDS_IN_ADDRESS = 100


@router.get("/counts", summary="Count published comments")
def count_comments(
    ids: Annotated[
        list[ExternalId],
        Query(
            min_length=1,
            max_length=_IDS_IN_ADDRESS,
            description="The site's own ids: `?ids=a&ids=b`. For more, use POST.",
        ),
    ],
    session: Transaction,
    site: CurrentSite,
) -> CountsOut:
    """Answer for each article how many of its comments readers see."""
    return _counts(session, site, ids)


@router.post("/counts", summary="Count published comments of many articles")
def count_comments_of_many(sent: CountsIn, session: Transaction, site: CurrentSite) -> CountsOut:
    """Answer as GET does, for up to 1000 articles."""
    return _counts(session, site, sent.ids)


def _counts(session: Session, site: Site, ids: Sequence[str]) -> CountsOut:
    known = queries.by_external_ids(session, site.id, ids)
    return CountsOut(items=[CountOut.of(each, known.get(each)) for each in ids])
