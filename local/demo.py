"""The demo: processes examples/ in a fresh stack, up to the ROUGE table and the HTML report."""

from __future__ import annotations

import platform
import shutil
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from analytics.places import local_lake
from local.client import run as running
from local.stack import lifecycle as stacks

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.stack_settings import LocalStackSettings
    from local.client.waiting import Answered

    Say = Callable[[str], None]

SHOWN_IMPRESSIONS = 3
COLUMN = 14
WIDTH = 100


def demo(settings: LocalStackSettings, say: Say) -> None:
    """Start a fresh stack, upload `examples/`, print the results, stop and clean up.

    Raises LocalError if the stack does not start or a record is not accounted for.
    """
    # A separate stack: one that `python -m local up` started is left alone.
    own = replace(settings, state_directory=settings.root / "build" / "demo")
    stacks.down(own)
    shutil.rmtree(own.state_directory, ignore_errors=True)
    say(
        f"Python {platform.python_version()} runs this demo and stands for the Lambda runtime "
        "(deployed to AWS it is python3.13)."
    )
    try:
        stack = stacks.up(own)
        with ThreadPoolExecutor(max_workers=1) as pool:
            loaded = pool.submit(import_module, "analytics.report")  # 1 s, while functions work
            _hospital(stack, settings, say)
            _systems(stack, settings, say)
            _evaluation(stack, settings, say)
            loaded.result()
            _page(stack, settings, say)
    finally:
        stacks.down(own)
    shutil.rmtree(own.state_directory, ignore_errors=True)


def _hospital(stack: stacks.Stack, settings: LocalStackSettings, say: Say) -> None:
    folder = settings.root / "examples" / "hospital"
    say(
        f"\n1. A hospital drops {folder.relative_to(settings.root)}/ into s3://"
        f"{stack.outputs.landing_bucket}/incoming/hospital/"
    )
    report = running.run(stack, [str(folder)], lane="incoming")
    say(report.as_text())
    say("\nfor example:")
    shown = [one for one in report.answered if one.document["status"] == "complete"]
    for one in shown[:SHOWN_IMPRESSIONS]:
        say(_example(stack, one))


def _systems(stack: stacks.Stack, settings: LocalStackSettings, say: Say) -> None:
    examples = settings.root / "examples"
    say(
        "\n2. Its systems send HL7 v2, FHIR and plain reports (examples/hl7, fhir, text), and are "
        "answered in HL7 and FHIR"
    )
    report = running.run(stack, [str(examples / name) for name in ("hl7", "fhir", "text")])
    say(report.as_text())
    shown = examples / "hl7" / "chest-2001.hl7"
    (one,) = [one for one in report.answered if one.dropped.upload.path == shown]
    answer = stack.client("s3").get_object(
        Bucket=stack.outputs.results_bucket, Key=one.document["answer"]["key"]
    )
    say(f"\nfor example, {shown.relative_to(settings.root)}:")
    say(_segments(shown.read_bytes()))
    say("\nand its answer:")
    say(_segments(answer["Body"].read()))


def _evaluation(stack: stacks.Stack, settings: LocalStackSettings, say: Say) -> None:
    folder = settings.root / "examples" / "evaluation"
    say(
        f"\n3. A data scientist drops {folder.relative_to(settings.root)}/ into the evaluation "
        "lane: reports that the model has never seen, beside two baselines without a model"
    )
    report = running.run(stack, [str(folder)], lane="evaluation")
    say(report.as_text())


def _page(stack: stacks.Stack, settings: LocalStackSettings, say: Say) -> None:
    from analytics import report  # noqa: PLC0415  # 1 s: see `demo`

    page = settings.root / "build" / "report.html"
    with local_lake(stack.settings) as lake:
        report.write(lake, page)
    name = page.relative_to(settings.root)
    say(
        f"\n4. An analyst opens {name}: the ten worst drafts, the same figures with intervals, and "
        "every case with its flags"
    )


def _example(stack: stacks.Stack, one: Answered) -> str:
    """The first record of a file and its draft."""
    s3, ref = stack.client("s3"), one.dropped.ref
    landed: Any = msgspec.json.decode(s3.get_object(Bucket=ref.bucket, Key=ref.key)["Body"].read())
    record = landed[0] if isinstance(landed, list) else landed
    drafted = one.document["impressions"][0]
    lines = (
        ("report", drafted["report_id"]),
        ("findings", record["findings"]),
        ("radiologist", record.get("impression", "-")),
        ("drafted", drafted["impression"]),
        *(("flag", f"{one['flag']}: {one['sentence']}") for one in drafted.get("checks", ())),
    )
    return "\n".join(_wrapped(name, text) for name, text in lines) + "\n"


def _segments(message: bytes) -> str:
    """An HL7 message with a line for each segment."""
    lines = message.decode().rstrip("\r").split("\r")
    return "\n".join(
        f"  {line}" if len(line) < WIDTH else f"  {line[: WIDTH - 2]} …" for line in lines
    )


def _wrapped(name: str, text: str) -> str:
    """A name and its text in two columns; findings may contain newlines."""
    first = f"  {name:<{COLUMN}}"
    words = " ".join(text.split())
    return textwrap.fill(words, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
