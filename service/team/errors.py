"""What can go wrong with a team."""

from service.errors import Conflict, Forbidden


class AlreadyMember(Conflict):
    code = "already_member"
    lines = ("This person works on the site already: change the role instead.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class OwnMembership(Conflict):
    code = "own_membership"
    lines = ("Nobody changes the own role, or leaves this way: ask a colleague.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class PasswordLinkElsewhere(Forbidden):
    """A password opens every site that somebody works on, so who answers for all of them makes it.

    The answer does not depend on whose password it is: it would tell who works elsewhere.
    """

    code = "password_link_elsewhere"
    lines = (
        (
            "A link for a new password is made by whoever runs the service: `parley moderator "
            "reset EMAIL`."
        ),
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])
