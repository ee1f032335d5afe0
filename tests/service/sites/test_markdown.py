import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sites.markdown import to_html

_TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_SAFE = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6"),
}


def test_a_policy_has_headings_lists_and_links() -> None:
    made = to_html("# Rules\n\n1. No *insults*\n2. [More](https://news.example/rules)")
    assert "<h3>Rules</h3>" in made
    assert "<li>No <em>insults</em></li>" in made
    assert '<a href="https://news.example/rules" rel="noopener noreferrer nofollow">' in made


def test_an_image_is_shown_as_its_description() -> None:
    assert to_html("![our <b>logo</b>](https://a.example/x.png)") == (
        "<p>our &lt;b&gt;logo&lt;/b&gt;</p>"
    )


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        '[x](https://a.example "onmouseover=alert(1)")',
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "<a href='javascript:alert(1)'>x</a>",
        "```html\n<script>alert(1)</script>\n```",
        "`<svg onload=alert(1)>`",
        "<!-- --><script>alert(1)</script><!-- -->",
        "<style>*{display:none}</style>",
        "<math><mtext></mtext><script>alert(1)</script></math>",
    ],
)
def test_nothing_written_runs(markdown: str) -> None:
    made = to_html(markdown)
    for _, name, attributes in _TAG.findall(made):
        assert name in _SAFE
        assert not re.search(r"\bon\w+\s*=", re.sub(r'"[^"]*"', "", attributes))
        assert not re.search(r"href=\"(?!https?:|mailto:)\w+:", attributes)
    assert "<script" not in made


@given(st.text(alphabet="<>&\"'`*_[]()!#-+.:/ \n\tabjsonerv1", max_size=200))
def test_only_the_listed_elements_ever_come_out(markdown: str) -> None:
    made = to_html(markdown)
    assert {name for _, name, _ in _TAG.findall(made)} <= _SAFE
    assert "<" not in _TAG.sub("", made)
