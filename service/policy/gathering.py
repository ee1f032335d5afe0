"""Gathers the evidence of many comments in a few statements: only what each site's policy asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.articles.tables import Article
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author
from service.comments.tables import Comment
from service.policy import article_modes, copy_counts
from service.policy.evidence import ArticleState, AuthorRecord, CopyCounts, Counted, Evidence
from service.policy.floods import Arrival, FloodCounter
from service.policy.in_force import InForce
from service.policy.sections import Raids, Window
from service.policy.text_evidence import TextEvidence, read_text
from service.policy.throwaway import is_throwaway

# Below this nobody can be sure of a text's language, and words of every language count.
LANGUAGE_IS_SURE = 0.8
_ORDINARY, _PRE_MODERATED = ArticleState(), ArticleState(is_pre_moderated=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """A comment to be ruled on, and what is known of it already."""

    comment_id: UUID
    site_id: UUID
    article_id: UUID
    author_id: UUID
    body: str
    approved: int
    rejected: int
    scores: Mapping[Label, float] | None
    language: Language | None = None
    language_probability: float = 0.0

    @property
    def sure_language(self) -> Language | None:
        return self.language if self.language_probability >= LANGUAGE_IS_SURE else None


@dataclass(frozen=True, slots=True)
class _Row:
    """What the database knows of a comment beside."""

    sent_at: datetime
    reader_network: str | None
    author_external_id: str | None
    author_email: str | None
    article_created_at: datetime


def gather(
    session: Session,
    subjects: Sequence[Subject],
    in_force: Mapping[UUID, InForce],
    *,
    floods: FloodCounter | None,
    now: datetime,
) -> list[Evidence]:
    """Return the evidence of each comment, in order.

    Args:
        session: in which fingerprints are kept and raided articles are pre-moderated.
        subjects: of any sites.
        in_force: what rules on each of these sites.
        floods: where arrivals are counted; None: they are not.
        now: the time.
    """
    sanctions, pre_moderated = _standing(session, subjects, now=now)
    found = {each.comment_id: _known(each, sanctions, pre_moderated) for each in subjects}
    asking = [each for each in subjects if in_force[each.site_id].asks_more]
    if asking:
        rows = _rows(session, asking)
        for site_id in {each.site_id for each in asking}:
            mine = [each for each in asking if each.site_id == site_id]
            site = _Site(session, in_force[site_id], rows, floods, now)
            found |= site.completed(mine, found)
    return [found[each.comment_id] for each in subjects]


def _known(
    subject: Subject, sanctions: Mapping[UUID, SanctionKind], pre_moderated: frozenset[UUID]
) -> Evidence:
    return Evidence(
        scores=subject.scores,
        author=AuthorRecord(
            subject.approved, subject.rejected, sanction=sanctions.get(subject.author_id)
        ),
        language=subject.language,
        language_probability=subject.language_probability,
        article=_PRE_MODERATED if subject.article_id in pre_moderated else _ORDINARY,
    )


def _standing(
    session: Session, subjects: Iterable[Subject], *, now: datetime
) -> tuple[dict[UUID, SanctionKind], frozenset[UUID]]:
    """Return what holds whatever the policy: sanctions by author, pre-moderated articles."""
    asked = {
        "authors": list({each.author_id for each in subjects}),
        "articles": list({each.article_id for each in subjects}),
        "now": now,
    }
    rows = [tuple(row) for row in session.execute(_STANDING, asked)]
    sanctions = {whose: SanctionKind(kind) for whose, kind in rows if kind is not None}
    return sanctions, frozenset(which for which, kind in rows if kind is None)


_STANDING = text("""
    SELECT author_id, kind FROM sanctions
    WHERE author_id = ANY(CAST(:authors AS uuid[])) AND lifted_at IS NULL
        AND (until IS NULL OR until > :now)
    UNION ALL
    SELECT article_id, NULL FROM pre_moderated_articles
    WHERE article_id = ANY(CAST(:articles AS uuid[])) AND (until IS NULL OR until > :now)
