"""What checkov says of templates, and what is done with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from local.errors import LintError, PackageError
from local.packaging import security
from local.packaging.translate import read_yaml

CLEAN = {"results": {"failed_checks": []}, "summary": {"passed": 3, "parsing_errors": 0}}
FINDING = {
    "file_abs_path": "/checkout/template.yaml",
    "file_line_range": [7, 9],
    "check_id": "CKV_AWS_18",
    "resource": "AWS::S3::Bucket.Landing",
    "check_name": "Ensure the S3 bucket has access logging enabled",
}


def checkov(folder: Path, output: object) -> Path:
    """A stand-in for the interpreter of checkov's environment; it notes what it is asked."""
    path = folder / "python"
    (folder / "output").write_text(output if isinstance(output, str) else json.dumps(output))
    path.write_text(f'#!/bin/sh\necho "$@" > {folder}/asked\ncat {folder}/output\n')
    path.chmod(0o755)
    return path


def test_clean_templates_pass(tmp_path: Path) -> None:
    python = checkov(tmp_path, CLEAN)

    security.check(python, [Path("a.yaml"), Path("b.json")])

    assert (tmp_path / "asked").read_text() == (
        "-m checkov.main --framework cloudformation --skip-download --quiet --output json "
        "--file a.yaml --file b.json\n"
    )


def test_a_finding_names_its_place_and_its_rule(tmp_path: Path) -> None:
    twice = [FINDING, FINDING]
    python = checkov(tmp_path, CLEAN | {"results": {"failed_checks": twice}})

    with pytest.raises(LintError, match=r"^checkov has 1 findings$") as caught:
        security.check(python, [Path("template.yaml")])

    assert caught.value.findings == (
        "/checkout/template.yaml:7: CKV_AWS_18 AWS::S3::Bucket.Landing: "
        "Ensure the S3 bucket has access logging enabled"
    )


@pytest.mark.parametrize(
    "output",
    [
        "Traceback",
        "[]",
        "{}",
        {"results": {"failed_checks": []}, "summary": {"passed": 3, "parsing_errors": 1}},
        {"results": {"failed_checks": []}, "summary": {"passed": 0, "parsing_errors": 0}},
    ],
)
def test_what_was_not_checked_is_not_clean(tmp_path: Path, output: object) -> None:
    python = checkov(tmp_path, output)

    with pytest.raises(PackageError, match=r"checkov could not"):
        security.check(python, [Path("template.yaml")])


def test_every_suppression_says_why() -> None:
    resources: dict[str, Any] = read_yaml(ROOT / "template.yaml")["Resources"]
    skips = {
        (name, skip["id"]): skip["comment"]
        for name, resource in resources.items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }

    assert all(len(comment.split()) > 5 for comment in skips.values())
    assert {rule for _, rule in skips} == {"CKV_AWS_18", "CKV_AWS_115", "CKV_AWS_116"}
    assert [name for name, rule in skips if rule == "CKV_AWS_18"] == ["AccessLogsBucket"]


def test_an_interpreter_without_checkov_is_an_error() -> None:
    with pytest.raises(PackageError, match=r"No module named '?checkov"):
        security.check(Path(sys.executable), [Path("template.yaml")])
