"""What rules on each site now, ready to rule: read once for each version, kept while it is used."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.policy import queries, solutions
from service.policy.document import PolicyDocument
from service.policy.matchers import Matchers
from service.policy.operating_points import Solved
from service.policy.rules import Policy
from service.policy.tables import Policy as Saved
from service.policy.text_evidence import Part
from service.policy.words import Matcher, compile_list

_KEPT = 256
_MATCHERS = Matchers()


@dataclass(frozen=True)
class InForce:
    """A version that rules, as ``rules.rule`` and those who gather evidence need it.

    ``unsolved``: it has operating points that were not worked out for the model version yet.
    """

    policy_id: UUID | None
    version: int
    document: PolicyDocument
    policy: Policy
    unsolved: bool = False

    @cached_property
    def allowed_authors(self) -> frozenset[str]:
        return frozenset(self.document.allow.authors)

    @cached_property
    def parts(self) -> Part:
        """What has to be read of a text."""
        style = self.policy.style
        asked = Part.NOTHING
        for part, is_asked in (
            (Part.WORDS, not self.document.words.is_empty),
            (Part.LINKS, self.policy.links is not None),
            (Part.CONTACTS, self.policy.contacts is not None),
            (Part.CAPITALS, style is not None and style.capitals is not None),
            (Part.LONGEST_RUN, style is not None and style.longest_run is not None),
            (Part.REPETITION, style is not None and style.repetition is not None),
            (Part.FINGERPRINT, self.policy.copies is not None),
        ):
            if is_asked:
                asked |= part
        return asked

    @cached_property
    def asks_more(self) -> bool:
        """Whether more has to be known than scores, counts, sanctions and the article's mode."""
        policy = self.policy
        asked = (policy.floods, policy.raids, policy.authors, policy.articles)
        return bool(self.parts) or any(asked) or bool(self.allowed_authors)

    @property
    def matcher(self) -> Matcher | None:
        """The compiled word lists, kept by version; None without any."""
        if self.document.words.is_empty:
            return None
        if self.policy_id is None:
            return self._own_matcher
        return _MATCHERS.of(self.policy_id, lambda: self.document.words.entries)

    @cached_property
    def _own_matcher(self) -> Matcher:
        """Of a draft, which has no version to keep it by."""
        return compile_list(self.document.words.entries)


def draft(document: PolicyDocument, solved: Sequence[Solved]) -> InForce:
    """Return what a document that nobody saved would rule."""
    return InForce(None, 0, document, document.policy(solutions.by_language(solved)))


class _Kept:
    """Versions read before. A version never changes, so nothing here grows stale."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, int | None], InForce] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[UUID, int | None]) -> InForce | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[UUID, int | None], ready: InForce) -> None:
        with self._lock:
            self._kept[key] = ready
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


_KEPT_VERSIONS = _Kept()


def by_site(
    session: Session, site_ids: Collection[UUID], *, model_version_id: int | None
) -> dict[UUID, InForce]:
    """Return what rules on each of the sites, by scores of this model version.

    ``model_version_id`` is None where no score could be had: operating points then do not matter.
    """
    newest = (
        select(Saved.site_id, Saved.id)
        .ext(distinct_on(Saved.site_id))
        .where(Saved.site_id.in_(site_ids))
        .order_by(Saved.site_id, Saved.version.desc())
    )
    found = {
        site_id: _ready(session, policy_id, model_version_id)
        for site_id, policy_id in session.execute(newest)
    }
    if len(found) < len(set(site_ids)):
        # Of the very version that has scored: another may be promoted at this moment.
        built_in = queries.built_in(session, model_version_id)
        default = InForce(None, built_in.version, built_in.document, built_in.document.policy())
        found |= {site_id: default for site_id in site_ids if site_id not in found}
    return found


def _ready(session: Session, policy_id: UUID, model_version_id: int | None) -> InForce:
    key = (policy_id, model_version_id)
    kept = _KEPT_VERSIONS.get(key)
    if kept is None:
        kept = _read(session, policy_id, model_version_id)
        if not kept.unsolved:
            _KEPT_VERSIONS.put(key, kept)
    return kept


def _read(session: Session, policy_id: UUID, model_version_id: int | None) -> InForce:
    saved = session.get_one(Saved, policy_id)
    document = PolicyDocument.model_validate(saved.document)
    limits = None
    unsolved = bool(document.operating_points) and model_version_id is not None
    if unsolved:
        assert model_version_id is not None  # noqa: S101 - said above
        solved = solutions.stored(session, policy_id, model_version_id)
        if solved is not None:
            limits, unsolved = solutions.by_language(solved), False
    return InForce(policy_id, saved.version, document, document.policy(limits), unsolved)
