"""A site's own text, written in Markdown, as HTML that can do no harm. Pure.

Two guards, of which each would do: the parser takes HTML in the text for text, and what it makes
is cleaned down to a short list of elements.

Source: CommonMark, through markdown-it-py; the ammonia sanitizer, through nh3.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

MARKDOWN_MAX_CHARS: Final = 20_000
_ELEMENTS: Final = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto"}
_REL: Final = "noopener noreferrer nofollow"
# The text stands inside a page that has its own title and headings.
_HEADINGS: Final = {"h1": "h3", "h2": "h4", "h3": "h5"}


def to_html(markdown: str) -> str:
    """Return safe HTML: paragraphs, lists, quotations, emphasis, links, headings from the third on.

    Of an image its description is shown; HTML is shown as the text that it is.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = _HEADINGS.get(token.tag, "h6")
    made = str(parser.renderer.render(tokens, parser.options, {}))
    return nh3.clean(
        made, tags=_ELEMENTS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL
    ).strip()


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("image", _description)
    return parser


def _description(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, _: object
) -> str:
    return nh3.clean_text(renderer.renderInlineAsText(tokens[index].children, options, {}))
