"""What can go wrong with an article."""

from service.errors import Conflict, NotFound


class ArticleNotFound(NotFound):
    code = "article_not_found"

    def __init__(self) -> None:
        super().__init__(
            "No comment was ever sent for this article: check the id; it is the site's own."
        )


class ArticleClosed(Conflict):
    code = "article_closed"

    def __init__(self) -> None:
        super().__init__("This article takes no more comments.")
