"""Runs cfn-lint on template.yaml, the nested stack, the merged SAM template and its translation.

All of them are checked, because SAM hides errors that only the translation shows (a concurrency of
1, a missing queue), and the merge hides errors in template.yaml. Requires cfn-lint. Then checkov
looks for security mistakes, in an environment of its own, and local.cloudformation for what a
deployment would fail on.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from common.environments import ensure, say
from common.errors import CommandError
from common.paths import ROOT
from common.stack_settings import LocalStackSettings
from local.cloudformation import check
from local.errors import LintError, PackageError
from local.packaging import security
from local.packaging.package import NESTED

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-1")


def lint(template: Path, regions: Sequence[str] = REGIONS) -> None:
    """Raise LintError if cfn-lint has any findings."""
    tool = Path(sys.prefix) / "bin" / "cfn-lint"
    if not tool.is_file():
        raise PackageError(f"cfn-lint is not in {sys.prefix}: run make lint")
    command = [str(tool), "--format", "parseable"]
    # W3002: a local TemplateURL requires `aws cloudformation package`, which `make deploy` runs;
    # cfn-lint reports it for plain CloudFormation but not for SAM.
    # W1030: the empty default of a list of ids is no id, but a condition keeps it from being used.
    command += ["--ignore-checks", "W3002", "W1030"]
    command += ["--regions", *regions, "--template", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    findings = (done.stdout + done.stderr).strip()
    if done.returncode != 0 or findings:
        raise LintError(f"cfn-lint has findings in {template}", findings)


def make_package() -> Path:
    """Build the local stack's package if necessary; return its folder."""
    folder = LocalStackSettings().package_directory
    command = [str(ensure("run")), "-m", "local.packaging.package", "--local"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  # ours
    if done.returncode != 0:
        raise PackageError("the merged template cannot be linted: see above")
    return folder


def deploy(package: Path) -> None:
    """Raise LintError if a deployment of the package would fail, or go wrong unseen."""
    found = check.findings(*check.read(package, ROOT / NESTED))
    if found:
        raise LintError(f"the templates have {len(found)} faults", "\n".join(found))


def main() -> int:
    """Lint all templates; returns 1 if one has findings, 3 if they cannot be built."""
    try:
        package = make_package()
        own = (ROOT / "template.yaml", ROOT / NESTED)
        for template in (*own, package / "sam.json", package / "template.json"):
            lint(template)
            say(f"cfn-lint: {template.relative_to(ROOT)} is clean in {', '.join(REGIONS)}")
        # The translation has what Chalice adds, such as the roles.
        security.check(ensure("checkov"), (*own, package / "template.json"))
        say("checkov: the templates are clean")
        deploy(package)
        say("cloudformation: the templates would deploy, as far as can be told here")
    except LintError as error:
        say(f"error: {error}")
        print(error.findings)  # results go to stdout
        return 1
    except CommandError as error:
        say(f"error: {error}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
