"""`parley reseal`: after PARLEY_SECRET was changed, what is sealed is sealed under the new one."""

from service.cli.administration import seal, transaction
from service.cli.entry import console
from service.dialects import resealing
from service.webhooks import kept_secrets


def reseal() -> None:
    """Seal what is kept under the secret of today, so that the one before can be forgotten.

    Change PARLEY_SECRET and give the old one as PARLEY_SECRET_PREVIOUS; start everything again; run
    this; then take PARLEY_SECRET_PREVIOUS away.
    """
    ours = seal()
    with transaction() as session:
        count = kept_secrets.seal_all(session, ours, plain_only=False)
        count += resealing.reseal(session, ours)
    console.print(f"Sealed {count} secrets: PARLEY_SECRET_PREVIOUS can go.")
