"""Builds the package: the deployment zip, the merged SAM template, and its translation.

`chalice package` packages for the interpreter that runs it, so a package for AWS is built with
Python 3.13 (the runtime in template.yaml). The local stack builds its own package with the
available Python, for the architecture of its machine. Packages for AWS are built for either
architecture on any machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from common import files
from common.command_line import report
from common.environments import locked, say
from common.errors import CommandError
from common.paths import ROOT
from common.platforms import ARCHITECTURES, DEFAULT_ARCHITECTURE
from common.stack_settings import LocalStackSettings
from local.errors import PackageError
from local.packaging import bundle, chalice_package, imports, machine_packages, translate
from local.packaging.target import LAMBDA, Target, this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEPLOYED_RUNTIME = "python3.13"
OWN_CODE = (
    *("package.py", "chalice_package.py", "bundle.py", "precompile.py", "imports.py"),
    *("translate.py", "machine_packages.py", "target.py"),
)
ZIP_NAME = "deployment.zip"
SAM_NAME = "sam.json"
TEMPLATE_NAME = "template.json"
# The nested stack of template.yaml, copied under the same name next to the package's templates.
NESTED = "analytics/template.json"
STAMP_NAME = "package.json"


@dataclass(frozen=True, slots=True)
class Package:
    """A built package. Sizes are in bytes; `fingerprint` is a hash of all inputs."""

    directory: str
    runtime: str
    architecture: str
    fingerprint: str
    zip_sha256: str
    zip_bytes: int
    unzipped_bytes: int

    @property
    def zip_path(self) -> Path:
        """The deployment zip."""
        return Path(self.directory, ZIP_NAME)

    @property
    def sam_path(self) -> Path:
        """The merged SAM template; its CodeUri is the zip next to it."""
        return Path(self.directory, SAM_NAME)

    @property
    def template_path(self) -> Path:
        """The plain CloudFormation template; its code is `zip_key`, the bucket a placeholder."""
        return Path(self.directory, TEMPLATE_NAME)

    @property
    def nested_path(self) -> Path:
        """The nested stack's template, at the path of the TemplateURL."""
        return Path(self.directory, NESTED)

    @property
    def zip_key(self) -> str:
        """The object key of the code in the translated template."""
        return zip_key(self.zip_sha256)


def zip_key(sha256: str) -> str:
    """An object key that changes with the zip, so that CloudFormation notices a new one."""
    return f"deployment-{sha256[:16]}.zip"