""")


def _rows(session: Session, subjects: Sequence[Subject]) -> dict[UUID, _Row]:
    known = (
        select(
            Comment.id,
            Comment.edited_at,
            Comment.created_at,
            Comment.reader_network,
            Author.external_id,
            Author.email,
            Article.created_at.label("article_created_at"),
        )
        .join(Author, Author.id == Comment.author_id)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.id.in_([each.comment_id for each in subjects]))
    )
    return {
        row.id: _Row(
            row.edited_at or row.created_at,
            row.reader_network,
            row.external_id,
            row.email,
            row.article_created_at,
        )
        for row in session.execute(known)
    }


@dataclass(frozen=True, slots=True)
class _Site:
    """Gathers what one site's policy asks about its comments."""

    session: Session
    in_force: InForce
    rows: Mapping[UUID, _Row]
    floods: FloodCounter | None
    now: datetime

    def completed(
        self, subjects: Sequence[Subject], known: Mapping[UUID, Evidence]
    ) -> dict[UUID, Evidence]:
        texts = {each.comment_id: self._text(each) for each in subjects}
        copies = self._copies(subjects, texts)
        arrived = self._arrived(subjects)
        raided = self._raided(subjects)
        rejected = self._recently_rejected(subjects)
        found = {}
        for each in subjects:
            before, row = known[each.comment_id], self.rows[each.comment_id]
            found[each.comment_id] = replace(
                before,
                author=self._author(before.author, row, rejected.get(each.author_id, 0)),
                text=texts[each.comment_id],
                copies=copies.get(each.comment_id, CopyCounts()),
                floods=arrived.get(each.comment_id, {}),
                article=ArticleState(
                    age=max(row.sent_at - row.article_created_at, timedelta(0)),
                    is_pre_moderated=before.article.is_pre_moderated or each.article_id in raided,
                ),
            )
        return found

    def _author(self, record: AuthorRecord, row: _Row, rejected: int) -> AuthorRecord:
        asked = self.in_force.policy.authors
        suspects_email = asked is not None and asked.throwaway_email is not None
        return replace(
            record,
            recent_rejected=rejected,
            has_throwaway_email=bool(
                suspects_email and row.author_email and is_throwaway(row.author_email)
            ),
            is_allowed=row.author_external_id in self.in_force.allowed_authors,
        )

    def _text(self, subject: Subject) -> TextEvidence | None:
        parts = self.in_force.parts
        if not parts:
            return None
        matcher, language = self.in_force.matcher, subject.sure_language
        return read_text(subject.body, language=language, matcher=matcher, parts=parts)

    def _copies(
        self, subjects: Sequence[Subject], texts: Mapping[UUID, TextEvidence | None]
    ) -> dict[UUID, CopyCounts]:
        bounds = self.in_force.policy.copies
        if bounds is None:
            return {}
        written = {}
        for each in subjects:
            read = texts[each.comment_id]
            if read is not None and len(each.body) >= bounds.min_chars:
                written[each.comment_id] = read.fingerprint, self.rows[each.comment_id].sent_at
        return copy_counts.count(self.session, subjects[0].site_id, written, bounds)

    def _arrived(self, subjects: Sequence[Subject]) -> dict[UUID, dict[Counted, int]]:
        bounds = self.in_force.policy.floods
        if bounds is None or self.floods is None:
            return {}
        windows = {
            Counted.AUTHOR: bounds.author,
            Counted.NETWORK: bounds.network,
            Counted.ARTICLE: bounds.article,
        }
        asked: list[tuple[UUID, Counted, Arrival]] = []
        for each in subjects:
            whose = {
                Counted.AUTHOR: str(each.author_id),
                Counted.NETWORK: self.rows[each.comment_id].reader_network,
                Counted.ARTICLE: str(each.article_id),
            }
            for counted, window in windows.items():
                name = whose[counted]
                if window is not None and name is not None:
                    arrival = self._arrival(each, counted, name, window)
                    asked.append((each.comment_id, counted, arrival))
        counts = self.floods.count([arrival for _, _, arrival in asked])
        found: dict[UUID, dict[Counted, int]] = {}
        for (comment_id, counted, _), count in zip(asked, counts, strict=True):
            found.setdefault(comment_id, {})[counted] = count
        return found

    def _arrival(self, subject: Subject, counted: Counted, name: str, window: Window) -> Arrival:
        return Arrival(
            key=f"parley:flood:{subject.site_id}:{counted}:{name}",
            member=str(subject.comment_id),
            at=self.rows[subject.comment_id].sent_at,
            within=timedelta(minutes=window.minutes),
        )

    def _raided(self, subjects: Sequence[Subject]) -> frozenset[UUID]:
        """Return the articles that new authors raid, pre-moderated from this comment on."""
        bounds = self.in_force.policy.raids
        if bounds is None or self.floods is None:
            return frozenset()
        newcomers = [each for each in subjects if each.approved == 0]
        counts = self.floods.count([self._newcomer(each, bounds) for each in newcomers])
        raided = {
            each.article_id: each.site_id
            for each, count in zip(newcomers, counts, strict=True)
            if count > bounds.new_authors
        }
        if raided:
            until = self.now + timedelta(hours=bounds.hours)
            article_modes.raided(self.session, raided, until=until, now=self.now)
        return frozenset(raided)

    def _newcomer(self, subject: Subject, bounds: Raids) -> Arrival:
        return Arrival(
            key=f"parley:raid:{subject.article_id}",
            member=str(subject.author_id),
            at=self.rows[subject.comment_id].sent_at,
            within=timedelta(minutes=bounds.minutes),
        )

    def _recently_rejected(self, subjects: Sequence[Subject]) -> dict[UUID, int]:
        authors = self.in_force.policy.authors
        if authors is None or authors.recent_rejections is None:
            return {}
        ids = list({each.author_id for each in subjects if each.rejected})
        if not ids:
            return {}
        asked = {"ids": ids, "of": authors.recent_rejections.of}
        return {row.id: row.rejected for row in self.session.execute(_RECENT, asked)}


_RECENT = text("""
    SELECT asked.id, (
        SELECT count(*) FILTER (WHERE status = 'rejected') FROM (
            SELECT status FROM comments
            WHERE author_id = asked.id AND status IN ('approved', 'rejected')
            ORDER BY id DESC LIMIT :of
        ) AS last
    ) AS rejected
    FROM unnest(CAST(:ids AS uuid[])) AS asked(id)
""")
