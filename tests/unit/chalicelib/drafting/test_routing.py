"""Which model drafts what, and what a model that is away costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from chalicelib import scratch
from chalicelib.drafting import batch_drafts, routing
from chalicelib.drafting.batch_drafts import BatchMetadata
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.prompts import prompt_for
from chalicelib.drafting.saved_drafts import SavedDrafts
from chalicelib.drafting.shared_calls import SharedCalls
from chalicelib.errors import (
    EndpointBusyError,
    EndpointRejectedError,
    EndpointUnavailableError,
    ModelDownError,
    ModelError,
    OutOfTimeError,
    TransformError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Model
from tests.unit.chalicelib.stores import (
    LANDING,
    LIVE,
    NOTICED,
    POISON,
    RESULTS,
    RIVAL,
    Stores,
    StubEndpoint,
    findings_of,
)

FOLDER = "work/nightly/nightly-1-1"
OUTPUT = f"{FOLDER}/out/00000.jsonl.out"
BATCH_MODEL = Model("fine-tuned", "", "small", "of last month")
ATTEMPTS = (1, 2, 3, 5)


class Away(StubEndpoint):
    """An endpoint of whose models some are away, each with an error of its own.

    `after` is how many texts such a model drafts before.
    """

    def __init__(self, *, after: int = 0, **away: Exception) -> None:
        super().__init__()
        self.after = after
        self.away = {role.replace("_", "-"): error for role, error in away.items()}

    def draft(
        self,
        model: Model,
        prompts: Sequence[str],
        micro_batch: int,
        drafts: list[Draft | ModelError] | None = None,
    ) -> list[Draft | ModelError]:
        if model.role not in self.away:
            return super().draft(model, prompts, micro_batch, drafts)
        made = [] if drafts is None else drafts
        if not self.after:
            self.calls.append((model.role, findings_of(model, prompts[len(made) :])))
        else:
            super().draft(model, prompts[: len(made) + self.after], micro_batch, made)
        raise self.away[model.role]

    @property
    def asked(self) -> list[str]:
        return [role for role, _ in self.calls]


BUSY = EndpointBusyError("endpoint rival-endpoint is busy")
MISSING = EndpointUnavailableError("endpoint rival-endpoint is not in service")


def work_in(lane: str, **more: Any) -> WorkItem:
    return WorkItem(ObjectRef(LANDING, f"{lane}/ward/a", "e"), NOTICED, **more)


def records(*findings: str, start: int = 0) -> list[Record]:
    return [Record(index, f"r{index}", text) for index, text in enumerate(findings, start)]


def draft(
    stores: Stores, work: WorkItem, wanted: Sequence[Record], *, attempt: int = 1, chunk: int = 0
) -> list[tuple[Model, routing.Drafts]]:
    return routing.draft(stores.run(attempt=attempt), Source(work, NOTICED), wanted, chunk)


def prompts_of(findings: Sequence[str]) -> list[str]:
    return [prompt_for(LIVE.prompt, text) for text in findings]


def shown(drafts: routing.Drafts) -> list[str | None]:
    """Impressions, or the kinds of errors; None where the model was not asked."""
    return [
        one.impression if isinstance(one, Draft) else None if one is None else one.code
        for one in drafts
    ]


def saved(stores: Stores) -> list[str]:
    return stores.keys("work/drafts/")


def test_only_the_evaluation_lane_asks_every_model(stores: Stores) -> None:
    assert routing.models_of(stores.settings, "evaluation") == (LIVE, RIVAL)
    assert routing.models_of(stores.settings, "incoming") == (LIVE,)
    assert routing.models_of(stores.settings, "nightly") == (LIVE,)
    assert routing.models_of(stores.settings, None) == (LIVE,)


class TestLiveLane:
    @pytest.mark.parametrize("lane", ["incoming", "nightly"])
    def test_is_drafted_by_the_live_model_alone(self, stores: Stores, lane: str) -> None:
        ((model, drafts),) = draft(stores, work_in(lane), records("one", POISON, "three"))

        assert model == LIVE
        assert shown(drafts) == ["seen: one", "EndpointRejected", "seen: three"]
        assert stores.endpoint.calls == [("fine-tuned", ["one", POISON, "three"])]

    def test_tells_the_model_what_its_prompt_names(self, stores: Stores) -> None:
        template = "[Indication: {indication}. ]Findings: {findings}"
        model = msgspec.structs.replace(LIVE, prompt=template)
        stores.settings = msgspec.structs.replace(stores.settings, models=(model,))
        known = Record(0, "r0", "Clear.", context={"indication": "Cough of XXXX"})
        unknown = Record(1, "r1", "Clear.")

        draft(stores, work_in("incoming"), [known, unknown])

        assert stores.endpoint.prompts == [
            "Indication: Cough of ____. Findings: Clear.",
            "Findings: Clear.",
        ]

    @pytest.mark.parametrize("attempt", ATTEMPTS)
    @pytest.mark.parametrize("error", [BUSY, MISSING])
    def test_never_gives_up_on_its_model(
        self, stores: Stores, error: Exception, attempt: int
    ) -> None:
        stores.endpoint = Away(fine_tuned=error)

        with pytest.raises(type(error)):
            draft(stores, work_in("incoming"), records("one"), attempt=attempt)

        assert saved(stores) == []


class TestEvaluationLane:
    def test_is_drafted_by_each_model_in_the_order_of_the_settings(self, stores: Stores) -> None:
        drafted = draft(stores, work_in("evaluation"), records("one", POISON))

        assert [model for model, _ in drafted] == [LIVE, RIVAL]
        assert [shown(drafts) for _, drafts in drafted] == [["seen: one", "EndpointRejected"]] * 2
        assert saved(stores) == []

    @pytest.mark.parametrize("error", [BUSY, MISSING])
    @pytest.mark.parametrize(
        ("away", "up"), [("pre-trained", "fine-tuned"), ("fine-tuned", "pre-trained")]
    )
    def test_waits_for_a_model_and_pays_the_other_once(
        self, stores: Stores, away: str, up: str, error: Exception
    ) -> None:
        wanted = records("one", POISON, "three")
        first = Away(after=0, **{away: error})
        stores.endpoint = first
        with pytest.raises(type(error)):
            draft(stores, work_in("evaluation"), wanted)
        second = Away(after=0, **{away: error})
        stores.endpoint = second
        with pytest.raises(type(error)):
            draft(stores, work_in("evaluation"), wanted, attempt=2)

        stores.endpoint = third = Away()
        drafted = draft(stores, work_in("evaluation"), wanted, attempt=3)

        assert (sorted(first.asked), second.asked, third.asked) == (
            ["fine-tuned", "pre-trained"],
            [away],
            [away],
        )
        assert [model for model, _ in drafted] == [LIVE, RIVAL]
        by_role = {model.role: drafts for model, drafts in drafted}
        assert shown(by_role[up]) == ["seen: one", "EndpointRejected", "seen: three"]
        assert by_role[up][0] == Draft("seen: one", 1.5)
        assert isinstance(by_role[up][1], EndpointRejectedError)
        assert str(by_role[up][1]) == "refused"

    @pytest.mark.parametrize("attempt", [3, 4, 5])
    def test_gives_a_model_up_in_the_end_and_says_what_to_do(
        self, stores: Stores, attempt: int
    ) -> None:
        stores.endpoint = Away(pre_trained=MISSING)

        drafted = draft(stores, work_in("evaluation"), records("one", "two"), attempt=attempt)

        (_, live), (_, rival) = drafted
        assert shown(live) == ["seen: one", "seen: two"]
        assert [type(one) for one in rival] == [ModelDownError] * 2
        assert str(rival[0]) == f"{MISSING}; re-run the file when the endpoint is available again"

    def test_of_which_every_model_is_away_saves_nothing(self, stores: Stores) -> None:
        stores.endpoint = Away(fine_tuned=BUSY, pre_trained=MISSING)

        with pytest.raises((EndpointBusyError, EndpointUnavailableError)):
            draft(stores, work_in("evaluation"), records("one"))

        assert saved(stores) == []

    def test_does_not_give_up_for_want_of_time(self, stores: Stores) -> None:
        stores.endpoint = Away(pre_trained=OutOfTimeError("too little time left"))

        with pytest.raises(OutOfTimeError):
            draft(stores, work_in("evaluation"), records("one"), attempt=5)


class TestSavedDrafts:
    """What the live model wrote while the other was away."""

    @pytest.fixture(autouse=True)
    def _saved(self, stores: Stores) -> None:
        stores.endpoint = Away(pre_trained=BUSY)
        with pytest.raises(EndpointBusyError):
            draft(stores, work_in("evaluation"), records("one", "two"))
        assert len(saved(stores)) == 1
        stores.endpoint = Away()

    def test_are_used_at_the_next_delivery(self, stores: Stores) -> None:
        draft(stores, work_in("evaluation"), records("one", "two"), attempt=2)

        assert [role for role, _ in stores.endpoint.calls] == ["pre-trained"]

    def test_are_not_looked_for_at_the_first_delivery_of_another_message(
        self, stores: Stores
    ) -> None:
        draft(stores, work_in("evaluation"), records("one", "two"), attempt=1)

        assert sorted(role for role, _ in stores.endpoint.calls) == ["fine-tuned", "pre-trained"]

    @pytest.mark.parametrize(
        "changed",
        [{"version": "2"}, {"prompt": "Say: {findings}"}, {"generation": {"max_length": 10}}],
    )
    def test_are_not_those_of_a_model_that_was_changed(
        self, stores: Stores, changed: dict[str, Any]
    ) -> None:
        models = (msgspec.structs.replace(LIVE, **changed), RIVAL)
        stores.settings = msgspec.structs.replace(stores.settings, models=models)

        draft(stores, work_in("evaluation"), records("one", "two"), attempt=2)

        assert sorted(role for role, _ in stores.endpoint.calls) == ["fine-tuned", "pre-trained"]

    def test_are_not_those_of_another_chunk_or_object(self, stores: Stores) -> None:
        other = work_in("evaluation")
        other = msgspec.structs.replace(
            other, ref=msgspec.structs.replace(other.ref, etag="another")
        )

        draft(stores, work_in("evaluation"), records("one", "two"), attempt=2, chunk=1)
        draft(stores, other, records("one", "two"), attempt=2)

        assert sorted(stores.endpoint.calls) == [
            (role, ["one", "two"]) for role in ("fine-tuned", "pre-trained") for _ in range(2)
        ]

    @pytest.mark.parametrize("findings", [("zero", "one", "two"), ("one",), ("two", "one")])
    def test_of_other_records_are_not_used(self, stores: Stores, findings: tuple[str, ...]) -> None:
        # A limit on the length of findings may have changed in between.
        ((_, live), _) = draft(stores, work_in("evaluation"), records(*findings), attempt=2)

        assert shown(live) == [f"seen: {text}" for text in findings]
        assert ("fine-tuned", list(findings)) in stores.endpoint.calls

    def test_of_the_first_records_are_continued(self, stores: Stores) -> None:
        findings = ("one", "two", "three")

        ((_, live), _) = draft(stores, work_in("evaluation"), records(*findings), attempt=2)

        assert shown(live) == [f"seen: {text}" for text in findings]
        assert ("fine-tuned", ["three"]) in stores.endpoint.calls

    def test_of_release_01_are_not_used(self, stores: Stores) -> None:
        (key,) = saved(stores)
        scratch.write(stores.s3, RESULTS, key, b'[{"draft": {"impression": "i", "latency_ms": 1}}]')

        draft(stores, work_in("evaluation"), records("one", "two"), attempt=2)

        assert ("fine-tuned", ["one", "two"]) in stores.endpoint.calls

    def test_hold_every_kind_of_error_by_its_name(self, stores: Stores) -> None:
        kinds = ModelError.__subclasses__()
        (key,) = saved(stores)
        findings = "abcdefgh"[: len(kinds)]
        SavedDrafts(
            stores.run(), LIVE, prompts_of(findings), key, [kind("why") for kind in kinds]
        ).save()

        ((_, live), _) = draft(stores, work_in("evaluation"), records(*findings), attempt=2)

        assert [(type(one), str(one)) for one in live] == [(kind, "why") for kind in kinds]


class TestInterrupted:
    """What was drafted until a model went away, or the invocation's time was up."""

    @pytest.mark.parametrize("lane", ["incoming", "evaluation", "nightly"])
    @pytest.mark.parametrize("error", [BUSY, OutOfTimeError("too little time left")])
    def test_is_not_paid_for_again(self, stores: Stores, lane: str, error: Exception) -> None:
        wanted = records("one", POISON, "three", "four", "five")
        stores.endpoint = Away(fine_tuned=error, after=2)
        for continued in (False, True):
            with pytest.raises(type(error)):
                draft(stores, work_in(lane, continued=continued), wanted)
        assert [texts for role, texts in stores.endpoint.calls if role == "fine-tuned"] == [
            ["one", POISON],
            ["three", "four"],
        ]

        stores.endpoint = Away()
        ((_, drafts), *_) = draft(stores, work_in(lane, continued=True), wanted)

        assert ("fine-tuned", ["five"]) in stores.endpoint.calls
        assert shown(drafts)[:2] == ["seen: one", "EndpointRejected"]
        assert shown(drafts)[2:] == ["seen: three", "seen: four", "seen: five"]

    @pytest.mark.parametrize(("after", "progressed"), [(0, False), (1, True)])
    def test_says_whether_the_next_run_has_less_to_do(
        self, stores: Stores, after: int, *, progressed: bool
    ) -> None:
        stores.endpoint = Away(fine_tuned=OutOfTimeError("no time"), after=after)

        with pytest.raises(OutOfTimeError) as caught:
            draft(stores, work_in("incoming"), records("one", "two"))

        assert caught.value.progressed is progressed

    def test_between_two_models_leaves_the_drafts_of_the_first(self, stores: Stores) -> None:
        stores.endpoint = Away(pre_trained=OutOfTimeError("no time"))
        with pytest.raises(OutOfTimeError) as caught:
            draft(stores, work_in("evaluation"), records("one"))
        assert caught.value.progressed

        stores.endpoint = Away()
        draft(stores, work_in("evaluation", continued=True), records("one"))

        assert stores.endpoint.asked == ["pre-trained"]

    def test_of_one_model_keeps_what_the_other_drafts_at_the_same_time(
        self, stores: Stores
    ) -> None:
        stores.endpoint = Away(fine_tuned=OutOfTimeError("no time"))

        with pytest.raises(OutOfTimeError) as caught:
            draft(stores, work_in("evaluation"), records("one"))

        assert sorted(stores.endpoint.asked) == ["fine-tuned", "pre-trained"]
        assert caught.value.progressed
        assert len(saved(stores)) == 1

    def test_counts_as_progress_what_it_drafted_for_others(self, stores: Stores) -> None:
        stores.endpoint = Away(fine_tuned=OutOfTimeError("no time"))
        calls = SharedCalls(stores.endpoint, 8)
        run = dataclasses.replace(stores.run(), seat=calls.seat())
        calls.has_progressed = True

        with pytest.raises(OutOfTimeError) as caught:
            routing.draft(run, Source(work_in("incoming"), NOTICED), records("one"), 0)

        assert caught.value.progressed


