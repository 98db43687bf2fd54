"""Replays the fuzzer's kept inputs, and Hypothesis's, through its targets; needs no atheris."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import __main__ as fuzz
from tests.fuzz import targets

INPUTS = sorted(path for path in fuzz.CORPUS.glob("*/*") if path.is_file())
LONGEST_CORPUS_BYTES = 600_000


@pytest.mark.parametrize("target", fuzz.TARGETS)
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
def test_kept_inputs_pass(target: str) -> None:
    kept = [path for path in INPUTS if path.parent.name == target]
    assert len(kept) >= 3

    for path in kept:
        try:
            targets.TARGETS[target](path.read_bytes())
        except Exception as error:
            error.add_note(f"input: {path}")
            raise


@pytest.mark.parametrize("target", fuzz.TARGETS)
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_pass(target: str, data: bytes) -> None:
    targets.TARGETS[target](data)


def test_every_target_has_a_folder_and_every_folder_a_target() -> None:
    assert set(fuzz.TARGETS) == set(targets.TARGETS)
    assert {path.parent.name for path in INPUTS} == set(fuzz.TARGETS)


def test_the_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in INPUTS) < LONGEST_CORPUS_BYTES
    assert all(path.stat().st_size <= fuzz.LONGEST_INPUT for path in INPUTS)


def test_the_words_are_a_dictionary_of_libfuzzer() -> None:
    lines = fuzz.WORDS.read_text(encoding="ascii").splitlines()

    entries = [line for line in lines if not line.startswith("#")]
    assert len(entries) > 50
    # Only \\, \" and \xAB are escapes there.
    entry = re.compile(r'"(?:[^"\\]|\\\\|\\"|\\x[0-9a-f]{2})+"')
    assert [line for line in entries if entry.fullmatch(line) is None] == []


LOG = """\
#2\tINITED cov: 40 ft: 90 corp: 12/3Kb exec/s: 0 rss: 80Mb
#4096\tpulse  cov: 57 ft: 224 corp: 50/4522b lim: 668 exec/s: 2048 rss: 84Mb
stat::number_of_executed_units: 5000
"""


def test_a_run_without_a_failure_is_summed_up(tmp_path: Path) -> None:
    found = fuzz.read_log("records", 5, LOG, 0, tmp_path)

    assert found == fuzz.Outcome("records", 5000, 5, 57, 50, None)
    assert re.sub(" +", " ", fuzz._line(found)) == (
        "records 5,000 executions 1,000/s 57 edges 50 inputs"
    )


def test_a_failing_input_is_named(tmp_path: Path) -> None:
    said = LOG + "artifact_prefix='x/'; Test unit written to x/records/crash-5ba93c9d\n"

    found = fuzz.read_log("records", 5, said, 77, tmp_path / "records.log")

    assert found.failure == f"crash-5ba93c9d: see {tmp_path / 'records.log'}"


def test_a_fuzzer_that_does_not_start_is_a_failure(tmp_path: Path) -> None:
    found = fuzz.read_log("records", 5, "No module named 'atheris'", 1, tmp_path)

    assert found.failure is not None
    assert "no input was written" in found.failure


def test_an_unknown_target_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fuzz.main(["nothing"])

    assert "unknown target: nothing" in capsys.readouterr().err
