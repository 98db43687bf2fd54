"""Every `noqa` and `type: ignore` names what it silences and says why, in one form."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator

import pytest

from common.paths import ROOT

SILENCER = re.compile(r"\bnoqa\b|\btype:\s*ignore\b", re.IGNORECASE)
CODED = r"(?:noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\])"
FORM = re.compile(rf"# {CODED}(?:  # {CODED})?  # (?!noqa\b|type:)\S.*")


def unexplained(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of each comment that silences a tool without a code or a reason."""
    if SILENCER.search(source) is None:  # most files: they need not be tokenized
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        silences = token.type == tokenize.COMMENT and SILENCER.search(token.string)
        if silences and FORM.fullmatch(token.string) is None:
            yield token.start[0], token.string


def test_every_suppression_has_its_code_and_its_reason() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]

    found = [
        f"{path.relative_to(ROOT)}:{line}: {comment}"
        for path in paths
        if path.is_file()  # git lists what was deleted and not yet committed
        for line, comment in unexplained(path.read_text(encoding="utf-8"))
    ]

    assert len(paths) > 100
    assert found == [], "write `# noqa: CODE  # reason`, `# type: ignore[code]  # reason`"


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA: S608  # ours",
        "# noqa: S608",
        "# noqa: S608 ours",
        "# noqa: S608 - ours",
        "# noqa: S608 # ours",
        "# noqa:S608  # ours",
        "# noqa  # ours",
        "# noqa: S608  # ",
        "# noqa: S608  # noqa: S603",
        "# noqa: S608  # type: ignore[misc]",
        "# ruff: noqa: S608",
        "# type: ignore",
        "# type: ignore  # ours",
        "# type:ignore[misc]",
        "# type: ignore[misc]",
        "# type: ignore[misc] - ours",
        "# the value  # type: ignore[misc]",
    ],
)
def test_one_without_code_or_reason_is_found(comment: str) -> None:
    assert list(unexplained(f"a = 1\nb = 2  {comment}\n")) == [(2, comment)]


@pytest.mark.parametrize(
    "source",
    [
        "a = 1  # noqa: S608  # ours",
        "a = 1  # noqa: S608, PLR0911  # ours: all of them",
        "a = 1  # type: ignore[misc]  # ours",
        "a = 1  # type: ignore[call-overload,misc]  # ours",
        "a = 1  # type: ignore[misc]  # noqa: S608  # ours",
        "a = '# noqa'",
        '"""Text with # type: ignore in it."""',
        "a = 1  # no question",
    ],
)
def test_one_in_the_form_and_mere_text_pass(source: str) -> None:
    assert list(unexplained(f"{source}\n")) == []
