"""What `make package` builds: the deployment zip, the merged SAM template, its translation.

`chalice package` runs in a copy of `chalice_app/` with the interpreter in use: the Lambda runtime
is that interpreter. So a package for AWS is built by Python 3.13 (template.yaml says python3.13),
and the local stack builds one of its own with whatever Python is there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from local import bundle, translate
from local.environments import locked, say
from local.errors import LocalError, PackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
DEPLOYED_RUNTIME = "python3.13"
STAGE = "prod"
SOURCES = ("app.py", "requirements.txt", "chalicelib", ".chalice/config.json")
ZIP_NAME = "deployment.zip"
SAM_NAME = "sam.json"
TEMPLATE_NAME = "template.json"
STAMP_NAME = "package.json"
CALL_CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Package:
    """A built package. Sizes in bytes; `fingerprint` hashes everything it was built from."""

    directory: str
    runtime: str
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
        """The merged SAM template; its CodeUri is the zip beside it."""
        return Path(self.directory, SAM_NAME)

    @property
    def template_path(self) -> Path:
        """The plain CloudFormation template; its code is `zip_key` in a bucket to be named."""
        return Path(self.directory, TEMPLATE_NAME)

    @property
    def zip_key(self) -> str:
        """The object key that the translated template takes the code from."""
        return zip_key(self.zip_sha256)


def zip_key(sha256: str) -> str:
    """An object key that changes with the zip, so that CloudFormation sees a new one."""
    return f"deployment-{sha256[:16]}.zip"


def runtime_at_hand() -> str:
    """The Lambda runtime that the interpreter in use packages for, like `python3.13`."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def build(out: Path, *, root: Path = ROOT, progress: Callable[[str], None] = say) -> Package:
    """Build the package in `out`, or return the one there when nothing changed.

    Raises PackageError when Chalice, the zip's contents or the translation fail.
    """
    out.mkdir(parents=True, exist_ok=True)
    with locked(out / ".lock"):
        fingerprint = _fingerprint(root)
        known = _read_stamp(out, fingerprint)
        if known:
            return known
        started = time.monotonic()
        progress(f"packaging the function for {runtime_at_hand()} …")
        raw = _run_chalice(root, out)
        entries = bundle.used_entries(raw / ZIP_NAME)
        bundle.check_requirements(entries, f"{sys.version_info.major}.{sys.version_info.minor}")
        entries |= _compiled(entries, out)
        written = bundle.write_bundle(entries, out / ZIP_NAME)
        sam = translate.read_yaml(raw / "sam.yaml")
        _write_json(out / SAM_NAME, sam)
        translated = translate.translate(sam, zip_name=zip_key(written.sha256))
        _write_json(out / TEMPLATE_NAME, translated)
        package = Package(
            directory=str(out),
            runtime=runtime_at_hand(),
            fingerprint=fingerprint,
            zip_sha256=written.sha256,
            zip_bytes=written.size,
            unzipped_bytes=written.unzipped_size,
        )
        _write_json(out / STAMP_NAME, asdict(package))  # last: a package without it is not whole
        progress(
            f"packaged {written.size / 1e6:.1f} MB ({written.unzipped_size / 1e6:.1f} MB unzipped) "
            f"for {package.runtime} ({time.monotonic() - started:.0f} s)"
        )
        return package


def source_files(root: Path) -> Iterator[Path]:
    """The files of `chalice_app/` that a package is built from, sorted."""
    app = root / "chalice_app"
    for name in (*SOURCES, ".chalice"):
        path = app / name
        if path.is_file():
            yield path
        elif name == ".chalice":
            yield from sorted(path.glob("policy-*.json"))
        else:
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
            )


def _fingerprint(root: Path) -> str:
    """A hash of everything that the package is built from, this code and its tools included."""
    here = Path(__file__).resolve().parent
    code = [here / name for name in ("package.py", "bundle.py", "precompile.py", "translate.py")]
    digest = hashlib.sha256()
    for path in [*source_files(root), root / "template.yaml", *code]:
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    tools = [version(name) for name in ("chalice", "aws-sam-translator")]
    digest.update(f"{sys.version_info[:3]} {platform.machine()} {tools}".encode())
    return digest.hexdigest()


