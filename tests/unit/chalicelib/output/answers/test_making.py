from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import EndpointRejectedError
from chalicelib.intake import forms
from chalicelib.output.answers.making import make
from chalicelib.output.document import Remark
from chalicelib.settings import Model
from tests.account.texts import hl7_batch

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BATCH = Model("fine-tuned", "", "batch-model", "1")
LIVE = Model("fine-tuned", "live", "live-model", "2")
TEXT = hl7_batch(*({"report_id": f"r{n}", "findings": f"Lungs clear. {n}."} for n in range(3)))
FRAMES = list(forms.frame([TEXT], "hl7-batch"))
RECORDS = [forms.read("hl7-batch", found, "object", 1000, "a") for found in FRAMES]


def made(
    *drafts: tuple[Model, Drafts], remarks: list[list[list[Remark]]] | None = None
) -> list[bytes]:
    said = remarks or [[[] for _ in results] for _, results in drafts]
    return [one.body for one in make("hl7-batch", FRAMES, RECORDS, drafts, remarks=said, at=AT)]


def test_what_a_batch_lost_is_answered_with_the_live_model_s_draft() -> None:
    batch: Drafts = [Draft("One.", 1.0), None, Draft("Three.", 1.0)]
    live: Drafts = [None, Draft("Two.", 1.0), None]

    bodies = made((BATCH, batch), (LIVE, live))

    assert [b"|Two.|" in body for body in bodies] == [False, True, False]
    assert [b"live-model 2" in body for body in bodies] == [False, True, False]


def test_a_report_that_no_model_drafted_is_not_answered() -> None:
    batch: Drafts = [Draft("One.", 1.0), None, None]
    live: Drafts = [None, EndpointRejectedError("refused"), Draft("Three.", 1.0)]

    bodies = made((BATCH, batch), (LIVE, live))

    assert len(bodies) == 2
    assert b"|r1|" not in b"".join(bodies)


def test_the_flags_are_those_of_the_draft_that_is_sent() -> None:
    batch: Drafts = [Draft("One.", 1.0), None, None]
    live: Drafts = [None, Draft("Two.", 1.0), None]
    remarks = [[[Remark("omitted", "…")], [], []], [[], [Remark("wrong_side", "…")], []]]

    first, second = made((BATCH, batch), (LIVE, live), remarks=remarks)

    assert b"Flags: omitted" in first
    assert b"Flags: wrong_side" in second
