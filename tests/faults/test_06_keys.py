"""Keys that are easily decoded wrongly, or that point elsewhere.

Injected: Keys with spaces, `+`, `%`, `%2F`, unicode, `..`, line breaks and quotes, and of 1,024
bytes, in every form of message, beside decoys that a wrong decoding would find.
Asserted: Exactly the named objects are read. Nothing is written outside the planned prefixes, and
no key that is written is longer than S3 allows.
"""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest

from tests.account.account import Account
from tests.account.landed import Landed
from tests.account.model import draft_for
from tests.account.settings import LANDING
from tests.account.texts import json_lines

KEYS = [
    "incoming/ward/a b.json",
    "incoming/ward/a+b.json",
    "incoming/ward/a%b.json",
    "incoming/ward/a%2Fb.json",
    "incoming/ward/a%252Fb.json",
    "incoming/ward/a%20b+c d.json",
    "incoming/ward/Röntgen 胸部 🫁.json",
    "incoming/ward/e\u0301-\u00e9.json",
    "incoming/../../lake/x.json",
    "incoming/ward/../../../etc/passwd",
    "incoming/ward/./a.json",
    "incoming//a.json",
    "incoming/ward/a\"b'c&d=e?f#g.json",
    "incoming/ward/line\nbreak\ttab.json",
    "incoming/ward/" + "k" * (1024 - len("incoming/ward/.json")) + ".json",
    "incoming/ward/" + "é" * ((1024 - len("incoming/ward/.json")) // 2) + ".json",
]
SHAPES = ["notification", "unversioned", "bridged", "own"]


def decoys(key: str) -> set[str]:
    """What a reader would look for that decodes once too often, or not at all."""
    names = {
        quote(key),
        quote_plus(key),
        quote_plus(key, safe="/"),
        unquote(key),
        unquote_plus(key),
        key.replace(" ", "+"),
        key.replace("+", " "),
        key.replace("%2F", "/"),
        key.replace("../", "").replace("./", ""),
    }
    return {name for name in names if name != key and len(name.encode()) <= 1024}


def message(landed: Landed, shape: str) -> str:
    if shape == "unversioned":
        return landed.notification(versioned=False)
    return str(getattr(landed, shape)())


@pytest.mark.parametrize("shape", SHAPES)
def test_06_exactly_the_named_objects_are_read(account: Account, shape: str) -> None:
    for name in {name for key in KEYS for name in decoys(key)} - set(KEYS):
        account.put(name, json_lines({"findings": "A decoy."}))
    landed = [account.put(key, json_lines({"findings": f"Findings {key}."})) for key in KEYS]

    account.deliver(*(message(one, shape) for one in landed))
    account.drain()

    assert account.waiting() == 0
    assert len(account.model.prompts) == len(KEYS)
    drafts = {row["source_key"]: row["generated_impression"] for row in account.rows("impressions")}
    assert drafts == {key: draft_for(f"Findings {key}.") for key in KEYS}
    assert account.rows("failures") == []


def test_06_no_output_outside_the_planned_prefixes(account: Account) -> None:
    account.configure({"CHUNK_RECORDS": "1"})

    for key in KEYS:
        account.drop(key, json_lines({"findings": "Clear."}, {"findings": "Normal."}))
    account.drain()

    written = account.list_keys()
    planned = ("results/incoming/", "lake/impressions/dt=", "lake/files/dt=")
    assert all(name.startswith(planned) for name in written)
    assert all(len(name.encode()) <= 1024 for name in written)
    assert sorted(account.list_keys(LANDING)) == sorted(KEYS)
    result_keys = {row["source_key"]: row["result_key"] for row in account.rows("files")}
    assert result_keys.keys() == set(KEYS)
    assert set(result_keys.values()) <= set(written)
    short = [key for key in KEYS if len(key.encode()) < 900]
    assert [result_keys[key] for key in short] == [f"results/{key}.json" for key in short]


def test_06_two_keys_of_full_length_have_two_results(account: Account) -> None:
    keys = [f"incoming/{'k' * 1014}{end}" for end in "ab"]

    for key in keys:
        account.drop(key, json_lines({"findings": f"Findings {key[-1]}."}))
    account.drain()

    results = [key for key in account.list_keys() if key.startswith("results/")]
    assert [len(key.encode()) for key in keys] == [1024, 1024]
    assert len(results) == 2
    assert {row["result_key"] for row in account.rows("files")} == set(results)


@pytest.mark.parametrize(
    ("key", "dataset"),
    [
        ("incoming/ward/a.json", "ward"),
        ("incoming/a.json", "default"),
        ("incoming/ward/deep/er/a.json", "ward"),
        ("incoming/a+b c/a.json", "a+b c"),
    ],
)
def test_06_dataset_is_the_first_segment_after_the_lane(
    account: Account, key: str, dataset: str
) -> None:
    account.drop(key, json_lines({"findings": "Clear lungs."}))

    account.drain()

    (row,) = account.rows("impressions")
    assert (row["lane"], row["dataset"]) == ("incoming", dataset)
