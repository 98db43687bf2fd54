from __future__ import annotations

import hashlib
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.objects import MAX_KEY_BYTES, ObjectRef, lake_key, part_key, result_key

MODEST = settings(deadline=None, max_examples=80)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=1024).filter(
    lambda key: len(key.encode()) <= MAX_KEY_BYTES
)


def ref(key: str = "incoming/a.json", **others: str) -> ObjectRef:
    return ObjectRef(others.get("bucket", "b"), key, others.get("etag", "e"))


def test_object_id_is_a_digest_of_bucket_key_and_version() -> None:
    expected = hashlib.sha256(b"b\0\0v1\0incoming/a.json").hexdigest()[:32]

    assert ObjectRef("b", "incoming/a.json", "e", "v1").object_id == expected


def test_object_id_without_versioning_is_a_digest_of_bucket_key_and_etag() -> None:
    expected = hashlib.sha256(b"b\0e\0incoming/a.json").hexdigest()[:32]

    assert ref().object_id == expected
    assert ObjectRef("b", "incoming/a.json", "e", "v1").content_id == expected


def test_uploads_are_the_same_by_version_and_else_by_content() -> None:
    one, other = ObjectRef("b", "k", "e", "v1"), ObjectRef("b", "k", "e", "v2")

    assert one.is_same_upload(ObjectRef("b", "k", "e", "v1"))
    assert not one.is_same_upload(other)
    assert one.is_same_upload(ObjectRef("b", "k", "e"))
    assert ObjectRef("b", "k", "e").is_same_upload(other)
    assert not one.is_same_upload(ObjectRef("b", "k", "x"))
    assert not one.is_same_upload(ObjectRef("b", "x", "e", "v1"))


def test_object_ids_differ_when_any_part_differs() -> None:
    parts = ("a", "aa", "ba", "a/a")

    ids = {ObjectRef(*three).object_id for three in itertools.product(parts, repeat=3)}
    ids |= {
        ObjectRef(bucket, key, "e", version).object_id
        for bucket, key, version in itertools.product(parts, repeat=3)
    }

    assert len(ids) == 2 * len(parts) ** 3


@pytest.mark.parametrize(
    ("key", "lane", "dataset"),
    [
        ("incoming/report.json", "incoming", "default"),
        ("incoming/ward/report.json", "incoming", "ward"),
        ("evaluation/openi/2026/a.jsonl", "evaluation", "openi"),
        ("nightly/x", "nightly", "default"),
        ("incoming/../results/x", "incoming", ".."),
        ("incoming/", None, "default"),
        ("incoming", None, "default"),
        ("other/x.json", None, "default"),
        ("Incoming/x.json", None, "default"),
        ("/incoming/x.json", None, "incoming"),
    ],
)
def test_lane_and_dataset_are_the_first_segments(key: str, lane: str | None, dataset: str) -> None:
    assert ref(key).lane == lane
    assert ref(key).dataset == dataset


def test_folder_marker_is_a_key_that_ends_in_a_slash() -> None:
    assert ref("incoming/ward/").is_folder_marker
    assert not ref("incoming/ward").is_folder_marker


def test_keys_of_what_is_written() -> None:
    landed = ref("incoming/ward/a b+%2F.json")

    assert result_key(landed) == "results/incoming/ward/a b+%2F.json.json"
    assert part_key(landed, 7) == (
        f"results/incoming/ward/a b+%2F.json.parts/{landed.object_id}-00007.jsonl"
    )
    assert lake_key("impressions", "2026-01-02", landed, 7) == (
        f"lake/impressions/dt=2026-01-02/{landed.object_id}-00007.jsonl.gz"
    )


@MODEST
@given(KEYS)
def test_whatever_the_key_output_keys_fit_and_stay_below_their_prefixes(key: str) -> None:
    landed = ref(key)

    for written in (result_key(landed), part_key(landed, 99_999)):
        assert written.startswith("results/")
        assert len(written.encode()) <= MAX_KEY_BYTES
    assert re.fullmatch(
        r"lake/files/dt=2026-01-02/[0-9a-f]{32}-00000\.jsonl\.gz",
        lake_key("files", "2026-01-02", landed, 0),
    )


@pytest.mark.parametrize("letter", ["x", "é", "肺", "🫁"])
def test_long_keys_keep_their_start_and_stay_apart(letter: str) -> None:
    stem = "incoming/" + letter * ((MAX_KEY_BYTES - 10) // len(letter.encode()))

    first, second = result_key(ref(stem + "1")), result_key(ref(stem + "2"))

    assert first != second
    assert first.startswith(f"results/incoming/{letter * 100}")
