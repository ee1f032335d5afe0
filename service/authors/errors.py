"""What can go wrong with authors."""

from service.errors import Invalid, NotFound


class AuthorNotFound(NotFound):
    code = "author_not_found"
    lines = (
        "This site has no such author.",
        "This site has no author with the id {id}.",
    )

    def __init__(self, external_id: str | None = None) -> None:
        line = self.lines[0] if external_id is None else self.lines[1]
        super().__init__(line.format(id=external_id))


class SanctionMeaningless(Invalid):
    code = "sanction_meaningless"
    lines = ("A suspension has an end: give until, or ban the author.", "until must lie ahead.")


class NoSanction(NotFound):
    code = "sanction_not_found"
    lines = ("No sanction lies on this author.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])
