"""What can go wrong in the comment section."""

from collections.abc import Sequence
from datetime import timedelta

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, RateLimited


class OriginInvalid(Invalid):
    code = "origin_invalid"


class PublicKeyNotFound(NotFound):
    code = "public_key_not_found"

    def __init__(self, text: str) -> None:
        super().__init__(f"The site has no public key {text!r}.")


class PublicKeyNotKnown(NotFound):
    """Says the same of a wrong key as of a revoked one."""

    code = "public_key_not_known"

    def __init__(self) -> None:
        super().__init__(
            "This public key is not known or has been revoked: "
            "`parley site public-key list SITE` shows the right ones."
        )


class OriginNotAllowed(Forbidden):
    code = "origin_not_allowed"

    def __init__(self, origin: str | None) -> None:
        named = "pages of this origin" if origin is None else f"pages of {origin}"
        add = "ORIGIN" if origin is None else origin
        super().__init__(
            f"This public key is not for {named}: add one that is, with "
            f"`parley site public-key add SITE --origin {add}`."
        )


class OriginMissing(Forbidden):
    code = "origin_missing"

    def __init__(self) -> None:
        super().__init__(
            "Calls that change something come from a page's script, whose browser sends `Origin`. "
            "A site's backend uses /v1/comments with its own key."
        )


class TicketInvalid(Invalid):
    code = "ticket_invalid"

    def __init__(self) -> None:
        super().__init__(
            "The form was opened too long ago, or its ticket is not one of ours: "
            "get another from /ticket and send the comment again.",
            fields=(FieldProblem("/ticket", "must be one that was given out not too long ago"),),
        )


class WrittenTooFast(RateLimited):
    code = "written_too_fast"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "The comment came sooner after its form was opened than people write: "
            "send the same again in some seconds.",
            retry_after=wait,
        )


class HoneypotFilled(Invalid):
    """Said, not hidden: whoever's browser filled the field in by itself must not lose a comment."""

    code = "honeypot_filled"

    def __init__(self) -> None:
        super().__init__(
            "The field website is there to be left empty: empty it, and send the comment again.",
            fields=(FieldProblem("/website", "must be empty"),),
        )


class WorkNeeded(Forbidden):
    code = "work_needed"

    def __init__(self) -> None:
        super().__init__(
            "Very many comments arrive just now, so each browser has to work for its own: "
            "get a challenge from /ticket, solve it, and send the comment again."
        )


class WorkWrong(Forbidden):
    code = "work_wrong"

    def __init__(self) -> None:
        super().__init__(
            "The solution does not fit the challenge, or this was used before or is over: "
            "get another challenge from /ticket and solve it."
        )


class ArticleElsewhere(Invalid):
    code = "fields_invalid"

    def __init__(self, origins: Sequence[str]) -> None:
        where = FieldProblem("/article/url", f"must lie on {' or '.join(origins)}")
        super().__init__(f"article.url {where.detail}.", fields=(where,))


class TokenWrong(Forbidden):
    code = "token_wrong"

    def __init__(self) -> None:
        super().__init__(
            "This token is not the comment's: send the one that was given back for it."
        )


class EditWindowOver(Conflict):
    code = "edit_window_over"

    def __init__(self) -> None:
        super().__init__("This comment can no longer be edited.")


class WithdrawWindowOver(Conflict):
    code = "withdraw_window_over"

    def __init__(self) -> None:
        super().__init__("This comment can no longer be withdrawn here.")
