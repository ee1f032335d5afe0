"""What can go wrong with authors."""

from service.errors import Invalid, NotFound


class AuthorNotFound(NotFound):
    code = "author_not_found"

    def __init__(self, external_id: str | None = None) -> None:
        named = "such author" if external_id is None else f"author with the id {external_id}"
        super().__init__(f"This site has no {named}.")


class SanctionMeaningless(Invalid):
    code = "sanction_meaningless"


class NoSanction(NotFound):
    code = "sanction_not_found"

    def __init__(self) -> None:
        super().__init__("No sanction lies on this author.")