class TestBatch:
    """Records that a transform job has drafted; the job left records 1 and 3 out."""

    @pytest.fixture(autouse=True)
    def _batch(self, stores: Stores) -> None:
        metadata = BatchMetadata(BATCH_MODEL, seconds=90.0, records=4)
        key = batch_drafts.metadata_key(FOLDER)
        scratch.write(stores.s3, RESULTS, key, msgspec.json.encode(metadata))
        object_id = self.work().ref.object_id
        lines = [
            {"id": batch_drafts.row_id(object_id, index), "generated_texts": [f"batch {index}"]}
            for index in (4, 2, 0)
        ]
        scratch.write(stores.s3, RESULTS, OUTPUT, "\n".join(map(str, lines)).encode())

    @staticmethod
    def work(output: str | None = OUTPUT) -> WorkItem:
        return work_in("nightly", batch_folder=FOLDER, drafts=output)

    def test_drafts_are_joined_by_index_and_are_the_batch_model_s(self, stores: Stores) -> None:
        wanted = [records("c", start=2)[0], records("e", start=4)[0]]

        ((model, drafts),) = draft(stores, self.work(), wanted)

        assert model == BATCH_MODEL
        assert drafts == [Draft("batch 2", 90_000.0, 4), Draft("batch 4", 90_000.0, 4)]
        assert stores.endpoint.calls == []

    def test_records_that_it_left_out_are_asked_of_the_live_model(self, stores: Stores) -> None:
        wanted = records("a", "b", "c", POISON, "e")

        (by_batch, by_live) = draft(stores, self.work(), wanted)

        assert (by_batch[0], by_live[0]) == (BATCH_MODEL, LIVE)
        assert shown(by_batch[1]) == ["batch 0", None, "batch 2", None, "batch 4"]
        assert shown(by_live[1]) == [None, "seen: b", None, "EndpointRejected", None]
        assert stores.endpoint.calls == [("fine-tuned", ["b", POISON])]

    def test_without_any_output_is_asked_of_the_live_model(self, stores: Stores) -> None:
        (by_batch, by_live) = draft(stores, self.work(None), records("a", "b"))

        assert shown(by_batch[1]) == [None, None]
        assert shown(by_live[1]) == ["seen: a", "seen: b"]

    @pytest.mark.parametrize("attempt", [1, 2])
    @pytest.mark.parametrize("error", [BUSY, MISSING])
    def test_waits_for_the_live_model(self, stores: Stores, error: Exception, attempt: int) -> None:
        stores.endpoint = Away(fine_tuned=error)

        with pytest.raises(type(error)):
            draft(stores, self.work(), records("a", "b"), attempt=attempt)

    @pytest.mark.parametrize("attempt", [3, 5])
    def test_gives_only_the_missing_records_up_in_the_end(
        self, stores: Stores, attempt: int
    ) -> None:
        stores.endpoint = Away(fine_tuned=MISSING)

        (by_batch, by_live) = draft(stores, self.work(), records("a", "b", "c"), attempt=attempt)

        assert shown(by_batch[1]) == ["batch 0", None, "batch 2"]
        assert shown(by_live[1]) == [None, "ModelDown", None]

    def test_whose_folder_has_expired_is_left_to_the_next_night(self, stores: Stores) -> None:
        stores.s3.delete_object(Bucket=RESULTS, Key=batch_drafts.metadata_key(FOLDER))

        with pytest.raises(TransformError, match="the next nightly run processes its files again"):
            draft(stores, self.work(), records("a"))

        assert stores.endpoint.calls == []
