"""What can go wrong with a comment."""

from uuid import UUID

from service.errors import Conflict, FieldProblem, Invalid, NotFound


class CommentNotFound(NotFound):
    code = "comment_not_found"
    lines = ("There is no comment {id} on this site.",)

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(self.lines[0].format(id=comment_id))


class ExternalIdTaken(Conflict):
    code = "external_id_taken"

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(
            "Another comment was sent under this external_id before: "
            f"{comment_id}. Send another id, or edit that comment with PUT.",
            fields=(FieldProblem("/external_id", "belongs to another comment"),),
        )


class BodyEmpty(Invalid):
    code = "body_empty"

    def __init__(self) -> None:
        super().__init__(
            "The body shows nothing: write at least one visible character.",
            fields=(FieldProblem("/body", "must not be empty or blank"),),
        )


class BodyTooLong(Invalid):
    code = "body_too_long"

    def __init__(self, chars: int, max_chars: int) -> None:
        super().__init__(
            f"The body has {chars} characters, and at most {max_chars} are allowed: "
            f"shorten it by {chars - max_chars}.",
            fields=(FieldProblem("/body", f"has {chars} characters, at most {max_chars} allowed"),),
        )


class BodyHasUnfitCharacter(Invalid):
    code = "body_has_unfit_character"

    def __init__(self, character: str) -> None:
        super().__init__(
            f"The body has the character {character}, which cannot be shown: take it out. "
            "Of control characters only the tab and line ends are allowed.",
            fields=(FieldProblem("/body", f"must not have {character}"),),
        )


class FieldRequired(Invalid):
    code = "field_required"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"This site requires {name}: send it.",
            fields=(FieldProblem("/" + name.replace(".", "/"), "is required by this site"),),
        )


class _ParentInvalid(Invalid):
    def __init__(self, detail: str) -> None:
        super().__init__(detail, fields=(FieldProblem("/parent_id", "is not a parent for this"),))


class ParentNotFound(_ParentInvalid):
    code = "parent_not_found"

    def __init__(self) -> None:
        super().__init__("There is no comment parent_id on this site: send the id we gave.")


class ParentElsewhere(_ParentInvalid):
    code = "parent_elsewhere"

    def __init__(self) -> None:
        super().__init__(
            "The comment parent_id stands under another article: reply under its own article."
        )


class ParentWithdrawn(_ParentInvalid):
    code = "parent_withdrawn"

    def __init__(self) -> None:
        super().__init__("The comment parent_id is withdrawn: nobody can reply to it any more.")
