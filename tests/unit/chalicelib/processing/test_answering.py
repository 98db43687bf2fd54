from __future__ import annotations

from typing import Any

import pytest

from chalicelib.intake import chunk_plan
from chalicelib.objects import answers_part_key
from chalicelib.processing.pipeline import process_chunk, process_object
from chalicelib.queue.messages import WorkItem, read_message
from tests.account.texts import fhir_report, hl7_batch, json_lines
from tests.unit.chalicelib.stores import NOTICED, POISON, PROGRESS, Stores

KEY = "incoming/ward/a"
HL7, FHIR = f"results/{KEY}.hl7", f"results/{KEY}.fhir.json"


def report(name: str, findings: str = "one") -> dict[str, Any]:
    return {"report_id": name, "findings": findings}


def done(stores: Stores, content: bytes, key: str = KEY) -> WorkItem:
    work = stores.land(key, content)
    process_object(stores.run(), work)
    return work


def answers(stores: Stores, lane: str = "incoming") -> list[str]:
    found = stores.keys(f"results/{lane}/")
    return [key for key in found if key.endswith((".hl7", ".fhir.json"))]


class TestAnswer:
    @pytest.mark.parametrize(
        ("content", "key"), [(hl7_batch(report("r1")), HL7), (fhir_report(report("r1")), FHIR)]
    )
    def test_stands_beside_the_result(self, stores: Stores, content: bytes, key: str) -> None:
        work = done(stores, content)

        assert stores.result(work.ref)["answer"] == {"key": key, "reports": 1}
        assert b"seen: one" in stores.content(key)

    def test_is_written_before_the_result(self, stores: Stores) -> None:
        written: list[str] = []
        stores.s3.meta.events.register(
            "before-call.s3.PutObject", lambda params, **_: written.append(params["url_path"])
        )

        done(stores, hl7_batch(report("r1")))

        assert [path.rpartition("/")[2] for path in written[-2:]] == ["a.hl7", "a.json"]

    def test_has_only_the_reports_with_a_draft(self, stores: Stores) -> None:
        work = done(stores, hl7_batch(report("r1", POISON), report("r2"), {"report_id": "r3"}))

        assert stores.result(work.ref)["answer"]["reports"] == 1
        text = stores.content(HL7)
        assert [name in text for name in (b"|r1|", b"|r2|", b"|r3|")] == [False, True, False]

    def test_is_none_without_any_draft(self, stores: Stores) -> None:
        work = done(stores, hl7_batch(report("r1", POISON)))

        assert stores.result(work.ref)["answer"] == {"key": None, "reports": 0}
        assert answers(stores) == []

    def test_is_none_to_json(self, stores: Stores) -> None:
        work = done(stores, json_lines(report("r1")))

        assert "answer" not in stores.result(work.ref)
        assert answers(stores) == []

    def test_is_none_in_the_evaluation_lane(self, stores: Stores) -> None:
        work = done(stores, hl7_batch(report("r1")), "evaluation/set/a")

        assert "answer" not in stores.result(work.ref)
        assert answers(stores, "evaluation") == []


class TestReplacing:
    @pytest.mark.parametrize(
        ("second", "left"),
        [
            (json_lines(report("r1")), []),
            (b"\x89PNG", []),
            (hl7_batch(report("r1", POISON)), []),
            (fhir_report(report("r1")), [FHIR]),
            (hl7_batch(report("r2")), [HL7]),
        ],
    )
    def test_leaves_only_the_answer_of_the_upload_that_stands(
        self, stores: Stores, second: bytes, left: list[str]
    ) -> None:
        done(stores, hl7_batch(report("r1")))
        done(stores, second)

        assert answers(stores) == left

    def test_late_takes_its_answer_back(self, stores: Stores) -> None:
        early = stores.land(KEY, hl7_batch(report("r1")))
        late = done(stores, json_lines(report("r2")))

        found = process_object(stores.run(), early)

        assert found.superseded
        assert stores.result(late.ref)["impressions"][0]["report_id"] == "r2"
        assert answers(stores) == []

    def test_late_leaves_the_answer_of_the_upload_that_stands(self, stores: Stores) -> None:
        early = stores.land(KEY, hl7_batch(report("r1")))
        done(stores, hl7_batch(report("r2")))

        process_object(stores.run(), early)

        assert b"|r2|" in stores.content(HL7)


class TestChunks:
    def test_are_answered_together_and_in_order(self, stores: Stores) -> None:
        names = [f"r{number}" for number in range(7)]
        work = done(stores, hl7_batch(*map(report, names)))
        for chunk in reversed(_chunks(stores)):
            _do(stores, chunk)

        text = stores.content(HL7).decode()
        places = [text.index(f"|{name}|") for name in names]
        assert places == sorted(places)
        assert text.endswith("BTS|7\rFTS|1\r")
        assert stores.result(work.ref)["answer"] == {"key": HL7, "reports": 7}

    def test_may_begin_within_a_message(self, stores: Stores) -> None:
        one = hl7_batch(report("r0")).split(b"OBR")
        orders = b"".join(
            b"OBR|1|P|r%d|71046\rOBX|1|TX|59776-5||text %d||||||P\r" % (number, number)
            for number in range(7)
        )
        work = done(stores, one[0] + orders)
        for chunk in _chunks(stores):
            _do(stores, chunk)

        rows = sorted(stores.rows("impressions"), key=lambda row: row["record_index"])
        drafts = [row["generated_impression"] for row in rows]
        assert drafts == [f"seen: text {number}" for number in range(7)]
        assert stores.result(work.ref)["answer"]["reports"] == 7

    def test_keep_their_answers_until_the_last_is_done(self, stores: Stores) -> None:
        work = done(stores, hl7_batch(*(report(f"r{number}") for number in range(7))))
        first, *_ = _chunks(stores)

        _do(stores, first)

        assert answers(stores) == []
        assert answers_part_key(work.ref, 0) in stores.keys("results/")


def _chunks(stores: Stores) -> list[WorkItem]:
    found = [read_message(message["Body"], NOTICED) for message in stores.messages()]
    works = [one for works in found for one in works if isinstance(one, WorkItem)]
    assert len(works) > 1
    return sorted(works, key=lambda work: work.start or 0)


def _do(stores: Stores, work: WorkItem) -> None:
    plan = chunk_plan.read(stores.dynamodb, PROGRESS, work.ref.object_id)
    assert plan is not None
    process_chunk(stores.run(), work, plan, (work.start or 0) // plan.chunk_records)
