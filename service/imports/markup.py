"""Text of HTML that another system stored: lines kept, tags and entities undone."""

import html
import re

import nh3

_BREAK = re.compile(r"<br\s*/?>\s*|</(?:p|div|li|blockquote)>\s*", re.IGNORECASE)
_MANY_LINES = re.compile(r"\n{3,}")


def text_of_html(markup: str) -> str:
    """Return what a reader saw of it; scripts and styles are gone with their content."""
    broken = _BREAK.sub(lambda found: "\n\n" if found[0].startswith("</") else "\n", markup)
    text = html.unescape(nh3.clean(broken, tags=set()))
    return _MANY_LINES.sub("\n\n", text).strip()
