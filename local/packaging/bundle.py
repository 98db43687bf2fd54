"""The deployment zip: reproducible, and without unused files.

Chalice's zip contains the timestamps of its files. This one has fixed timestamps and modes and
sorted names, so that the same input gives the same bytes, and omits files that a function never
opens.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from common import files
from local.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Included in every AWS Lambda Python runtime (Lambda developer guide, "Runtime-included SDK").
RUNTIME_PROVIDES = frozenset({"boto3", "botocore", "s3transfer", "python-dateutil", "urllib3"})
# The same as modules, with their dependencies; copies in the zip take precedence.
RUNTIME_MODULES = ("boto3", "botocore", "s3transfer", "dateutil", "urllib3", "jmespath", "six")
# What a distribution requires and no function uses: chalicelib.output.scoring imports rouge-score
# without these (docs/adr/0021).
UNUSED_REQUIREMENTS = {"rouge-score": frozenset({"absl-py", "nltk", "numpy"})}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest timestamp of the zip format
FILE_MODE = 0o100644 << 16
ELF_MAGIC = b"\x7fELF"
# The field e_machine of an ELF file: elf(5), EM_X86_64 and EM_AARCH64.
ELF_MACHINES = {62: "x86_64", 183: "arm64"}
# What a function of the application alone is made of; the rest of a zip are packages.
APPLICATION = ("app.py", "chalice/", "chalicelib/")

_UNUSED = re.compile(
    r"(^|/)(tests?|__pycache__|testing/tests)/|_test\.py$"  # test suites
    r"|\.(pyc|pyi|pyx|pxd|c|h|cpp|hpp|f90|f|a|lib)$"  # sources and stubs of compiled modules
    r"|(^|/)py\.typed$"
    r"|^bin/|\.data/scripts/"  # console scripts
    r"|\.(js|css)$"  # for browsers: Powertools contains Swagger UI
    r"|\.dist-info/(RECORD|INSTALLER|REQUESTED|WHEEL|direct_url\.json|entry_points\.txt|top_level\.txt)$"
)
_SHARED_OBJECT = re.compile(r"\.(so(\.\d+)*|dylib|pyd|dll)$")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A written zip: its sizes in bytes, and the hash of the file."""

    sha256: str
    size: int
    unzipped_size: int
    entries: int


def is_unused(name: str) -> bool:
    """Whether a function never opens the zip entry `name`."""
    return _UNUSED.search(name) is not None


def write_bundle(entries: Mapping[str, bytes], target: Path) -> Bundle:
    """Write `entries` (name to content) to the zip `target`, reproducibly."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.external_attr = FILE_MODE
            info.create_system = 3  # Unix, on every platform
            bundle.writestr(info, entries[name], zipfile.ZIP_DEFLATED, compresslevel=6)
    content = buffer.getvalue()
    files.write(target, content)
    return Bundle(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        unzipped_size=sum(len(entry) for entry in entries.values()),
        entries=len(entries),
    )


def used_entries(source: Path) -> dict[str, bytes]:
    """The entries of a zip that a function may open."""
    with zipfile.ZipFile(source) as bundle:
        return {
            info.filename: bundle.read(info)
            for info in bundle.infolist()
            if not info.is_dir() and not is_unused(info.filename)
        }


def application_entries(entries: Mapping[str, bytes]) -> dict[str, bytes]:
    """The entries that are the application, with Chalice's runtime, and no package."""
    return {name: content for name, content in entries.items() if name.startswith(APPLICATION)}


def check_binaries(entries: Mapping[str, bytes], architecture: str) -> None:
    """Raise PackageError unless every compiled module is one of Linux on `architecture`."""
    for name, content in entries.items():
        is_elf = content.startswith(ELF_MAGIC)
        if not is_elf and not _SHARED_OBJECT.search(name):
            continue
        found = ELF_MACHINES.get(int.from_bytes(content[18:20], "little")) if is_elf else None
        if found != architecture:
            built_for = found or "another system"
            raise PackageError(f"the zip is for {architecture}, but {name} is for {built_for}")


def unpack(entries: Mapping[str, bytes], site: Path) -> None:
    """Make `site` contain exactly `entries`; compiled modules of unchanged sources are kept."""
    present = {path for path in site.rglob("*") if path.is_file()} if site.exists() else set()
    wanted = {site / name for name in entries}
    for name, content in entries.items():
        path = site / name
        if path in present and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        compiled_path(path).unlink(missing_ok=True)
    kept = wanted | {compiled_path(path) for path in wanted}
    for path in present - kept:
        path.unlink(missing_ok=True)


def compiled_modules(
    entries: Mapping[str, bytes], out: Path, stand_in: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Compile the modules for the zip, which also checks that it contains all that it imports.

    For a zip that this machine cannot import, `stand_in` has the same packages for this machine: it
    is imported instead, every module that this loads must be in the zip, and the zip's own modules
    are compiled.

    Leaves the unpacked zip in `out / "work"`. Raises PackageError if something is missing.
    """
    site, runtime = out / "work" / "site", out / "work" / "runtime"
    unpack(entries, site)
    imported = site if stand_in is None else out / "work" / "stand-in"
    if stand_in is not None:
        unpack(stand_in, imported)
    shutil.rmtree(runtime, ignore_errors=True)
    link_runtime(runtime)
    script = Path(__file__).resolve().with_name("precompile.py")
    done = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-P", "-s", "-S", str(script), str(imported), str(runtime), str(site)],
        env={
            "PYTHONHASHSEED": "0",  # a fixed order of constant sets
            "LAMBDA_TASK_ROOT": "/var/task",  # enables Powertools' tracer, which imports more
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        (out / "precompile.log").write_text(done.stderr, encoding="utf-8")
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PackageError(f"the zip cannot be imported: {last} (see {out / 'precompile.log'})")
    return {name: (site / name).read_bytes() for name in done.stdout.split("\n") if name}


def link_runtime(folder: Path) -> None:
    """Make `folder`, with what the Lambda runtime provides, from the packages installed here."""
    folder.mkdir()
    for module in RUNTIME_MODULES:
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise PackageError(f"{module} is not installed: delete .venvs and try again")
        origin = Path(spec.origin)
        origin = origin.parent if spec.submodule_search_locations else origin
        (folder / origin.name).symlink_to(origin)


def compiled_path(source: Path) -> Path:
    """The path of the compiled module of `source` for this interpreter."""
    return Path(cache_from_source(str(source)))


def check_requirements(entries: Mapping[str, bytes], python: str) -> None:
    """Raise PackageError unless the zip contains all requirements of its distributions.

    Chalice only warns if it cannot install something, and the requirement list is maintained by
    hand (pip resolves nothing), so a missing requirement would only appear as an ImportError in
    production. `python` is a version like "3.13".
    """
    headers = [
        HeaderParser().parsestr(content.decode())
        for name, content in entries.items()
        if name.endswith(".dist-info/METADATA")
    ]
    present = {canonicalize_name(header["Name"]) for header in headers} | RUNTIME_PROVIDES
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    for header in headers:
        for line in header.get_all("Requires-Dist") or []:
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate(environment):
                continue
            unused = UNUSED_REQUIREMENTS.get(canonicalize_name(header["Name"]), frozenset())
            if canonicalize_name(requirement.name) not in present | unused:
                message = (
                    f"the zip lacks {requirement.name}, which {header['Name']} needs: "
                    "add it with its version to chalice_app/requirements.txt"
                )
                raise PackageError(message)
