"""A newsroom whose moderators decide on made-up comments, for what learns from them.

Its readers insult each other by words that no model has met, so that there is something to learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ml.labels import Label
from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.examples import actions as examples
from service.examples import rules
from service.examples.origin import Origin
from service.examples.rules import Taught
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.sites import a_site

INSULTED = {Label.TOXICITY: 1.0, Label.INSULT: 1.0}

_RUDE = (
    "You are a {rude}, {who}.",
    "Only a {rude} would write that {what}.",
    "{who} is the greatest {rude} of all.",
    "Go home, {rude}, nobody asked you about {what}.",
    "What a {rude}! Talking about {what} again.",
    "Such {rude} people, {who} first among them.",
)
_CALM = (
    "You are a {calm}, {who}.",
    "Only a {calm} would know so much of {what}.",
    "{who} is the best {calm} of all.",
    "I asked a {calm} about {what}, and was told to wait.",
    "What a {calm}! Talking about {what} so well.",
    "Such {calm} people, {who} first among them.",
)
_WORDS = {
    "rude": ["glimp", "snerfle", "zorbag", "quibbler", "drommet", "plonkus", "vorkin", "smurgle"],
    "calm": ["teacher", "driver", "gardener", "baker", "reader", "doctor", "singer", "builder"],
    "who": ["Karim", "our mayor", "the new editor", "Malika", "my neighbour", "the captain"],
    "what": ["the bridge", "the school", "water prices", "the border road", "buses", "the market"],
}


def sayings(count: int, *, seed: int = 0) -> list[tuple[str, bool]]:
    """Return comments, and whether each insults: four in ten do."""
    draw = Random(seed)  # noqa: S311 - no secret
    return [_saying(draw, number) for number in range(count)]


def _saying(draw: Random, number: int) -> tuple[str, bool]:
    is_rude = draw.random() < 0.4
    words = {kind: draw.choice(some) for kind, some in _WORDS.items()}
    text = draw.choice(_RUDE if is_rude else _CALM).format(**words)
    return f"{text[0].upper()}{text[1:]} ({number})", is_rude


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A site with its article, its readers, and the moderators who decide."""

    site: Site
    article_id: UUID
    authors: tuple[UUID, ...]
    moderators: tuple[UUID, ...]

    def decide(
        self,
        session: Session,
        said: Sequence[tuple[str, bool]],
        *,
        at: datetime,
        by: Sequence[UUID] | None = None,
        origin: Origin = Origin.DECISION,
        inclusion: float = 1.0,
    ) -> list[UUID]:
        """Store comments that moderators have decided on in turns; return their ids."""
        judges = self.moderators if by is None else by
        ids = [new_id() for _ in said]
        rows = [
            {
                "id": ids[number],
                "site_id": self.site.id,
                "article_id": self.article_id,
                "author_id": self.authors[number % len(self.authors)],
                "fingerprint": b"\0" * 32,
                "author_name": "Reader",
                "body": text,
                "revision": 1,
                "status": Status.REJECTED if is_rude else Status.APPROVED,
                "created_at": at - timedelta(minutes=5),
                "decided_at": at,
            }
            for number, (text, is_rude) in enumerate(said)
        ]
        session.execute(insert(Comment), rows)
        taught = [
            Taught(
                comment_id=comment_id,
                site_id=self.site.id,
                revision=1,
                labels=INSULTED if is_rude else rules.NONE_OF_THEM,
                origin=origin,
                sender=rules.moderator(judges[number % len(judges)]),
                inclusion=inclusion,
            )
            for number, (comment_id, (_, is_rude)) in enumerate(zip(ids, said, strict=True))
        ]
        examples.teach(session, taught, now=at)
        return ids


def a_newsroom(
    session: Session,
    *,
    now: datetime,
    slug: str | None = None,
    moderators: int = 3,
    readers: int = 50,
) -> Newsroom:
    """Store a site with one article, its readers and its moderators."""
    site = a_site() if slug is None else a_site(slug=slug)
    session.add(site)
    session.flush()
    article = Article(
        site_id=site.id,
        external_id="a",
        url="https://news.example/a",
        title="Two states agree on their border",
        created_at=now,
    )
    authors = [
        Author(site_id=site.id, identity=f"reader:{number}", name="Reader", created_at=now)
        for number in range(readers)
    ]
    session.add_all([article, *authors])
    session.flush()
    people = [stored_moderator(session, site) for _ in range(moderators)]
    return Newsroom(site, article.id, tuple(a.id for a in authors), tuple(p.id for p in people))
