"""The locks: every package of an environment with its version and hashes, beside its list.

People edit the lists (`requirements*.txt`). `make lock` resolves each of them for every supported
Python and platform and writes the lock beside it (`requirements*.lock`), from which the environment
is installed. What a lock already holds stays as it is unless its list says otherwise or
an upgrade is asked for.

`--check` compares locks and lists without a network. The header of a lock is the command that
makes it: tools that update dependencies run it again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from local.environments import REQUIREMENT_FILES, ROOT, lock_of, requirement_files, say
from local.errors import LocalError, LockError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

# Holds all that others hold, so it is resolved first and the others take what it took.
FIRST = "all"
# Which build of torch is the right one depends on the machine: these stay without a lock.
UNLOCKED = ("torch", "test-torch")
# MiniStack pins a botocore that ours is not; it may differ from the others.
APART = "ministack"
COMPLETE_LIST = "chalice_app/requirements.txt"
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-strip-extras",
    "--no-emit-package=pip",  # the interpreter's own: pip does not replace itself while it works
)
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?==([^\s;]+)")


class Pin(NamedTuple):
    """A package, the extras asked for and its version."""

    name: str
    extras: frozenset[str]
    version: str


class Lock(NamedTuple):
    """What a lock says: the command that made it, its packages, and which of them a list names."""

    command: str
    pins: frozenset[Pin]
    direct: frozenset[Pin]


def locked_environments() -> list[str]:
    """The environments that are installed from a lock, in the order to resolve them in."""
    return sorted(set(REQUIREMENT_FILES) - set(UNLOCKED), key=lambda name: (name != FIRST, name))


def lock_file(name: str, root: Path = ROOT) -> Path:
    """The lock of the environment `name`."""
    (file,) = REQUIREMENT_FILES[name]
    return lock_of(root / file)


def command(name: str, root: Path = ROOT) -> list[str]:
    """What makes the lock of the environment `name`, run in the project's folder."""
    lists = [file.relative_to(root.resolve()).as_posix() for file in requirement_files(name, root)]
    made = ["uv", "pip", "compile", *OPTIONS]
    if COMPLETE_LIST not in lists and "local/requirements.txt" in lists:
        made.append(f"--constraint={COMPLETE_LIST}")
    lock = lock_file(name, root).relative_to(root).as_posix()
    return [*made, f"--output-file={lock}", *lists]


def normal(name: str) -> str:
    """A package's name in the one spelling that stands for all of them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> Iterator[Pin]:
    """The packages that a list or a lock names, comments and hashes left out."""
    for line in text.splitlines():
        found = PIN.match(line)
        if found:
            name, extras, version = found.groups()
            asked = frozenset(extra.strip() for extra in (extras or "").split(",") if extra)
            yield Pin(normal(name), asked, version)


def read_lock(text: str) -> Lock:
    """A lock as uv writes it: a command, then packages with a comment of what asks for them."""
    header = re.search(r"^# {4}(uv .*)$", text, re.MULTILINE)
    pins, direct = set(), set()
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        (pin,) = read_pins(entry.splitlines()[0])
        pins.add(pin)
        if re.search(r"^ +#.* -r ", entry, re.MULTILINE):
            direct.add(pin)
    return Lock(header.group(1) if header else "", frozenset(pins), frozenset(direct))


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the locks, a line each; none when they are what the lists ask for."""
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
            found.append(f"{shown} was made by another command")
        asked = {pin for file in requirement_files(name, root) for pin in read_pins(_text(file))}
        differing = {pin.name for pin in asked ^ lock.direct}
        found += [f"{shown} and its lists differ in {package}" for package in sorted(differing)]
        if name != APART:
            pins[shown] = lock.pins
    pins[COMPLETE_LIST] = frozenset(read_pins(_text(root / COMPLETE_LIST)))
    return found + list(_disagreements(pins))


def _disagreements(pins: Mapping[str, frozenset[Pin]]) -> Iterator[str]:
    """The packages that two files have in different versions, a line each."""
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
    """Make every lock anew; `upgrade` names packages to take in their newest version.

    `everything` takes all of them so, as far as the lists allow. Raises LockError when a list
    cannot be resolved.
    """
    for name in locked_environments():
        path = lock_file(name, root)
        old = _text(path) if path.is_file() else ""
        # uv keeps the versions that the file to be written holds already.
        kept = "" if everything else without(old, upgrade)
        if name not in (FIRST, APART):
            shared = _text(lock_file(FIRST, root))
            kept = shared + without(kept, {pin.name for pin in read_pins(shared)})
        path.write_text(kept, encoding="utf-8")
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", *command(name, root), "--quiet"], cwd=root, check=False
        )
        if done.returncode != 0:
            path.write_text(old, encoding="utf-8")
            raise LockError(f"{path.relative_to(root)} cannot be made: mend what uv names above")
        say(f"{path.relative_to(root)}: {len(read_lock(_text(path)).pins)} packages")


def without(text: str, packages: Collection[str]) -> str:
    """A lock without the entries of some packages."""
    gone = {normal(package) for package in packages}
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return "".join(
        entry for entry in entries if gone.isdisjoint(pin.name for pin in read_pins(entry))
    )


def main(arguments: Sequence[str]) -> int:
    """Make the locks anew, or check them without a network."""
    parser = argparse.ArgumentParser(prog="python -m local.locks", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="only compare locks and lists")
    parser.add_argument("--all", action="store_true", help="take every package's newest version")
    parser.add_argument("upgrade", nargs="*", metavar="PACKAGE", help="take its newest version")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            make(options.upgrade, everything=options.all)
        found = problems()
    except LocalError as error:
        say(f"error: {error}")
        return 3
    for problem in found:
        print(problem)
    if found:
        say("error: the locks are not what the lists ask for: run make lock")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
