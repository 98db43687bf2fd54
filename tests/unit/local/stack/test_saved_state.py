import json
from pathlib import Path
from typing import Any

import pytest

from common.stack_settings import LocalStackSettings
from local.stack.saved_state import prepare


@pytest.fixture
def settings(tmp_path: Path) -> LocalStackSettings:
    made = LocalStackSettings(state_directory=tmp_path)
    made.saved_directory.mkdir(parents=True)
    return made


def save(settings: LocalStackSettings, name: str, content: Any) -> Path:
    path = settings.saved_directory / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def put(settings: LocalStackSettings, bucket: str, key: str) -> Path:
    path = settings.objects_directory / settings.account_id / bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="utf-8")
    return path


def test_messages_that_were_being_worked_on_are_seen_again(settings: LocalStackSettings) -> None:
    queue = {"messages": [{"id": "1", "visible_at": 9e9}, {"id": "2", "visible_at": 1.5}]}
    path = save(settings, "sqs.json", {"payload": {"queues": {"data": {"x": queue}}}})

    prepare(settings, 1, 1)

    saved = json.loads(path.read_text(encoding="utf-8"))["payload"]["queues"]["data"]["x"]
    assert [message["visible_at"] for message in saved["messages"]] == [0, 0]
    assert [message["id"] for message in saved["messages"]] == ["1", "2"]


def test_urls_follow_to_another_port(settings: LocalStackSettings) -> None:
    path = save(settings, "lambda.json", {"WORK_QUEUE_URL": "http://127.0.0.1:4001/0/work"})
    save(settings, "sqs.json", {"http://127.0.0.1:4001/0/work": {"messages": []}})

    prepare(settings, 4001, 4002)

    assert json.loads(path.read_text(encoding="utf-8")) == {
        "WORK_QUEUE_URL": "http://127.0.0.1:4002/0/work"
    }
    assert "127.0.0.1:4002" in (settings.saved_directory / "sqs.json").read_text(encoding="utf-8")


def test_nothing_saved_is_fine(tmp_path: Path) -> None:
    prepare(LocalStackSettings(state_directory=tmp_path), 1, 2)


def test_objects_of_a_stack_that_was_never_saved_are_set_aside(
    settings: LocalStackSettings,
) -> None:
    report = put(settings, "landing", "incoming/a.json")

    prepare(settings, 1, 1)

    assert not settings.objects_directory.exists()
    aside = settings.objects_directory.with_name("s3-set-aside-1")
    assert (aside / report.relative_to(settings.objects_directory)).read_text() == "x"


def test_what_was_set_aside_before_is_not_overwritten(settings: LocalStackSettings) -> None:
    for _ in range(2):
        put(settings, "landing", "incoming/a.json")
        prepare(settings, 1, 1)

    names = sorted(path.name for path in settings.objects_directory.parent.glob("s3-*"))
    assert names == ["s3-set-aside-1", "s3-set-aside-2"]


def test_a_zip_and_empty_buckets_are_not_worth_keeping(settings: LocalStackSettings) -> None:
    put(settings, settings.artifacts_bucket, "deployment.zip")
    (settings.objects_directory / settings.account_id / "landing").mkdir(parents=True)

    prepare(settings, 1, 1)

    assert list(settings.objects_directory.parent.glob("s3*")) == []


def test_objects_of_a_saved_stack_stay(settings: LocalStackSettings) -> None:
    report = put(settings, "landing", "incoming/a.json")
    save(settings, "cloudformation.json", {})

    prepare(settings, 1, 1)

    assert report.exists()
