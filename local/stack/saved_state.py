"""What MiniStack saved, made ready for its next start.

MiniStack writes objects to disk at once and everything else when it is stopped, so after SIGKILL
the rest is as old as the last stop (`stack.up` stops it once after a deploy for that reason).
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from common import files

if TYPE_CHECKING:
    from typing import Any

    from common.stack_settings import LocalStackSettings


def prepare(settings: LocalStackSettings, old_port: int, new_port: int) -> None:
    """Make what was saved fit a MiniStack that listens on `new_port`. None must be running."""
    _set_aside_lone_objects(settings)
    for path in sorted(settings.saved_directory.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        # Queues are kept under their URL, port included, and looked up by the URL of now.
        here, there = f"{settings.host}:{old_port}", f"{settings.host}:{new_port}"
        changed = text if old_port == new_port else text.replace(here, there)
        if path.name == "sqs.json":
            changed = _with_messages_released(changed)
        if changed != text:
            files.write(path, changed)


def _set_aside_lone_objects(settings: LocalStackSettings) -> None:
    """Move objects away whose buckets nobody remembers: killed before anything was saved.

    The stack would not deploy over buckets that exist. `up` had not returned, so hardly anybody
    can have put something there; still, it is moved and not deleted.
    """
    objects = settings.objects_directory
    if not objects.exists() or (settings.saved_directory / "cloudformation.json").exists():
        return
    shutil.rmtree(objects / settings.account_id / settings.artifacts_bucket, ignore_errors=True)
    if not any(path.is_file() for path in objects.rglob("*")):
        shutil.rmtree(objects)
        return
    number = 1
    while (aside := objects.with_name(f"s3-set-aside-{number}")).exists():
        number += 1
    objects.rename(aside)


def _with_messages_released(text: str) -> str:
    """The saved queues with no message in flight: whoever worked on it is gone.

    Without this a message that was being worked on stays hidden for its visibility timeout of
    90 minutes. In AWS it has to, as nobody knows that the function is gone.
    """
    content = json.loads(text)
    for message in _messages(content):
        message["visible_at"] = 0
    return json.dumps(content)


def _messages(node: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # any JSON
    """Every message in MiniStack's saved queues, however they are nested."""
    if isinstance(node, list):
        return [message for item in node for message in _messages(item)]
    if not isinstance(node, dict):
        return []
    if "visible_at" in node:
        return [node]
    return [message for item in node.values() for message in _messages(item)]
