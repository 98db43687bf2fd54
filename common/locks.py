"""Lock files: all packages of an environment with versions and hashes, next to its list.

People edit the lists (`requirements*.txt`). `make lock` resolves each list for all supported
Pythons and platforms and writes its lock (`requirements*.lock`), from which the environment is
installed. Versions in an existing lock stay unless the list requires another one or an upgrade is
requested.

`--check` compares locks and lists offline. The header of a lock is the command that makes it; tools
that update dependencies run that command.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from common import files
from common.command_line import report
from common.environments import REQUIREMENT_FILES, lock_of, requirement_files, say
from common.errors import LockError
from common.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

# Includes all other lists, so it is resolved first and the others take its versions.
FIRST = "all"
# The right build of torch depends on the machine: these have no lock.
UNLOCKED = ("torch", "test-torch")
# They pin older packages than ours, such as botocore: their versions may differ from the others.
APART = ("ministack", "checkov", "velox")
COMPLETE_LIST = "chalice_app/requirements.txt"
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-strip-extras",
    "--no-emit-package=pip",  # pip must not replace itself while it runs
)
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?==([^\s;]+)")


class Pin(NamedTuple):
    """A package, its requested extras and its version."""

    name: str
    extras: frozenset[str]
    version: str


class Lock(NamedTuple):
    """The contents of a lock: its command, its packages, and those that a list names."""

    command: str
    pins: frozenset[Pin]
    direct: frozenset[Pin]


def locked_environments() -> list[str]:
    """The environments that are installed from a lock, in the order of resolution."""
    return sorted(set(REQUIREMENT_FILES) - set(UNLOCKED), key=lambda name: (name != FIRST, name))


def lock_file(name: str, root: Path = ROOT) -> Path:
    """The lock of the environment `name`."""
    (file,) = REQUIREMENT_FILES[name]
    return lock_of(root / file)


def command(name: str, root: Path = ROOT) -> list[str]:
    """The command that makes the lock of the environment `name`, run in the checkout."""
    lists = [file.relative_to(root.resolve()).as_posix() for file in requirement_files(name, root)]
    made = ["uv", "pip", "compile", *OPTIONS]
    if COMPLETE_LIST not in lists and "local/requirements.txt" in lists:
        made.append(f"--constraint={COMPLETE_LIST}")
    lock = lock_file(name, root).relative_to(root).as_posix()
    return [*made, f"--output-file={lock}", *lists]


def normal(name: str) -> str:
    """The normalized name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> Iterator[Pin]:
    """The packages in a list or a lock, without comments and hashes."""
    for line in text.splitlines():
        found = PIN.match(line)
        if found:
            name, extras, version = found.groups()
            asked = frozenset(extra.strip() for extra in (extras or "").split(",") if extra)
            yield Pin(normal(name), asked, version)


def read_lock(text: str) -> Lock:
    """Read a lock of uv: a command, then packages with a comment that says what requires them."""
    header = re.search(r"^# {4}(uv .*)$", text, re.MULTILINE)
    pins, direct = set(), set()
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        (pin,) = read_pins(entry.splitlines()[0])
        pins.add(pin)
        if re.search(r"^ +#.* -r ", entry, re.MULTILINE):
            direct.add(pin)
    return Lock(header.group(1) if header else "", frozenset(pins), frozenset(direct))


def merged(pins: Iterable[Pin]) -> set[Pin]:
    """Pins of one package and version as one, with the extras that any of them requests."""
    extras: dict[tuple[str, str], frozenset[str]] = {}
    for pin in pins:
        key = pin.name, pin.version
        extras[key] = extras.get(key, frozenset()) | pin.extras
    return {Pin(name, found, version) for (name, version), found in extras.items()}


def problems(root: Path = ROOT) -> list[str]:
    """The differences between locks and lists, one per line."""
    found: list[str] = []
    pins: dict[str, frozenset[Pin]] = {}
    for name in locked_environments():
        path = lock_file(name, root)
        shown = path.relative_to(root).as_posix()
        if not path.is_file():
            found.append(f"{shown} is missing")
            continue
        lock = read_lock(_text(path))
        if lock.command != " ".join(command(name, root)):
            found.append(f"{shown} was made by a different command")
        lists = (read_pins(_text(file)) for file in requirement_files(name, root))
        differing = {pin.name for pin in merged(chain.from_iterable(lists)) ^ lock.direct}
        found += [f"{shown} and its lists differ in {package}" for package in sorted(differing)]
        if name not in APART:
            pins[shown] = lock.pins
    pins[COMPLETE_LIST] = frozenset(read_pins(_text(root / COMPLETE_LIST)))
    return found + list(_disagreements(pins))


def _disagreements(pins: Mapping[str, frozenset[Pin]]) -> Iterator[str]:
    """The packages with different versions in two files, one per line."""
    known: dict[str, tuple[str, set[str]]] = {}
    for file, here in pins.items():
        for package in sorted({pin.name for pin in here}):
            versions = {pin.version for pin in here if pin.name == package}
            first, expected = known.setdefault(package, (file, versions))
            if versions != expected:
                yield f"{package} differs between {first} and {file}"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def make(upgrade: Sequence[str] = (), root: Path = ROOT, *, everything: bool = False) -> None:
    """Resolve all locks; `upgrade` names packages to take in their newest version.

    `everything` upgrades all packages as far as the lists allow. Raises LockError if a list cannot
    be resolved.
    """
    for name in locked_environments():
        path = lock_file(name, root)
        old = _text(path) if path.is_file() else ""
        # uv keeps the versions that are in the output file.
        kept = "" if everything else without(old, upgrade)
        if name not in (FIRST, *APART):
            shared = _text(lock_file(FIRST, root))
            kept = shared + without(kept, {pin.name for pin in read_pins(shared)})
        files.write(path, kept)
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", *command(name, root), "--quiet"], cwd=root, check=False
        )
        if done.returncode != 0:
            files.write(path, old)
            raise LockError(
                f"{path.relative_to(root)} cannot be resolved: fix what uv reports above"
            )
        say(f"{path.relative_to(root)}: {len(read_lock(_text(path)).pins)} packages")


def without(text: str, packages: Collection[str]) -> str:
    """A lock without the entries of some packages."""
    removed = {normal(package) for package in packages}
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return "".join(
        entry for entry in entries if removed.isdisjoint(pin.name for pin in read_pins(entry))
    )


def main(arguments: Sequence[str]) -> int:
    """Resolve the locks, or check them offline."""
    parser = argparse.ArgumentParser(prog="python -m common.locks", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="only compare locks and lists")
    parser.add_argument("--all", action="store_true", help="take every package's newest version")
    parser.add_argument("upgrade", nargs="*", metavar="PACKAGE", help="take its newest version")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            make(options.upgrade, everything=options.all)
        found = problems()
    except LockError as error:
        return report(error)
    for problem in found:
        print(problem)
    if found:
        say("error: the locks do not match the lists: run make lock")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
