"""What a transform job wrote, read back whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.drafting import batch_drafts
from chalicelib.drafting.batch_drafts import BatchMetadata
from chalicelib.errors import MessageError, TransformError
from chalicelib.nightly.shards import write_metadata
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import JobChanged, OwnMessage, ShardReady, WorkItem, read_message
from chalicelib.settings import Model
from tests.account.settings import RESULTS
from tests.nights import BEGAN, Nights

ID = "0" * 32
REF = ObjectRef("landing", "nightly/a", "e", "v")


def line(index: int, text: str) -> bytes:
    return f"{ {'id': batch_drafts.row_id(ID, index), 'generated_texts': [text]} }\n".encode()


@given(texts=st.lists(st.text(min_size=1).filter(lambda text: bool(text.strip())), max_size=20))
@settings(deadline=None)
def test_texts_come_back_as_the_container_printed_them(texts: list[str]) -> None:
    texts = [text for text in texts if text.isprintable()]
    output = b"".join(line(index, text) for index, text in enumerate(texts))

    found = batch_drafts.read_output(output, ID)

    assert found == {index: text.strip() for index, text in enumerate(texts)}


@given(output=st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_are_an_error(output: bytes) -> None:
    assert isinstance(batch_drafts.read_output(output + f"{{'id': '{ID}:1'".encode(), ID), dict)


@pytest.mark.parametrize(
    "broken",
    [
        f"{{'id': '{ID}:x', 'generated_texts': ['a']}}",
        f"{{'id': '{ID}:-1', 'generated_texts': ['a']}}",
        f"{{'id': '{ID}:1'}}",
        f"{{'id': '{ID}:1', 'generated_texts': []}}",
        f"{{'id': '{ID}:1', 'generated_texts': [3]}}",
        f"{{'id': '{ID}:1', 'generated_texts': ['{'x' * 5000}']}}",
        f"{{'id': '{ID}:1', []: 1}}",
        f"{{'id': '{ID}:1', 'generated_texts': {{['a']}}}}",
        f"{{'id': '{ID}:{'1' * 5000}', 'generated_texts': ['a']}}",
        f"['{ID}:1']",
        f"__import__('os').system('{ID}:1')",
        "(" * 5000 + f"'{ID}:1'",
    ],
)
def test_a_line_that_cannot_be_used_is_a_draft_that_is_missing(broken: str) -> None:
    assert batch_drafts.read_output(broken.encode(), ID) == {}


def test_a_draft_of_a_batch_may_be_cut_by_the_limit_of_its_model() -> None:
    model = Model("fine-tuned", "", "small", "1", generation={"max_length": 10})
    texts = {0: "Small left", 1: "Small left effusion.", 2: "Clear"}
    batch = batch_drafts.Batch(BatchMetadata(model, seconds=1.0, records=3), texts)

    made = [batch.draft(index) for index in texts]

    assert [one.truncation for one in made if one is not None] == ["possible", "no", "no"]


def test_the_first_of_two_lines_of_one_record_counts() -> None:
    assert batch_drafts.read_output(line(1, "first") + line(1, "second"), ID) == {1: "first"}


def test_a_flat_text_and_a_nested_list_are_texts_too() -> None:
    flat = f"{ {'id': f'{ID}:0', 'generated_text': 'flat'} }".encode()
    nested = f"{ {'id': f'{ID}:1', 'generated_texts': [['nested', 'other']]} }".encode()

    assert batch_drafts.read_output(flat + b"\n" + nested, ID) == {0: "flat", 1: "nested"}


@pytest.mark.parametrize(
    ("night", "drafts"),
    [("results/x", None), ("work/nightly/n-1", "results/secret"), ("../work", None)],
)
def test_a_message_leads_to_no_other_folder(nights: Nights, night: str, drafts: str | None) -> None:
    with pytest.raises(TransformError, match="does not name the folder"):
        batch_drafts.read(nights.context.s3, "results-test", night, drafts, REF)


def test_a_folder_that_has_expired_says_so(nights: Nights) -> None:
    with pytest.raises(TransformError, match="no longer exists"):
        batch_drafts.read(nights.context.s3, "results-test", "work/nightly/n-1", None, REF)


def test_messages_of_a_night_are_read() -> None:
    event = (
        '{"source": "aws.sagemaker", "detail-type": "SageMaker Transform Job State Change",'
        ' "detail": {"TransformJobName": "job"}}'
    )

    assert read_message(event, BEGAN) == [JobChanged("job")]
    assert read_message('{"night": "work/nightly/n-1", "shard": 3}', BEGAN) == [
        ShardReady("work/nightly/n-1", 3)
    ]
    own = OwnMessage("b", "incoming/a", "e", batch_folder="work/nightly/n-1", drafts="k")
    (work,) = read_message(
        '{"bucket": "b", "key": "incoming/a", "etag": "e", "night": "work/nightly/n-1",'
        ' "drafts": "k"}',
        BEGAN,
    )
    assert isinstance(work, WorkItem)
    assert (work.batch_folder, work.ref) == (own.batch_folder, own.ref)


@pytest.mark.parametrize(
    "body",
    [
        '{"night": "n", "shard": "x"}',
        '{"source": "aws.sagemaker", "detail-type": "x", "detail": 1}',
    ],
)
def test_a_message_of_a_night_that_is_none_is_refused(body: str) -> None:
    with pytest.raises(MessageError):
        read_message(body, BEGAN)


def test_rows_of_a_batch_that_release_01_gathered_are_found_by_content(nights: Nights) -> None:
    s3, folder = nights.context.s3, "work/nightly/n-1"
    metadata = batch_drafts.BatchMetadata(nights.context.settings.live_model, 1.0, 1)
    write_metadata(s3, RESULTS, folder, metadata)
    output = f"{folder}/out/00000.jsonl.out"
    for owner, text in ((REF.content_id, "old"), (REF.object_id, "new")):
        line = f"{ {'id': f'{owner}:0', 'generated_texts': [text]} }"
        s3.put_object(Bucket=RESULTS, Key=output, Body=line.encode())

        assert batch_drafts.read(s3, RESULTS, folder, output, REF).texts == {0: text}
