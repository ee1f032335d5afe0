from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.db import Database
from service.policy import actions, queries
from service.policy.document import PolicyDocument, ThresholdDocument, Thresholds
from service.policy.errors import PolicyVersionNotFound
from service.policy.queries import PolicyVersion
from service.policy.rules import Degradation, Threshold
from service.policy.tables import Policy
from service.registry import actions as registry
from service.sites.tables import Site
from tests.factories.registry import offer
from tests.factories.sites import a_site


def a_document(*, reject: float = 0.97) -> PolicyDocument:
    return PolicyDocument(thresholds=Thresholds.same_for_all(hold=0.3, reject=reject))


def save(session: Session, site: Site, document: PolicyDocument, now: datetime) -> PolicyVersion:
    return actions.save(session, site.id, document, note="a try", saved_by="site", now=now)


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site()
    session.add(site)
    session.flush()
    return site


def test_a_site_starts_with_the_built_in_policy(session: Session, site: Site) -> None:
    built_in = queries.current(session, site.id)
    assert (built_in.id, built_in.version) == (None, 0)
    assert built_in.document.degradation is Degradation.HOLD
    insult = built_in.document.thresholds.insult
    assert insult is not None
    assert (insult.hold, insult.reject) == (queries.BUILT_IN_HOLD, queries.BUILT_IN_REJECT)


def test_the_built_in_policy_takes_the_live_versions_advice(
    session: Session, site: Site, now: datetime
) -> None:
    info = {"training": {"thresholds": {"insult": {"hold": 0.22, "reject": 0.88}}}}
    registry.ensure_champion(session, **offer(info=info), now=now)
    policy = queries.current(session, site.id).document.policy()
    assert [(t.label, t.hold, t.reject) for t in policy.thresholds] == [(Label.INSULT, 0.22, 0.88)]
    assert policy.of_language == {}


def test_the_built_in_policy_takes_the_advice_for_each_language(
    session: Session, site: Site, now: datetime
) -> None:
    own = {"ru": {"hold": 0.4, "reject": None}}
    advice = {"insult": {"hold": 0.22, "reject": 0.88, "languages": own}}
    info = {"training": {"thresholds": advice}}
    registry.ensure_champion(session, **offer(info=info), now=now)
    policy = queries.current(session, site.id).document.policy()
    assert policy.of_language == {Language.RUSSIAN: (Threshold(Label.INSULT, hold=0.4),)}


def test_advice_that_cannot_be_read_is_not_taken(
    session: Session, site: Site, now: datetime
) -> None:
    info = {"training": {"thresholds": {"insult": {"hold": 7}}}}
    registry.ensure_champion(session, **offer(info=info), now=now)
    assert queries.current(session, site.id) == queries.built_in(session)
    assert len(queries.current(session, site.id).document.policy().thresholds) == len(Label)


def test_the_newest_version_rules_and_the_older_ones_stay(
    session: Session, site: Site, now: datetime
) -> None:
    first = save(session, site, a_document(reject=0.9), now)
    second = save(session, site, a_document(reject=0.8), now)
    assert (first.version, second.version) == (1, 2)
    assert queries.current(session, site.id) == second
    told = queries.history(session, site.id, after=None, limit=10)
    assert [(each.version, each.note, each.saved_by) for each in told] == [
        (2, "a try", "site"),
        (1, "a try", "site"),
    ]
    assert queries.version(session, site.id, 1) == first


def test_each_version_says_what_was_changed(session: Session, site: Site, now: datetime) -> None:
    document = PolicyDocument(thresholds=Thresholds(spam=ThresholdDocument(hold=0.5)))
    save(session, site, document, now)
    changed = document.model_copy(
        update={"thresholds": Thresholds(spam=ThresholdDocument(hold=0.4, reject=0.9))}
    )
    assert save(session, site, changed, now).changes == (
        "Spam: held from 0.4 and rejected from 0.9; it was held from 0.5.",
    )


def test_an_old_version_is_restored_as_a_new_one(
    session: Session, site: Site, now: datetime
) -> None:
    first = save(session, site, a_document(reject=0.9), now)
    save(session, site, a_document(reject=0.8), now)
    third = actions.restore(session, site.id, 1, note="back", saved_by="site", now=now)
    assert (third.version, third.document) == (3, first.document)
    with pytest.raises(PolicyVersionNotFound):
        actions.restore(session, site.id, 9, note="back", saved_by="site", now=now)


def test_the_built_in_policy_comes_back_as_the_sites_own_model_advises_it(
    session: Session, site: Site, now: datetime
) -> None:
    shared, advice = ({"training": {"thresholds": {"spam": {"hold": at}}}} for at in (0.2, 0.6))
    registry.ensure_champion(session, **offer(info=shared), now=now)
    own = registry.register(session, **offer(b"own", info=advice), site_id=site.id, now=now)
    registry.promote(session, own, now=now)
    built_in = queries.current(session, site.id)
    save(session, site, a_document(), now)
    again = actions.restore(session, site.id, 0, note="back", saved_by="site", now=now)
    assert again.document == built_in.document
    assert again.document.policy().thresholds == (Threshold(Label.SPAM, hold=0.6),)


def test_documents_of_earlier_releases_are_read_as_they_were_meant(
    session: Session, site: Site, now: datetime
) -> None:
    document = {
        "thresholds": {label.value: None for label in Label}
        | {"spam": {"hold": 0.5, "reject": None}},
        "mode": "post_moderation",
        "degradation": "hold",
        "trusted_from": 5,
    }
    session.add(
        Policy(site_id=site.id, version=1, document=document, note="n", saved_by="s", saved_at=now)
    )
    session.flush()
    assert (
        queries.current(session, site.id).document.policy()
        == PolicyDocument(thresholds=Thresholds(spam=ThresholdDocument(hold=0.5))).policy()
    )


def test_saving_what_rules_already_makes_no_version(
    session: Session, site: Site, now: datetime
) -> None:
    assert save(session, site, a_document(), now) == save(session, site, a_document(), now)


def test_an_old_document_saved_again_is_a_new_version(
    session: Session, site: Site, now: datetime
) -> None:
    for reject in (0.9, 0.8, 0.9):
        newest = save(session, site, a_document(reject=reject), now)
    assert newest.version == 3


def test_each_site_is_ruled_by_its_own(session: Session, site: Site, now: datetime) -> None:
    other = a_site()
    session.add(other)
    session.flush()
    saved = save(session, site, a_document(), now)
    found = queries.current_by_site(session, [site.id, other.id])
    assert found == {site.id: saved, other.id: queries.built_in(session)}


def test_saving_at_once_gives_every_version_its_own_number(
    database: Database, now: datetime
) -> None:
    site = a_site()
    with database.transaction() as session:
        session.add(site)

    def save_one(number: int) -> None:
        with database.transaction() as own:
            save(own, site, a_document(reject=0.5 + number / 100), now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save_one, range(16)))
    with database.transaction() as session:
        versions = session.scalars(select(Policy.version).order_by(Policy.version)).all()
    assert versions == list(range(1, 17))
