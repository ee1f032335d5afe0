"""What can go wrong when texts are scored."""

from service.errors import Invalid


class TextUnfit(Invalid):
    code = "text_unfit"
