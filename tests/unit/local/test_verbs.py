"""The verbs of `python -m local` on a stack that is an account in moto: output and exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from common import command_line
from common.stack_settings import LocalStackSettings
from local.__main__ import VERBS, parser
from local.stack import lifecycle
from local.stack.purging import Purged
from tests.account.model import draft_for
from tests.nights import Nights, reports
from tests.unit.local.conftest import StackInAccount

KEY = "incoming/ward/a.jsonl"


def call(*arguments: str) -> int:
    options = parser().parse_args(arguments)
    return command_line.run(VERBS[options.verb], options)


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """The document on stdout; nothing may be on stderr."""
    found = capsys.readouterr()
    assert found.err == ""
    return json.loads(found.out)


def file_of(folder: Path, content: bytes, name: str = "a.jsonl") -> str:
    path = folder / "ward" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return str(path)


class TestFile:
    def test_shows_the_state_of_one(
        self, stack: StackInAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stack.account.finish(KEY, reports(2))

        assert call("file", KEY) == 0

        told = said(capsys)
        assert (told["key"], told["state"], told["counts"]["ok"]) == (KEY, "complete", 2)

    def test_that_is_not_there_is_the_user_s_error(
        self, stack: StackInAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call("file", "incoming/nix") == 2

        found = capsys.readouterr()
        assert (found.out, found.err.count("\n")) == ("", 1)
        assert found.err.startswith("error: key: there is no such object")


class TestRerun:
    @pytest.mark.parametrize(("place", "count"), [(KEY, 1), ("incoming/ward/", 2)])
    def test_runs_a_file_or_all_under_a_prefix_again(
        self,
        stack: StackInAccount,
        capsys: pytest.CaptureFixture[str],
        place: str,
        count: int,
    ) -> None:
        stack.account.finish(KEY, reports(1))
        stack.account.finish("incoming/ward/b.jsonl", reports(1, 1))
        stack.account.model.forget()

        assert call("rerun", place, "--token", "t1") == 0
        stack.account.drain()

        assert said(capsys) == {"rerun": count, "token": "t1"}
        assert len(stack.account.model.prompts) == count

    def test_without_a_token_is_another_re_run_each_time(
        self, stack: StackInAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stack.account.finish(KEY, reports(1))

        tokens = set()
        for _ in range(2):
            call("rerun", KEY)
            tokens.add(said(capsys)["token"])

        assert len(tokens) == 2


class TestRedrive:
    def test_sends_dead_letters_back(
        self, stack: StackInAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        account = stack.account
        landed = account.put(KEY, reports(1))
        account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody=landed.own())

        assert call("redrive") == 0
        account.drain()

        assert said(capsys) == {"redriven": 1, "left": 0}
        assert account.result(KEY)["status"] == "complete"


class TestNight:
    def test_tells_what_it_started(
        self, stack: StackInAccount, nights: Nights, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stack.account.put("nightly/ward/a.jsonl", reports(3))

        assert call("night") == 0

        told = said(capsys)
        assert (told["status"], told["records"], told["job"]) == ("done", 3, nights.only_job)


class TestRun:
    def test_waits_for_every_record_and_tells_the_counts(
        self, stack: StackInAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = file_of(tmp_path, reports(3))

        assert call("run", path, "--dataset", "ward", "--quiet") == 0

        found = capsys.readouterr()
        assert found.out.startswith("1 files, 3 records in: 3 impressions, 0 failed, in ")
        assert found.err == ""
        drafts = [one["impression"] for one in stack.account.entries(KEY)]
        assert drafts == [draft_for(f"Findings {number}.") for number in range(3)]

    def test_of_a_record_that_fails_is_1_and_names_it(
        self, stack: StackInAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = file_of(tmp_path, reports(1) + b'\n{"findings": ""}')

        assert call("run", path, "--dataset", "ward", "--quiet") == 1

        shown = capsys.readouterr().out
        assert "2 records in: 1 impressions, 1 failed" in shown
        assert f"{KEY} record 1: findings: is blank" in shown

    def test_writes_the_document_that_was_asked_for(
        self, stack: StackInAccount, tmp_path: Path
    ) -> None:
        path, document = file_of(tmp_path, reports(2)), tmp_path / "out.json"

        call("run", path, "--dataset", "ward", "--quiet", "--json", str(document))

        told = json.loads(document.read_text(encoding="utf-8"))
        assert (told["files"], told["records"], told["failed"]) == (1, 2, 0)
        assert told["results"] == [f"results/{KEY}.json"]

    def test_shows_only_the_models_that_were_asked_for(
        self, stack: StackInAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = {"findings": "Heart is normal.", "impression": "Normal."}
        path = file_of(tmp_path, json.dumps(record).encode())
        arguments = ("run", path, "--lane", "evaluation", "--quiet", "--models")

        call(*arguments, "fine-tuned,baseline-lead")

        shown = capsys.readouterr().out
        assert "fine-tuned" in shown
        assert "baseline-lead" in shown
        assert "baseline-constant" not in shown

    def test_of_nightly_files_runs_the_night(
        self, stack: StackInAccount, nights: Nights, tmp_path: Path
    ) -> None:
        path = file_of(tmp_path, reports(3))
        stack.work = nights.finish

        assert call("run", path, "--lane", "nightly", "--dataset", "ward", "--quiet") == 0

        assert stack.account.result("nightly/ward/a.jsonl")["counts"]["ok"] == 3
        assert stack.account.model.prompts == []

    def test_that_waits_in_vain_is_1_and_says_for_what(
        self, stack: StackInAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = file_of(tmp_path, reports(1))
        stack.work = lambda: None

        assert call("run", path, "--dataset", "ward", "--quiet") == 1

        found = capsys.readouterr()
        assert found.out == ""
        assert found.err.startswith("error: 1 files have no result")

    @pytest.mark.parametrize(
        "wrong",
        [
            ("--models", "best"),
            ("--json", "no/such/folder/out.json"),
            ("--dataset", "a/b"),
        ],
    )
    def test_of_what_does_not_exist_is_2_and_drops_nothing(
        self, stack: StackInAccount, tmp_path: Path, wrong: tuple[str, str]
    ) -> None:
        path = file_of(tmp_path, reports(1))

        assert call("run", path, "--quiet", *wrong) == 2

        assert stack.account.list_keys("landing-test") == []


class TestStatus:
    def test_of_a_healthy_stack_is_0_and_shows_files_and_queues(
        self, stack: StackInAccount, nights: Nights, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stack.account.finish(KEY, reports(1))
        stack.account.finish("incoming/ward/bad.json", b"")
        stack.account.put("nightly/ward/a.jsonl", reports(3))
        nights.run()
        stack.health = {"queue_visible": 4, "queue_in_flight": 2}

        assert call("status") == 0

        found = capsys.readouterr()
        shown = {" ".join(line.split()) for line in found.out.splitlines()}
        assert found.err == ""
        assert "local AWS (MiniStack) up" in shown
        assert "landing bucket landing-test" in shown
        assert "work queue 4 waiting, 2 in flight, 0 dead letters" in shown
        assert "files 1 complete, 1 failed, 1 waiting" in shown
        assert any("submitted, 1 files, 3 records" in line for line in shown)

    @pytest.mark.parametrize(
        ("health", "problem"),
        [
            ({"sagemaker": False}, "`python -m local up` starts what is down"),
            ({"ministack": False, "queue_visible": None}, "`python -m local up` starts what"),
            ({"stack": None}, "`python -m local up` starts what is down"),
            ({"dead_letters": 2}, "there are dead letters: see docs/runbook.md"),
        ],
    )
    def test_of_anything_else_is_3_and_says_what_to_do(
        self,
        stack: StackInAccount,
        capsys: pytest.CaptureFixture[str],
        health: dict[str, Any],
        problem: str,
    ) -> None:
        stack.health = health

        assert call("status") == 3

        assert problem in capsys.readouterr().err

    def test_of_a_stack_of_an_earlier_release_asks_no_function(
        self, stack: StackInAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stack.outputs = type(stack.outputs)(*("x" * 8))

        assert call("status") == 0

        assert "files" not in capsys.readouterr().out


class TestStackThatIsNotUp:
    VERBS = pytest.mark.parametrize(
        "arguments", [("file", KEY), ("rerun", KEY), ("redrive",), ("night",), ("run", __file__)]
    )

    @VERBS
    @pytest.mark.parametrize(
        "health", [{"stack": None}, {"ministack": False}, {"sagemaker": False}]
    )
    def test_is_3_and_says_what_to_do(
        self,
        stack: StackInAccount,
        capsys: pytest.CaptureFixture[str],
        arguments: tuple[str, ...],
        health: dict[str, Any],
    ) -> None:
        stack.health = health

        assert call(*arguments) == 3

        problem = "error: the local stack is not up: run `python -m local up` first"
        assert capsys.readouterr().err.startswith(problem)

    @VERBS
    def test_or_is_of_an_earlier_release_is_3(
        self,
        stack: StackInAccount,
        capsys: pytest.CaptureFixture[str],
        arguments: tuple[str, ...],
    ) -> None:
        stack.outputs = type(stack.outputs)(*("x" * 8))

        assert call(*arguments) == 3

        assert "run `python -m local up` again" in capsys.readouterr().err


class TestUpAndDown:
    def test_up_prints_where_everything_is(
        self,
        stack: StackInAccount,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(lifecycle, "up", lambda _: stack)

        assert call("up") == 0

        shown = [line.split()[-1] for line in capsys.readouterr().out.splitlines()]
        assert shown == [stack.aws_url, stack.front_url, "landing-test", "results-test"]

    @pytest.mark.parametrize(("was_up", "shown"), [(True, ""), (False, "nothing was running\n")])
    def test_down_says_when_there_was_nothing_to_stop(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        *,
        was_up: bool,
        shown: str,
    ) -> None:
        stopped: list[LocalStackSettings] = []

        def down(settings: LocalStackSettings) -> bool:
            stopped.append(settings)
            return was_up

        monkeypatch.setattr(lifecycle, "down", down)

        assert call("down") == 0

        assert capsys.readouterr().out == shown
        assert stopped == [LocalStackSettings()]

    @pytest.mark.parametrize(
        ("purged", "shown"),
        [((7, 2_000_000), "deleted 7 files (2.0 MB) from "), ((0, 0), "there was nothing to ")],
    )
    def test_down_with_purge_says_what_it_deleted(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        purged: tuple[int, int],
        shown: str,
    ) -> None:
        monkeypatch.setattr(lifecycle, "purge", lambda _: Purged(*purged))

        assert call("down", "--purge") == 0

        assert capsys.readouterr().out.startswith(shown)

    def test_down_with_purge_of_what_is_not_the_stack_s_is_3_and_names_it(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("IMPRESSIONS_STATE_DIR", str(tmp_path))
        (tmp_path / "thesis.docx").touch()

        assert call("down", "--purge") == 3

        assert "also contains thesis.docx" in capsys.readouterr().err
        assert (tmp_path / "thesis.docx").exists()
