from __future__ import annotations

from io import BytesIO

from chalicelib.output.answers.joining import Joined, join
from chalicelib.output.answers.making import Answer


def joined(*answers: Answer) -> tuple[bytes, Joined]:
    target = BytesIO()
    found = join("hl7", lambda: answers, target)
    return target.getvalue(), found


def answer(report_id: str, status: str | None, body: bytes) -> Answer:
    return Answer(report_id, status, body)


class TestAnswers:
    def test_are_joined_in_order(self) -> None:
        text, found = joined(answer("b", "final", b"one\r"), answer("a", "preliminary", b"two\r"))

        assert text == b"one\rtwo\r"
        assert (found.answered, found.status) == (2, "final")

    def test_to_a_preliminary_report_are_left_out_beside_its_final_version(self) -> None:
        early = answer("a", "preliminary", b"early\r")
        late = answer("a", "preliminary", b"late\r")
        final, other = answer("a", "final", b"final\r"), answer("b", "preliminary", b"other\r")

        text, found = joined(early, final, late, other)

        assert text == b"final\rother\r"
        assert found.answered == 2

    def test_to_two_preliminary_versions_are_both_kept(self) -> None:
        text, _ = joined(answer("a", "preliminary", b"1\r"), answer("a", "preliminary", b"2\r"))

        assert text == b"1\r2\r"

    def test_that_are_none_give_nothing(self) -> None:
        text, found = joined()

        assert text == b""
        assert found.answered == 0


class TestReports:
    def test_are_identified_by_their_ids_whatever_the_order(self) -> None:
        one, two = answer("a", None, b"1"), answer("b", None, b"2")

        assert joined(one, two)[1].reports == joined(two, one)[1].reports

    def test_that_differ_are_told_apart(self) -> None:
        found = {
            joined(*(answer(name, None, b"1") for name in names))[1].reports
            for names in (("a", "b"), ("a",), ("ab",), ())
        }

        assert len(found) == 4