def runtime_at_hand() -> str:
    """The Lambda runtime that the current interpreter packages for, like `python3.13`."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def build(
    out: Path,
    *,
    target: Target | None = None,
    root: Path = ROOT,
    progress: Callable[[str], None] = say,
) -> Package:
    """Build the package in `out`, or return the existing one if nothing has changed.

    Without a `target` it is built for this machine. Raises PackageError if Chalice, the check of
    the zip or the translation fails.
    """
    target = target or this_machine()
    out.mkdir(parents=True, exist_ok=True)
    with locked(out / ".lock"):
        fingerprint = _fingerprint(root, target)
        known = _read_stamp(out, fingerprint)
        if known:
            return known
        started = time.monotonic()
        progress(f"packaging the function for {runtime_at_hand()} on {target.architecture} …")
        (out / STAMP_NAME).unlink(missing_ok=True)  # from here on, the package is incomplete
        with ThreadPoolExecutor(max_workers=1) as pool:
            loaded = pool.submit(translate.load)  # while Chalice runs, in another process
            packages = target.wheels == LAMBDA
            raw = chalice_package.run(root, out, target.architecture, packages=packages)
            loaded.result()
        written = bundle.write_bundle(_entries(root, out, raw, target), out / ZIP_NAME)
        sam = translate.read_yaml(raw / "sam.yaml")
        translate.bind_architecture(sam, target.architecture)
        _write_json(out / SAM_NAME, sam)
        (out / NESTED).parent.mkdir(exist_ok=True)
        (out / NESTED).write_bytes((root / NESTED).read_bytes())
        translated = translate.translate(sam, zip_name=zip_key(written.sha256))
        _write_json(out / TEMPLATE_NAME, translated)
        package = Package(
            directory=str(out),
            runtime=runtime_at_hand(),
            architecture=target.architecture,
            fingerprint=fingerprint,
            zip_sha256=written.sha256,
            zip_bytes=written.size,
            unzipped_bytes=written.unzipped_size,
        )
        _write_json(out / STAMP_NAME, asdict(package))  # last: without it, a package is incomplete
        progress(
            f"packaged {written.size / 1e6:.1f} MB ({written.unzipped_size / 1e6:.1f} MB unzipped) "
            f"for {package.runtime} on {package.architecture} ({time.monotonic() - started:.0f} s)"
        )
        return package


def _entries(root: Path, out: Path, raw: Path, target: Target) -> dict[str, bytes]:
    """The checked contents of the zip: what Chalice wrote to `raw`, and compiled modules."""
    entries = bundle.used_entries(raw / ZIP_NAME)
    application = bundle.application_entries(entries)
    stand_in = None
    if target.wheels == LAMBDA:
        bundle.check_binaries(entries, target.architecture)
        if not target.runs_here:
            stand_in = application | machine_packages.installed(root, out)
    else:
        entries = application | machine_packages.installed(root, out)
    bundle.check_requirements(entries, f"{sys.version_info.major}.{sys.version_info.minor}")
    compiled = bundle.compiled_modules(entries, out, stand_in)
    imports.check_imports(entries, compiled)
    return entries | compiled


def _fingerprint(root: Path, target: Target) -> str:
    """A hash of everything that the package is built from, including this code and its tools."""
    here = Path(__file__).resolve().parent
    inputs = [*chalice_package.source_files(root), root / "template.yaml", root / NESTED]
    named = {path.relative_to(root).as_posix(): path for path in inputs}
    named |= {name: here / name for name in OWN_CODE}
    digest = hashlib.sha256()
    for name, path in named.items():
        digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    tools = [version(name) for name in ("chalice", "aws-sam-translator")]
    machine = f"{sys.platform} {platform.machine()}"
    digest.update(f"{sys.version_info[:3]} {machine} {target} {tools}".encode())
    return digest.hexdigest()


def _read_stamp(out: Path, fingerprint: str) -> Package | None:
    """The package in `out` if it is complete, intact and built from exactly these inputs."""
    try:
        stamp = json.loads((out / STAMP_NAME).read_text(encoding="utf-8"))
        known = Package(**{**stamp, "directory": str(out)})  # the folder may have been moved
        content = known.zip_path.read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    templates = (known.sam_path, known.template_path, known.nested_path)
    complete = all(path.is_file() for path in templates)
    intact = hashlib.sha256(content).hexdigest() == known.zip_sha256
    return known if complete and intact and known.fingerprint == fingerprint else None


def _write_json(path: Path, content: object) -> None:
    """Write JSON atomically."""
    files.write(path, json.dumps(content, indent=1) + "\n")


def main(arguments: Sequence[str]) -> int:
    """Build the package for AWS, or with --local that of the local stack, for this machine."""
    parser = argparse.ArgumentParser(
        prog="python -m local.packaging.package", description=main.__doc__
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "package")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=DEFAULT_ARCHITECTURE)
    parser.add_argument("--any-python", action="store_true")
    parser.add_argument("--local", action="store_true")
    options = parser.parse_args(arguments)
    out, target = options.out, Target(options.architecture)
    try:
        if options.local:
            out, target = LocalStackSettings().package_directory, this_machine()
        elif runtime_at_hand() != DEPLOYED_RUNTIME and not options.any_python:
            message = (
                f"the deployed runtime is {DEPLOYED_RUNTIME} and this is {runtime_at_hand()}: "
                "run make package with PYTHON=python3.13, or pass --any-python just to inspect it"
            )
            raise PackageError(message)
        package = build(out, target=target)
    except CommandError as error:
        return report(error)
    print(json.dumps(asdict(package), indent=1))  # the result
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
