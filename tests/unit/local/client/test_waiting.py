"""Waiting for results that the real function writes, in an account."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from local.client.uploads import Dropped, drop, plan_uploads
from local.client.waiting import POLL_S, SLOWEST_POLL_S, Answered, Waiter
from local.errors import StalledError
from tests.nights import reports
from tests.unit.local.conftest import StackInAccount


def dropped(stack: StackInAccount, folder: Path, **files: bytes) -> list[Dropped]:
    """Drop files into `incoming/ward/`."""
    done: list[Dropped] = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
    paths = [str(folder / name) for name in files]
    drop(stack, plan_uploads(paths, "incoming", "ward"), done.append)
    return done


def wait(
    stack: StackInAccount, files: Sequence[Dropped], *, patience_s: float = 60.0
) -> tuple[list[Answered], list[int]]:
    """The answers, and how many records were told to be done on the way."""
    told: list[int] = []
    return Waiter(stack, files, told.append, patience_s).wait(), told


def do_one(stack: StackInAccount) -> None:
    """Let the function do one message, if there is one."""
    account = stack.account
    found = account.sqs.receive_message(
        QueueUrl=account.queue_url, MaxNumberOfMessages=1, AttributeNames=["All"]
    )
    for message in found.get("Messages", []):
        account.invoke({"Records": [account._sqs_record(message)]})


def test_each_file_s_answer_is_its_own(stack: StackInAccount, tmp_path: Path) -> None:
    files = dropped(stack, tmp_path, b=reports(2), a=reports(3, 2) + b"\n{}", c=b"")

    answers, told = wait(stack, files)

    assert [answer.dropped for answer in answers] == files
    assert [(one.records, one.failed) for one in answers] == [(2, 0), (4, 1), (1, 1)]
    assert answers[0].result_key == "results/incoming/ward/b.json"
    assert told == [0, 7]


def test_answers_come_in_the_order_of_the_files_whichever_is_first(
    stack: StackInAccount, tmp_path: Path
) -> None:
    early = dropped(stack, tmp_path, a=reports(1))
    stack.work()
    late = dropped(stack, tmp_path, b=reports(2))

    answers, told = wait(stack, [*late, *early])

    assert [one.records for one in answers] == [2, 1]
    assert told == [1, 3]


def test_no_files_are_no_wait(stack: StackInAccount) -> None:
    assert wait(stack, []) == ([], [])


def test_the_result_of_earlier_content_is_no_answer(stack: StackInAccount, tmp_path: Path) -> None:
    wait(stack, dropped(stack, tmp_path, a=reports(1)))

    (answer,), _ = wait(stack, dropped(stack, tmp_path, a=reports(2)))

    assert answer.records == 2


def test_chunks_of_a_large_file_are_progress(stack: StackInAccount, tmp_path: Path) -> None:
    stack.account.configure({"CHUNK_RECORDS": "2"})
    files = dropped(stack, tmp_path, a=reports(5))
    stack.work = lambda: do_one(stack)

    (answer,), told = wait(stack, files)

    assert answer.records == 5
    assert told[0] == 0
    assert told == sorted(set(told))
    assert len(told) == 4
    assert told[-1] == 5


def test_a_file_of_which_nothing_comes_is_named(stack: StackInAccount, tmp_path: Path) -> None:
    files = dropped(stack, tmp_path, a=reports(1), b=reports(1), c=reports(1))
    stack.work = lambda: None
    do_one(stack)
    done = set(stack.account.list_keys())
    missing = [one.ref.key for one in files if f"results/{one.ref.key}.json" not in done]

    with pytest.raises(StalledError) as caught:
        wait(stack, files, patience_s=60.0)

    assert len(missing) == 2
    assert str(caught.value) == (
        "2 files have no result after 60 s without progress, "
        f"the first is {missing[0]}: check `python -m local status` and the logs"
    )


def test_patience_begins_anew_with_every_progress(stack: StackInAccount, tmp_path: Path) -> None:
    stack.account.configure({"CHUNK_RECORDS": "1"})
    files = dropped(stack, tmp_path, a=reports(4))

    def work() -> None:
        """One message in three looks, 40 seconds from each look to the next."""
        stack.age += 40.0
        if next(looks) % 3 == 0:
            do_one(stack)

    looks = itertools.count()
    stack.work = work

    (answer,), told = wait(stack, files, patience_s=140.0)

    assert (answer.records, told) == (4, [0, 1, 2, 3, 4])
    assert stack.age > 3 * 140.0


def test_looks_are_rarer_the_longer_nothing_comes(stack: StackInAccount, tmp_path: Path) -> None:
    files = dropped(stack, tmp_path, a=reports(1))
    looked: list[float] = []
    stack.work = lambda: looked.append(stack.age)

    with pytest.raises(StalledError):
        wait(stack, files, patience_s=60.0)

    pauses = [after - before for before, after in itertools.pairwise([0.0, *looked])]
    assert pauses == sorted(pauses)
    assert pauses[0] == pytest.approx(POLL_S)
    assert pauses[-1] == pytest.approx(SLOWEST_POLL_S)
    assert 60.0 < stack.age < 60.0 + 2 * SLOWEST_POLL_S
