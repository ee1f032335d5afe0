"""The pure parts: origins, signatures, tickets, work, what is kept of readers, texts, moments."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.embed import origins, tickets, work
from service.embed.errors import OriginInvalid, TicketInvalid, WorkWrong, WrittenTooFast
from service.embed.messages import source_of, words_of
from service.embed.moments import Moments
from service.embed.readers import Readers
from service.embed.signing import Signature, time_as_bytes, time_of
from service.limits import counted_address
from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SITE, OTHER = UUID(int=1), UUID(int=2)
SIGNATURE = Signature.made_of(b"secret", "test")
EMBED = Path(origins.__file__).parent


class TestOrigins:
    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("https://news.example", "https://news.example"),
            (" HTTPS://News.Example/ ", "https://news.example"),
            ("https://news.example:443", "https://news.example"),
            ("http://news.example:80", "http://news.example"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://[0:0::1]:8000", "http://[::1]:8000"),
            ("https://новости.example", "https://xn--b1amnebsh.example"),
        ],
    )
    def test_an_origin_is_kept_as_a_browser_sends_it(self, written: str, sent: str) -> None:
        assert origins.normalised(written) == sent
        assert origins.normalised(sent) == sent

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "news.example",
            "https://",
            "ftp://news.example",
            "https://news.example/page",
            "https://news.example?x",
            "https://news.example#x",
            "https://user@news.example",
            "https://*.example",
            "https://news example",
            "https://news.example:port",
            "https://news.example:99999",
            "https://[::1",
            "javascript:x()",
            "null",
            "https://" + "x" * 300,
        ],
    )
    def test_what_is_no_origin_is_refused(self, written: str) -> None:
        with pytest.raises(OriginInvalid, match=r"https://news\.example"):
            origins.normalised(written)

    def test_a_key_has_an_origin_at_least_and_each_once(self) -> None:
        assert origins.checked(["https://a.example", "https://A.example"]) == ["https://a.example"]
        with pytest.raises(OriginInvalid):
            origins.checked([])
        with pytest.raises(OriginInvalid):
            origins.checked([f"https://{n}.example" for n in range(51)])

    @given(st.text(max_size=40))
    def test_whatever_is_written_is_an_origin_or_none(self, written: str) -> None:
        try:
            found = origins.normalised(written)
        except OriginInvalid:
            return
        assert origins.normalised(found) == found
        assert origins.lies_on(f"{found}/page?x#y", [found])


class TestSignatures:
    @given(st.binary(max_size=40))
    def test_what_was_said_is_known_again(self, said: bytes) -> None:
        assert SIGNATURE.said(SIGNATURE.text(said, of=SITE), of=SITE) == said

    @given(st.binary(max_size=40), st.integers(0, 60), st.integers(1, 127))
    def test_no_other_byte_passes(self, said: bytes, at: int, change: int) -> None:
        text = SIGNATURE.text(said, of=SITE)
        at %= len(text)
        other = text[:at] + chr((ord(text[at]) + change) % 128) + text[at + 1 :]
        read = SIGNATURE.said(other, of=SITE)
        # The last letter of base64 may have bits that say nothing.
        assert read is None or (read == said and at == len(text) - 1)

    @given(st.text(max_size=60))
    def test_whatever_else_is_sent_says_nothing(self, text: str) -> None:
        assert SIGNATURE.said(text, of=SITE) is None

    def test_each_thing_site_and_secret_has_its_own(self) -> None:
        text = SIGNATURE.text(b"x", of=SITE)
        assert SIGNATURE.said(text, of=OTHER) is None
        assert Signature.made_of(b"secret", "other").said(text, of=SITE) is None
        assert Signature.made_of(b"another", "test").said(text, of=SITE) is None

    def test_a_time_is_kept_to_the_millisecond(self) -> None:
        at = NOW + timedelta(milliseconds=7)
        assert time_of(time_as_bytes(at)) == at


class TestTickets:
    def _check(self, ticket: str, *, after: timedelta, site: UUID = SITE) -> None:
        tickets.check(
            SIGNATURE,
            site,
            ticket,
            least=timedelta(seconds=3),
            lifetime=timedelta(hours=1),
            now=NOW + after,
        )

    def test_a_ticket_is_good_from_the_least_time_to_its_end(self) -> None:
        ticket = tickets.issue(SIGNATURE, SITE, now=NOW)
        for seconds in (3, 60, 3600):
            self._check(ticket, after=timedelta(seconds=seconds))
        with pytest.raises(WrittenTooFast) as refused:
            self._check(ticket, after=timedelta(seconds=1))
        assert refused.value.retry_after == timedelta(seconds=2)
        with pytest.raises(TicketInvalid):
            self._check(ticket, after=timedelta(seconds=3601))

    def test_a_ticket_is_of_one_site(self) -> None:
        with pytest.raises(TicketInvalid):
            self._check(
                tickets.issue(SIGNATURE, SITE, now=NOW), after=timedelta(minutes=1), site=OTHER
            )


class TestWork:
    def _challenge(self, bits: int = 8) -> work.Challenge:
        return work.issue(SIGNATURE, SITE, bits=bits, lifetime=timedelta(minutes=1), now=NOW)

    def _solution(self, challenge: work.Challenge) -> str:
        return next(
            str(n)
            for n in range(1 << 20)
            if work.zero_bits(f"{challenge.text}:{n}") >= challenge.bits
        )

    def test_a_solution_is_taken_until_the_challenge_ends(self) -> None:
        challenge = self._challenge()
        solution = self._solution(challenge)
        assert work.check(SIGNATURE, SITE, challenge.text, solution, now=NOW) == (
            challenge.expires_at
        )
        for site, now in ((OTHER, NOW), (SITE, challenge.expires_at)):
            with pytest.raises(WorkWrong):
                work.check(SIGNATURE, site, challenge.text, solution, now=now)

    def test_what_solves_nothing_is_refused(self) -> None:
        challenge = self._challenge(bits=24)
        for solution in ("0", "", " ", "x" * 33, "ж", "\n"):
            with pytest.raises(WorkWrong):
                work.check(SIGNATURE, SITE, challenge.text, solution, now=NOW)

    def test_two_challenges_are_never_the_same(self) -> None:
        assert len({self._challenge().text for _ in range(100)}) == 100

    @pytest.mark.parametrize(
        ("text", "bits"), [("0", 1), ("a", 0), ("b", 2), ("2650", 11), ("88484", 16)]
    )
    def test_zero_bits_are_counted_from_the_front(self, text: str, bits: int) -> None:
        # SHA-256 of these begins with 5f, ca, 3e, 0015 and 0000a4.
        assert work.zero_bits(text) == bits


class TestReaders:
    READERS = Readers(b"secret")

    def test_a_token_is_of_one_comment_and_of_one_secret(self) -> None:
        first, second = uuid4(), uuid4()
        token = self.READERS.token_of(first)
        assert self.READERS.owns(token, first)
        assert not self.READERS.owns(token, second)
        assert not Readers(b"other").owns(token, first)
        assert not self.READERS.owns("", first)

    def test_what_is_stored_of_a_reader_differs_by_site_and_by_what_it_is_for(self) -> None:
        reader = uuid4()
        stored = {
            self.READERS.hidden(SITE, reader),
            self.READERS.hidden(OTHER, reader),
            self.READERS.hidden_network(SITE, "203.0.113.0/24"),
            self.READERS.hidden_network(OTHER, "203.0.113.0/24"),
            bytes.fromhex(self.READERS.external_id(SITE, reader).removeprefix("reader:")),
        }
        assert len(stored) == 5

    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "20010db800010002"),
            ("2001:db8:1:2::9%eth0", "20010db800010002"),
            ("", "unknown"),
            ("testclient", "unknown"),
            ("203.0.113.7, 10.0.0.1", "unknown"),
        ],
    )
    def test_calls_are_counted_by_subscriber(self, address: str, counted: str) -> None:
        assert counted_address(address) == counted


class TestTexts:
    def test_every_language_says_all_that_english_says(self) -> None:
        expected = words_of(ReaderLanguage.ENGLISH).lines
        for language in ReaderLanguage:
            lines = words_of(language).lines
            assert lines.keys() == expected.keys()
            for name, line in lines.items():
                assert isinstance(line, dict) == isinstance(expected[name], dict), (language, name)

    def test_every_line_fills_in_what_english_fills_in(self) -> None:
        def filled(line: str | dict[str, str]) -> set[str]:
            forms = line.values() if isinstance(line, dict) else [line]
            return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}

        expected = words_of(ReaderLanguage.ENGLISH).lines
        for language in ReaderLanguage:
            for name, line in words_of(language).lines.items():
                assert filled(line) == filled(expected[name]), (language, name)

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            (ReaderLanguage.ENGLISH, ["0 comments", "1 comment", "2 comments", "1,234 comments"]),
            (
                ReaderLanguage.RUSSIAN,
                ["0 комментариев", "1 комментарий", "2 комментария", "1\u00a0234 комментария"],
            ),
            (ReaderLanguage.KAZAKH, ["0 пікір", "1 пікір", "2 пікір", "1\u00a0234 пікір"]),
        ],
    )
    def test_a_number_takes_the_form_of_its_language(
        self, language: ReaderLanguage, expected: list[str]
    ) -> None:
        words = words_of(language)
        assert [words("comments.count", count=each) for each in (0, 1, 2, 1234)] == expected

    def test_what_is_filled_in_is_not_filled_in_again(self) -> None:
        words = words_of(ReaderLanguage.ENGLISH)
        assert words("comment.reply_to", name="{name} {count}") == "Reply to {name} {count}"

    def test_the_pages_own_texts_are_complete(self) -> None:
        for language in ReaderLanguage:
            assert reader_texts.in_language(EMBED / "texts", language).has("page.title")

    def test_every_line_that_the_page_asks_for_is_there(self) -> None:
        lines = words_of(ReaderLanguage.ENGLISH).lines
        for template in (EMBED / "templates").glob("*.html"):
            for name in re.findall(r'words\(["\']([\w.]+)["\'][,)]', template.read_text()):
                assert name in lines, (template.name, name)

    def test_the_files_hold_nothing_twice(self) -> None:
        for language in ReaderLanguage:
            pairs = json.loads(source_of(language), object_pairs_hook=list)
            names = [name for name, _ in pairs]
            assert len(names) == len(set(names))


class TestMoments:
    def _run(self, doing: Callable[[], Coroutine[None, None, None]]) -> None:
        asyncio.run(doing())

    def test_all_who_ask_within_a_moment_share_one_answer(self) -> None:
        async def doing() -> None:
            time = [0.0]
            worked: list[int] = []
            moments: Moments[int] = Moments(timedelta(seconds=1), clock=lambda: time[0])

            async def work_out() -> int:
                await asyncio.sleep(0)
                worked.append(1)
                return len(worked)

            assert await asyncio.gather(*(moments.of("a", work_out) for _ in range(5))) == [1] * 5
            time[0] = 0.99
            assert await moments.of("a", work_out) == 1
            assert await moments.of("b", work_out) == 2
            time[0] = 1.0
            assert await moments.of("a", work_out) == 3

        self._run(doing)

    def test_a_moment_of_no_length_shares_nothing(self) -> None:
        async def doing() -> None:
            moments: Moments[int] = Moments(timedelta(0), clock=lambda: 0.0)
            numbers = iter(range(9))

            async def work_out() -> int:
                return next(numbers)

            assert [await moments.of("a", work_out) for _ in range(3)] == [0, 1, 2]

        self._run(doing)

    def test_what_fails_is_told_to_those_who_wait_and_not_kept(self) -> None:
        async def doing() -> None:
            moments: Moments[int] = Moments(timedelta(seconds=9), clock=lambda: 0.0)
            outcomes: Iterator[ValueError | int] = iter([ValueError("first"), 2])

            async def work_out() -> int:
                await asyncio.sleep(0)
                outcome = next(outcomes)
                if isinstance(outcome, ValueError):
                    raise outcome
                return outcome

            both = await asyncio.gather(
                moments.of("a", work_out), moments.of("a", work_out), return_exceptions=True
            )
            assert [type(each) for each in both] == [ValueError, ValueError]
            assert await moments.of("a", work_out) == 2

        self._run(doing)

    def test_who_goes_away_takes_the_answer_from_nobody(self) -> None:
        async def doing() -> None:
            moments: Moments[int] = Moments(timedelta(seconds=9), clock=lambda: 0.0)
            going = asyncio.Event()

            async def work_out() -> int:
                await going.wait()
                return 7

            first = asyncio.create_task(moments.of("a", work_out))
            second = asyncio.create_task(moments.of("a", work_out))
            await asyncio.sleep(0)
            first.cancel()
            await asyncio.sleep(0)
            going.set()
            assert await second == 7

        self._run(doing)

    def test_what_is_over_and_what_is_too_large_together_is_not_kept(self) -> None:
        async def doing() -> None:
            time = [0.0]
            moments: Moments[bytes] = Moments(
                timedelta(seconds=9), most_bytes=100, size_of=len, clock=lambda: time[0]
            )

            async def work_out() -> bytes:
                return b"x" * 40

            for question in range(5):
                await moments.of(question, work_out)
                await asyncio.sleep(0)
            assert len(moments) == 2
            time[0] = 9.0
            await moments.of("another", work_out)
            assert len(moments) == 1

        self._run(doing)

    def test_only_so_many_answers_are_kept(self) -> None:
        async def doing() -> None:
            moments: Moments[int] = Moments(timedelta(seconds=9), most=3, clock=lambda: 0.0)

            async def work_out() -> int:
                return 0

            for question in range(10):
                await moments.of(question, work_out)
            assert len(moments) == 3

        self._run(doing)
