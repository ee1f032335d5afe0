"""What can go wrong with an article."""

from service.errors import Conflict, NotFound


class ArticleNotFound(NotFound):
    code = "article_not_found"
    lines = ("No comment was ever sent for this article: check the id; it is the site's own.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ArticleClosed(Conflict):
    code = "article_closed"
    lines = ("This article takes no more comments.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])