def _read_stamp(out: Path, fingerprint: str) -> Package | None:
    """The package in `out` if it is whole, unharmed and built from just this."""
    try:
        stamp = json.loads((out / STAMP_NAME).read_text(encoding="utf-8"))
        known = Package(**{**stamp, "directory": str(out)})  # the folder may have been moved
        content = known.zip_path.read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    whole = known.sam_path.is_file() and known.template_path.is_file()
    unharmed = hashlib.sha256(content).hexdigest() == known.zip_sha256
    return known if whole and unharmed and known.fingerprint == fingerprint else None


def _run_chalice(root: Path, out: Path) -> Path:
    """Run `chalice package` on a copy of the application; return the folder it wrote.

    The copy keeps Chalice's own cache of installed requirements, so that a change of the
    application alone installs nothing.
    """
    (out / STAMP_NAME).unlink(missing_ok=True)
    app, raw, log = out / "work" / "app", out / "work" / "raw", out / "chalice.log"
    _copy_sources(root, app)
    if raw.exists():
        shutil.rmtree(raw)
    command = [sys.executable, "-c", CALL_CHALICE, "--project-dir", str(app), "package"]
    command += ["--stage", STAGE, "--merge-template", str(root / "template.yaml"), str(raw)]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603  # our own interpreter and paths
            command,
            cwd=app,
            env=_chalice_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    # Chalice only warns when it could not install a requirement.
    if done.returncode != 0 or "Could not install dependencies" in said:
        last = said.splitlines()[-1] if said else f"exit status {done.returncode}"
        message = f"chalice package failed: {last} (all of it in {log})"
        raise PackageError(message)
    return raw


def _compiled(entries: dict[str, bytes], out: Path) -> dict[str, bytes]:
    """Compiled modules to go into the zip; proves on the way that it imports without this venv."""
    site, brought = out / "work" / "site", out / "work" / "runtime"
    bundle.unpack(entries, site)
    shutil.rmtree(brought, ignore_errors=True)
    brought.mkdir()
    for module in bundle.RUNTIME_MODULES:
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise PackageError(f"{module} is not installed: delete .venvs and start again")
        origin = Path(spec.origin)
        origin = origin.parent if spec.submodule_search_locations else origin
        (brought / origin.name).symlink_to(origin)
    script = Path(__file__).resolve().with_name("precompile.py")
    done = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-P", "-s", "-S", str(script), str(site), str(brought)],
        env={"PYTHONHASHSEED": "0"},  # sets of constants in the same order every time
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        (out / "precompile.log").write_text(done.stderr, encoding="utf-8")
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PackageError(f"the zip does not import: {last} (see {out / 'precompile.log'})")
    return {name: (site / name).read_bytes() for name in done.stdout.split("\n") if name}


def _copy_sources(root: Path, app: Path) -> None:
    """Make `app` a copy of `chalice_app/` without what the last build left of other files."""
    cache = app / ".chalice" / "deployments"
    kept = app.with_name("deployments")
    if cache.exists():
        shutil.rmtree(kept, ignore_errors=True)
        cache.rename(kept)
    if app.exists():
        shutil.rmtree(app)
    for path in source_files(root):
        target = app / path.relative_to(root / "chalice_app")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if kept.exists():
        kept.rename(cache)


def _chalice_environment() -> dict[str, str]:
    """This process's environment without the user's AWS settings, which packaging needs not."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_DEFAULT_REGION": "us-east-1",  # chalice package fails without one
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PIP_NO_DEPS": "1",  # chalice_app/requirements.txt is complete
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _write_json(path: Path, content: object) -> None:
    """Write JSON in one step: a reader sees the old file or the new one."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def main(arguments: Sequence[str]) -> int:
    """Build the package for AWS; `--any-python` builds it with another interpreter."""
    parser = argparse.ArgumentParser(prog="python -m local.package", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "package")
    parser.add_argument("--any-python", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if runtime_at_hand() != DEPLOYED_RUNTIME and not options.any_python:
            message = (
                f"the deployed runtime is {DEPLOYED_RUNTIME} and this is {runtime_at_hand()}: "
                "run make package with PYTHON=python3.13, or pass --any-python to look only"
            )
            raise PackageError(message)
        package = build(options.out)
    except LocalError as error:
        say(f"error: {error}")
        return 3
    print(json.dumps(asdict(package), indent=1))  # noqa: T201  # the result
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
