"""What crosses HTTP of one comment's evidence."""

from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, Field

from ml.labels import Label, Language
from ml.thresholds import Automatic
from service.comments.status import Status
from service.decisions.tables import Actor
from service.moderators.queries import SignedIn
from service.policy.word_entries import Kind
from service.policy.words import Match
from service.review.author_schemas import AuthorRecordOut, MentionOut, NoteOut
from service.review.evidence import Evidence
from service.review.queue_names import Queue
from service.review.schemas import CardOut, SentenceOut
from service.review.tables import ChoiceState
from service.sites.markdown import to_html
from service.sites.tables import SiteText


class StepOut(BaseModel):
    """One step of a comment's way; ``state`` is `recorded` for what counts."""

    at: datetime
    status: Status
    revision: int
    actor: Actor
    by: str = Field(description="A moderator's name, or what else decided.")
    state: ChoiceState
    reason: str = Field(description="The code of the rule, or of the moderator's reason.")
    reasons: list[SentenceOut]
    note: str | None
    is_bulk: bool
    queue: Queue | None = Field(
        description="Where a moderator chose it. In `audit` it is a second opinion, no decision."
    )
    decision_id: int | None
    policy_version: int | None
    model_version: str | None


class BasisOut(BaseModel):
    """What a threshold rests on."""

    automatic: Automatic
    share: float = Field(description="Which the site asked for, in [0, 1].", examples=[0.97])
    sentence: str


class LabelScoreOut(BaseModel):
    label: Label
    score: float | None
    hold: float | None = Field(description="Held from here on, in the text's language.")
    reject: float | None = Field(description="Rejected from here on, in the text's language.")
    basis: list[BasisOut] = Field(
        description="What the site's operating points rest on; empty for thresholds given as "
        "numbers."
    )


class WordOut(BaseModel):
    """A word of the site's lists, found in the text."""

    start: int = Field(description="In code points, from the text's beginning.")
    end: int = Field(description="The first code point that no longer belongs to it.")
    as_written: str
    word: str = Field(description="As it stands in the list.")
    kind: Kind
    language: Language | None
    note: str

    @classmethod
    def of(cls, match: Match) -> Self:
        entry = match.entry
        return cls(
            start=match.start,
            end=match.end,
            as_written=match.as_written,
            word=entry.word,
            kind=entry.kind,
            language=entry.language,
            note=entry.note,
        )


class ArticleAroundOut(BaseModel):
    id: str = Field(description="The site's own id.")
    title: str
    url: str
    is_open: bool = Field(description="Whether it takes new comments.")
    is_pre_moderated: bool = Field(description="Whether a person sees each comment first.")
    published: int = Field(description="How many of its comments readers see.")


class SitePolicyOut(BaseModel):
    """The comment policy that readers are shown."""

    language: str
    version: int
    html: str = Field(description="Safe to insert into a page.")

    @classmethod
    def of(cls, text: SiteText) -> Self:
        return cls(language=text.language, version=text.version, html=to_html(text.markdown))


class RevisionOut(BaseModel):
    number: int
    body: str
    written_at: datetime


class EvidenceOut(BaseModel):
    card: CardOut
    scores: list[LabelScoreOut]
    words: list[WordOut] = Field(description="Words of the site's lists in the text.")
    policy_version: int = Field(description="Of the policy that rules now.")
    article: ArticleAroundOut
    site_policy: SitePolicyOut | None
    ancestors: list[MentionOut] = Field(description="What it replies to, the nearest one last.")
    siblings: list[MentionOut] = Field(
        description="What readers see beside it: replies to the same comment, or the other "
        "comments at the top; the nearest in time."
    )
    replies: list[MentionOut]
    author: AuthorRecordOut
    notes: list[NoteOut] = Field(description="What colleagues noted about it, newest first.")
    revisions: list[RevisionOut] = Field(description="Texts that edits have replaced.")
    trail: list[StepOut]

    @classmethod
    def of(cls, found: Evidence, card: CardOut, who: SignedIn) -> Self:
        whole = cls._whole(found, card, who)
        return whole.model_copy(update=_UNSEEN) if card.is_blind else whole

    @classmethod
    def _whole(cls, found: Evidence, card: CardOut, who: SignedIn) -> Self:
        article = found.article
        return cls(
            card=card,
            scores=[LabelScoreOut.model_validate(x, from_attributes=True) for x in found.scores],
            words=[WordOut.of(each) for each in found.words],
            policy_version=found.policy_version,
            article=ArticleAroundOut(
                id=article.external_id,
                title=article.title,
                url=article.url,
                is_open=article.is_open,
                is_pre_moderated=found.is_pre_moderated,
                published=article.published_count,
            ),
            site_policy=None if found.site_policy is None else SitePolicyOut.of(found.site_policy),
            ancestors=[MentionOut.of(each) for each in found.ancestors],
            siblings=[MentionOut.of(each) for each in found.siblings],
            replies=[MentionOut.of(each) for each in found.replies],
            author=AuthorRecordOut.of(found.author, who),
            notes=[NoteOut.of(each, who) for each in found.notes],
            revisions=[
                RevisionOut.model_validate(each, from_attributes=True) for each in found.revisions
            ],
            trail=[StepOut.model_validate(each, from_attributes=True) for each in found.trail],
        )


# What somebody who is to judge the text by itself must not see of it.
_UNSEEN: Final[dict[str, Any]] = {"scores": [], "words": [], "notes": [], "trail": []}
