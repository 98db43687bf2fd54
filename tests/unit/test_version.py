import re
import tomllib
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
HEADINGS = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_newest_version_of_the_changelog_is_the_project_s() -> None:
    assert HEADINGS[0] == "[Unreleased]"
    assert HEADINGS[1].startswith(f"[{VERSION}] - ")


def test_every_version_of_the_changelog_has_its_day() -> None:
    days = []
    for heading in HEADINGS[1:]:
        found = re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d{2}-\d{2})", heading)
        assert found, heading
        days.append(date.fromisoformat(found[1]))
    assert days == sorted(days, reverse=True)
