from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import ConflictError
from chalicelib.intake.source import Source
from chalicelib.objects import answers_part_key
from chalicelib.output.answers import storing
from chalicelib.output.answers.making import Answer
from chalicelib.output.results import StandingResult
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import RESULTS, Stores

OLD = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)
NEW = OLD + timedelta(seconds=1)
KEY = "incoming/ward/a"
FINAL = Answer("r1", "final", b"final\r")
PRELIMINARY = Answer("r1", "preliminary", b"preliminary\r")


def source(work: WorkItem, modified: datetime = OLD) -> Source:
    return Source(work, modified)


@pytest.fixture
def first(stores: Stores) -> Source:
    return source(stores.land(KEY, b"1"), OLD)


@pytest.fixture
def second(stores: Stores, first: Source) -> Source:
    assert first
    return source(stores.land(KEY, b"2"), NEW)


def store(stores: Stores, of: Source, *answers: Answer) -> storing.Stored:
    return storing.store(stores.s3, RESULTS, of, "hl7", answers)


def standing(stores: Stores) -> bytes | None:
    key = f"results/{KEY}.hl7"
    return stores.content(key) if key in stores.keys("results/") else None


class TestStoring:
    def test_writes_the_answers_beside_the_result(self, stores: Stores, first: Source) -> None:
        found = store(stores, first, FINAL)

        assert found == storing.Stored(f"results/{KEY}.hl7", 1)
        assert standing(stores) == b"final\r"

    def test_writes_nothing_if_nothing_is_answered(self, stores: Stores, first: Source) -> None:
        assert store(stores, first) == storing.Stored(None, 0)
        assert standing(stores) is None

    def test_replaces_the_answer_to_an_earlier_upload(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        for of, body in ((first, b"first\r"), (second, b"second\r")):
            store(stores, of, Answer("r1", "final", body))

        assert standing(stores) == b"second\r"

    def test_leaves_the_answer_to_a_later_upload(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        store(stores, second, Answer("r1", "final", b"second\r"))

        found = store(stores, first, Answer("r1", "final", b"first\r"))

        assert found == storing.Stored(None, 0)
        assert standing(stores) == b"second\r"

    def test_again_writes_the_same(self, stores: Stores, first: Source) -> None:
        assert store(stores, first, FINAL) == store(stores, first, FINAL)


class TestLatePreliminary:
    def test_does_not_replace_the_answer_to_its_final_version(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        store(stores, first, FINAL)

        found = store(stores, second, PRELIMINARY)

        assert found == storing.Stored(None, 0, withheld=True)
        assert standing(stores) == b"final\r"

    def test_replaces_the_answer_to_another_report(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        store(stores, first, FINAL)

        store(stores, second, Answer("r2", "preliminary", b"other\r"))

        assert standing(stores) == b"other\r"

    def test_is_replaced_by_the_answer_to_the_final_version(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        store(stores, first, PRELIMINARY)

        store(stores, second, FINAL)

        assert standing(stores) == b"final\r"


class TestParts:
    def test_are_joined_in_the_order_of_the_chunks(self, stores: Stores, first: Source) -> None:
        chunks = storing.READERS + 3
        for chunk in reversed(range(chunks)):
            answers = [Answer(f"r{chunk}", "final", b"%d\r" % chunk)] if chunk != 1 else []
            storing.write_part(stores.s3, RESULTS, first, chunk, answers)

        found = storing.store_parts(stores.s3, RESULTS, first, "hl7", chunks)

        assert found.reports == chunks - 1
        bodies = [b"%d\r" % chunk for chunk in range(chunks) if chunk != 1]
        assert standing(stores) == b"".join(bodies)

    def test_of_which_one_is_missing_are_not_joined(self, stores: Stores, first: Source) -> None:
        storing.write_part(stores.s3, RESULTS, first, 0, [FINAL])

        with pytest.raises(ConflictError, match="missing"):
            storing.store_parts(stores.s3, RESULTS, first, "hl7", 2)

        assert standing(stores) is None

    def test_longer_than_memory_are_joined_too(
        self, stores: Stores, first: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(storing, "MEMORY_BYTES", 10)
        for chunk in range(3):
            storing.write_part(stores.s3, RESULTS, first, chunk, [FINAL])

        storing.store_parts(stores.s3, RESULTS, first, "hl7", 3)

        assert standing(stores) == b"final\r" * 3

    def test_are_named_after_the_upload_and_the_chunk(self, stores: Stores, first: Source) -> None:
        storing.write_part(stores.s3, RESULTS, first, 7, [FINAL])

        assert answers_part_key(first.work.ref, 7) in stores.keys("results/")


class TestRemoving:
    def test_what_a_result_without_answer_replaces(self, stores: Stores, first: Source) -> None:
        store(stores, first, FINAL)
        replaced = StandingResult.of({"answer": "hl7"})

        storing.remove_replaced(stores.s3, RESULTS, first, replaced, None)

        assert standing(stores) is None

    def test_spares_an_answer_of_the_same_kind(self, stores: Stores, first: Source) -> None:
        store(stores, first, FINAL)
        replaced = StandingResult.of({"answer": "hl7"})

        storing.remove_replaced(stores.s3, RESULTS, first, replaced, "hl7")

        assert standing(stores) == b"final\r"

    def test_takes_back_what_an_earlier_upload_has_written(
        self, stores: Stores, first: Source
    ) -> None:
        store(stores, first, FINAL)

        storing.take_back(stores.s3, RESULTS, first, "hl7")

        assert standing(stores) is None

    def test_does_not_take_back_the_answer_to_another_upload(
        self, stores: Stores, first: Source, second: Source
    ) -> None:
        store(stores, second, FINAL)

        storing.take_back(stores.s3, RESULTS, first, "hl7")

        assert standing(stores) == b"final\r"

    def test_takes_back_nothing_if_there_is_nothing(self, stores: Stores, first: Source) -> None:
        storing.take_back(stores.s3, RESULTS, first, "hl7")

        assert stores.keys("results/") == []
