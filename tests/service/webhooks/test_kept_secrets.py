"""What signs our webhooks is sealed in the database, and outlives a change of our own secret."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from service.sealing import Seal, SealBroken
from service.sites.tables import Site
from service.webhooks import actions, kept_secrets, postbag
from service.webhooks.tables import Endpoint
from tests.factories.sites import a_site
from tests.factories.webhooks import SECRET, an_endpoint, stored_delivery

OLD, NEW = b"the secret of yesterday", b"the secret of today"


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site()
    session.add(site)
    session.flush()
    return site


def _add(session: Session, site: Site, seal: Seal, now: datetime) -> tuple[Endpoint, str]:
    return actions.add_endpoint(session, site, "https://news.example/hook", seal=seal, now=now)


def test_the_database_alone_has_no_secret(session: Session, site: Site, now: datetime) -> None:
    endpoint, secret = _add(session, site, Seal(OLD), now)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in endpoint.secret
    assert kept_secrets.opened(endpoint.secret, Seal(OLD)) == secret
    with pytest.raises(SealBroken):
        kept_secrets.opened(endpoint.secret, Seal(NEW))


def test_what_was_sealed_before_is_read_while_the_secret_before_is_given(
    session: Session, site: Site, now: datetime
) -> None:
    endpoint, secret = _add(session, site, Seal(OLD), now)
    assert kept_secrets.opened(endpoint.secret, Seal(NEW, OLD)) == secret


def test_sealing_all_anew_lets_the_secret_before_go(
    session: Session, site: Site, now: datetime
) -> None:
    endpoint, first = _add(session, site, Seal(OLD), now)
    second = actions.rotate_secret(session, endpoint, seal=Seal(OLD), now=now)
    assert kept_secrets.seal_all(session, Seal(NEW, OLD), plain_only=False) == 1
    stored_delivery(session, endpoint, now=now)
    [due] = postbag.take(session, endpoint.id, now=now, lease=timedelta(minutes=1), limit=1)
    ready = kept_secrets.ready(due, Seal(NEW))
    assert (ready.secret, ready.previous_secret) == (second, first)


def test_a_secret_of_before_they_were_sealed_is_read_and_then_sealed(
    session: Session, site: Site
) -> None:
    endpoint = an_endpoint(site)
    session.add(endpoint)
    session.flush()
    seal = Seal(NEW)
    assert kept_secrets.opened(endpoint.secret, seal) == SECRET
    assert kept_secrets.seal_all(session, seal, plain_only=True) == 1
    assert endpoint.secret != SECRET
    assert kept_secrets.opened(endpoint.secret, seal) == SECRET
    assert kept_secrets.seal_all(session, seal, plain_only=True) == 0


def test_nothing_is_sealed_anew_that_cannot_be_opened(
    session: Session, site: Site, now: datetime
) -> None:
    _add(session, site, Seal(OLD), now)
    with pytest.raises(SealBroken, match="PARLEY_SECRET_PREVIOUS"):
        kept_secrets.seal_all(session, Seal(NEW), plain_only=False)
