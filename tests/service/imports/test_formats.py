"""Each form of export is read to the same rows, and what is wrong is said with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ml.labels import Label
from service.imports.disqus import read_disqus
from service.imports.errors import FormatUnknown
from service.imports.formats import Format, format_of
from service.imports.markup import text_of_html
from service.imports.plain import read_csv, read_ndjson
from service.imports.rows import Past, Problem, Row
from service.imports.wordpress import read_wordpress

DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="7"><id>news-1</id><link>https://news.example/1</link><title>Border</title></thread>
<post dsq:id="100"><id /><message><![CDATA[<p>First &amp; best</p><p>Two</p>]]></message>
<createdAt>2020-02-03T04:05:06Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><name>Aziza</name><isAnonymous>false</isAnonymous><username>aziza</username></author>
<thread dsq:id="7" /></post>
<post dsq:id="101"><message>Buy now</message><createdAt>2020-02-03T05:00:00Z</createdAt>
<isDeleted>false</isDeleted><isSpam>true</isSpam><author><name>Bot</name></author>
<thread dsq:id="7" /><parent dsq:id="100" /></post>
<post dsq:id="102"><message>gone</message><createdAt>2020-02-03T05:00:00Z</createdAt>
<isDeleted>true</isDeleted><isSpam>false</isSpam><thread dsq:id="7" /></post>
</disqus>"""

WORDPRESS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>
<title>Border</title><link>https://blog.example/?p=5</link><wp:post_id>5</wp:post_id>
<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_author><![CDATA[Aziza]]></wp:comment_author>
<wp:comment_author_email>a@news.example</wp:comment_author_email>
<wp:comment_date_gmt>2021-01-02 03:04:05</wp:comment_date_gmt>
<wp:comment_content><![CDATA[Hello<br />there]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>0</wp:comment_parent><wp:comment_user_id>3</wp:comment_user_id></wp:comment>
<wp:comment><wp:comment_id>10</wp:comment_id><wp:comment_author>Bot</wp:comment_author>
<wp:comment_date_gmt>2021-01-02 03:05:05</wp:comment_date_gmt>
<wp:comment_content>pills</wp:comment_content><wp:comment_approved>spam</wp:comment_approved>
<wp:comment_parent>9</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>
<wp:comment><wp:comment_id>11</wp:comment_id><wp:comment_approved>1</wp:comment_approved>
<wp:comment_type>pingback</wp:comment_type></wp:comment>
<wp:comment><wp:comment_id>12</wp:comment_id><wp:comment_approved>trash</wp:comment_approved>
</wp:comment></item></channel></rss>"""


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_posts_of_disqus_keep_thread_parent_and_fate(tmp_path: Path) -> None:
    first, spam, gone = read_disqus(_file(tmp_path, "export.xml", DISQUS))
    assert isinstance(first, Row)
    assert (first.external_id, first.article_id, first.article_url, first.article_title) == (
        *("100", "news-1", "https://news.example/1"),
        "Border",
    )
    assert (first.body, first.author_id, first.past) == (
        "First & best\n\nTwo",
        "aziza",
        Past.APPROVED,
    )
    assert first.created_at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert isinstance(spam, Row)
    assert (spam.parent_id, spam.past, spam.labels) == ("100", Past.REJECTED, {Label.SPAM: 1.0})
    assert gone == Problem("post 3", "was deleted there, so it is left out")


def test_comments_of_wordpress_keep_item_parent_and_fate(tmp_path: Path) -> None:
    first, spam, ping, trash = read_wordpress(_file(tmp_path, "blog.xml", WORDPRESS))
    assert isinstance(first, Row)
    assert (first.external_id, first.article_id, first.body) == ("9", "5", "Hello\nthere")
    assert (first.author_id, first.author_email, first.past) == (
        *("3", "a@news.example"),
        Past.APPROVED,
    )
    assert isinstance(spam, Row)
    assert (spam.parent_id, spam.author_id, spam.past) == ("9", None, Past.REJECTED)
    assert isinstance(ping, Problem)
    assert "pingback" in ping.detail
    assert isinstance(trash, Problem)
    assert "trash" in trash.detail


@pytest.mark.parametrize("read", [read_disqus, read_wordpress])
def test_an_export_that_breaks_off_is_read_up_to_there(tmp_path: Path, read: object) -> None:
    content = DISQUS if read is read_disqus else WORDPRESS.replace("</rss>", "")
    cut = content[: content.index('<post dsq:id="102"')] if read is read_disqus else content
    *rows, last = read(_file(tmp_path, "cut.xml", cut))  # type: ignore[operator]
    assert isinstance(last, Problem)
    assert "is not the XML of an export" in last.detail
    assert len(rows) >= 2


def test_an_export_that_names_entities_of_its_own_is_not_read(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xx">]><disqus xmlns="http://disqus.com">&x;</disqus>'
    [problem] = read_disqus(_file(tmp_path, "bomb.xml", bomb))
    assert isinstance(problem, Problem)


GOOD = (
    '{"id": "1", "article_id": "a", "article_url": "https://n.example/a", "author_name": "A",'
    ' "body": "Hi", "created_at": "2024-01-01T00:00:00"'
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is no JSON object"),
        ('{"id": "1"}', "article_id, article_url, author_name, body, created_at must be given"),
        (GOOD.replace("2024-01-01T00:00:00", "yesterday") + "}", "created_at must be a time"),
        (GOOD + ', "status": "nice"}', "status must be one of approved, rejected, held, unknown"),
        (GOOD + ', "labels": {"rude": 1}}', "labels must be among toxicity"),
        (GOOD + ', "labels": {"spam": 2}}', "labels/spam must be a number from 0 to 1"),
        (GOOD + ', "labels": "spam"}', "labels must be an object"),
    ],
)
def test_a_wrong_line_says_what_would_be_right(tmp_path: Path, line: str, said: str) -> None:
    good = GOOD + ', "status": "approved"}'
    wrong, row = read_ndjson(_file(tmp_path, "c.ndjson", f"{line}\n\n{good}\n"))
    assert isinstance(wrong, Problem)
    assert wrong.place == "line 1"
    assert said in wrong.detail
    assert isinstance(row, Row)
    assert row.created_at.tzinfo is UTC


def test_a_table_is_read_by_its_head(tmp_path: Path) -> None:
    head = "id,article_id,article_url,author_name,body,created_at,status\n"
    [row] = read_csv(
        _file(tmp_path, "c.csv", head + '1,a,https://n.example/a,A,"x, ""y""",2024-01-01,held\n')
    )
    assert isinstance(row, Row)
    assert (row.body, row.past) == ('x, "y"', Past.HELD)
    [problem] = read_csv(_file(tmp_path, "d.csv", "id,body\n1,x\n"))
    assert isinstance(problem, Problem)
    assert "the head lacks the columns article_id" in problem.detail


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.jsonl", "", Format.NDJSON),
        ("a.csv", "", Format.CSV),
        ("a.xml", DISQUS, Format.DISQUS),
        ("a.xml", WORDPRESS, Format.WORDPRESS),
    ],
)
def test_a_file_tells_its_form(tmp_path: Path, name: str, content: str, form: Format) -> None:
    assert format_of(_file(tmp_path, name, content)) is form


def test_a_file_of_no_known_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatUnknown, match="say which with --format"):
        format_of(_file(tmp_path, "a.txt", "hello"))


def test_markup_becomes_the_text_that_readers_saw() -> None:
    assert text_of_html("<p>a &lt;b&gt;</p><script>x()</script><p>c<br>d</p>") == "a <b>\n\nc\nd"
