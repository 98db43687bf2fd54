"""Prepares MiniStack's saved state for its next start.

MiniStack writes objects to disk immediately and everything else when it is stopped. After SIGKILL,
the rest is as old as the last stop; therefore `lifecycle.up` stops it once after a deployment.
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
    """Adapt the saved state to a MiniStack on `new_port`. MiniStack must not be running."""
    _set_aside_lone_objects(settings)
    for path in sorted(settings.saved_directory.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        # Queues are saved under their URL with the port, and looked up by the current URL.
        old, new = f"{settings.host}:{old_port}", f"{settings.host}:{new_port}"
        changed = text if old_port == new_port else text.replace(old, new)
        if path.name == "sqs.json":
            changed = _with_messages_released(changed)
        if changed != text:
            files.write(path, changed)


def _set_aside_lone_objects(settings: LocalStackSettings) -> None:
    """Move objects away whose buckets are unknown because MiniStack was killed before it saved.

    The deployment would fail if the buckets existed. `up` had not returned, so they are unlikely
    to contain user data; still, they are moved and not deleted.
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
    """The saved queues with all messages visible, because no function is running any more.

    Otherwise an in-flight message would stay hidden for its visibility timeout of 90 minutes. On
    AWS that is unavoidable, because SQS cannot know that the function has ended.
    """
    content = json.loads(text)
    for message in _messages(content):
        message["visible_at"] = 0
    return json.dumps(content)


def _messages(node: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # any JSON
    """Every message in MiniStack's saved queues, at any nesting depth."""
    if isinstance(node, list):
        return [message for item in node for message in _messages(item)]
    if not isinstance(node, dict):
        return []
    if "visible_at" in node:
        return [node]
    return [message for item in node.values() for message in _messages(item)]
