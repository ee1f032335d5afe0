"""All slices' tables, registered: import this where the whole schema is needed."""

from service.appeals import tables as appeals
from service.articles import tables as articles
from service.authors import tables as authors
from service.comments import tables as comments
from service.db import Base
from service.decisions import tables as decisions
from service.dialects import tables as dialects
from service.drift import tables as drift
from service.embed import tables as embed
from service.examples import tables as examples
from service.imports import tables as imports
from service.learning import tables as learning
from service.moderators import tables as moderators
from service.policy import tables as policy
from service.quality import tables as quality
from service.registry import tables as registry
from service.reports import tables as reports
from service.review import tables as review
from service.scoring import tables as scoring
from service.sites import tables as sites
from service.webhooks import tables as webhooks

SLICES = (
    sites,
    articles,
    authors,
    moderators,
    comments,
    registry,
    scoring,
    policy,
    webhooks,
    examples,
    decisions,
    reports,
    appeals,
    quality,
    learning,
    review,
    dialects,
    imports,
    drift,
    embed,
)
metadata = Base.metadata
