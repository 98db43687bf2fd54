"""Looks for security mistakes in templates with checkov, offline.

What a template suppresses stands beside the resource, with its reason: `Metadata.checkov.skip`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.errors import LintError, PackageError

# Offline: checkov asks its vendor for nothing, neither for more rules nor for their severities.
OPTIONS = ("--framework", "cloudformation", "--skip-download", "--quiet", "--output", "json")


def check(python: Path, templates: Sequence[Path]) -> None:
    """Check templates with all rules of checkov for CloudFormation.

    Args:
        python: the interpreter of the environment that has checkov.
        templates: the files.

    Raises:
        LintError: a template has findings.
        PackageError: a template could not be checked.
    """
    files = [part for template in templates for part in ("--file", str(template))]
    command = [str(python), "-m", "checkov.main", *OPTIONS, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    try:
        report = json.loads(done.stdout)
        summary, failed = report["summary"], report["results"]["failed_checks"]
    except (ValueError, TypeError, KeyError):
        problem = (done.stderr or done.stdout).strip()
        raise PackageError(f"checkov could not check the templates: {problem}") from None
    if failed:
        lines = sorted({_finding(one) for one in failed})
        raise LintError(f"checkov has {len(lines)} findings", "\n".join(lines))
    # It passes over a file that it cannot read, and is content with it.
    if summary["parsing_errors"] or not summary["passed"]:
        raise PackageError(f"checkov could not read one of {', '.join(map(str, templates))}")


def _finding(check: dict[str, Any]) -> str:
    first, _ = check["file_line_range"]
    place = f"{check['file_abs_path']}:{first}"
    return f"{place}: {check['check_id']} {check['resource']}: {check['check_name']}"
