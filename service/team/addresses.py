"""Where the one-time links lead."""

from service.settings import Settings

INVITATION = "/review/welcome"
PASSWORD = "/review/password"  # noqa: S105 - a path


def of_invitation(settings: Settings, token: str) -> str:
    return _address(settings, INVITATION, token)


def of_password(settings: Settings, token: str) -> str:
    return _address(settings, PASSWORD, token)


def _address(settings: Settings, path: str, token: str) -> str:
    return f"{settings.web.public_url.rstrip('/')}{path}/{token}"
