"""The project's virtual environments, created on first use and then reused.

This is the first module that runs on a new machine: it uses only the standard library, and nothing
newer than Python 3.8 until the interpreter has been checked.

An environment is `.venvs/<name>-<major.minor>`. Its stamp is written last and contains a hash of
everything that it was created from, so one that is incomplete, or whose requirement files or
interpreter changed, is made again. A lock file keeps two processes from making the same one.

The lock beside a requirement list (`requirements.lock` beside `requirements.txt`) gives the version
and the hashes of every package that the list needs; `common/locks.py` makes it. An environment
is installed from it alone, and from the list where there is none. `common/installing.py` installs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from common import installing
from common.errors import EnvironmentSetupError
from common.paths import ROOT
from common.platforms import check_platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Progress = Callable[[str], None]

OLDEST = (3, 11)
NEWEST = (3, 13)
GUARD_VARIABLE = "IMPRESSIONS_ENVIRONMENT"
STAMP_NAME = "impressions-stamp.json"
INSTALLER = "uv"  # the environment that installs the others

REQUIREMENT_FILES = {
    "run": ("local/requirements.txt",),
    "ministack": ("local/requirements-ministack.txt",),
    "test": ("tests/requirements.txt",),
    "lint": ("tests/requirements-lint.txt",),
    "checkov": ("tests/requirements-checkov.txt",),
    "node": ("analytics/requirements-node.txt",),
    "sagemaker": ("training/requirements.txt",),
    "plot": ("training/requirements-plot.txt",),
    "notebook": ("training/requirements-notebook.txt",),
    "torch": ("training/requirements-train.txt",),
    "fuzz": ("tests/requirements-fuzz.txt",),
    "velox": ("tests/requirements-velox.txt",),
    "test-browser": ("tests/requirements-browser.txt",),
    "test-sagemaker": ("tests/requirements-sagemaker.txt",),
    "test-torch": ("tests/requirements-torch.txt",),
    "uv": ("local/requirements-uv.txt",),
    "simulate": ("benchmarks/requirements-simulate.txt",),
    "all": ("requirements.txt",),
}


def say(message: str) -> None:
    """Print one line of progress on stderr."""
    sys.stderr.write(f"{message}\n")  # one write, so that lines of two threads do not mix
    sys.stderr.flush()


def check_interpreter(version: tuple[int, int] | None = None) -> None:
    """Raise EnvironmentSetupError unless the project supports the interpreter and its platform."""
    check_platform()
    found = version or (sys.version_info[0], sys.version_info[1])
    if not OLDEST <= found <= NEWEST:
        message = (
            f"Python {found[0]}.{found[1]} is not supported: "
            "run this with Python 3.11, 3.12 or 3.13, for example python3.13 -m local demo"
        )
        raise EnvironmentSetupError(message)


def environment_directory(name: str, root: Path = ROOT) -> Path:
    """The folder of the environment `name` for this interpreter's minor version."""
    return root / ".venvs" / f"{name}-{sys.version_info[0]}.{sys.version_info[1]}"


def environment_python(name: str, root: Path = ROOT) -> Path:
    """The interpreter of the environment `name`, which need not exist yet."""
    return environment_directory(name, root) / "bin" / "python"


def ensure(name: str, root: Path = ROOT, progress: Progress = say) -> Path:
    """Create the environment `name` unless it is up to date; return its interpreter.

    Raises EnvironmentSetupError: unknown name, missing requirement file, failed installation.
    """
    check_interpreter()
    files = requirement_files(name, root)
    sources = [installed_file(root / file) for file in REQUIREMENT_FILES[name]]
    stamp = _stamp(name, root, [*files, *sources])
    directory = environment_directory(name, root)
    python = environment_python(name, root)
    if _is_complete(directory, python, stamp):
        return python
    with locked(directory.with_name(f"{directory.name}.lock")):
        if not _is_complete(directory, python, stamp):  # another process may have made it
            _make(name, directory, sources, root, progress)
            (directory / STAMP_NAME).write_text(stamp, encoding="utf-8")
    return python


def ensure_all(names: Sequence[str], root: Path = ROOT, progress: Progress = say) -> list[Path]:
    """Create several environments in parallel; return their interpreters in order."""
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        return list(pool.map(lambda name: ensure(name, root, progress), names))


def reexec(name: str, also: Sequence[str] = ()) -> None:
    """Continue inside the environment `name`: returns if already there, else replaces the process.

    The same command line then runs with the environment's interpreter. `also` names environments
    that will be needed later; they are created in parallel.
    """
    check_interpreter()
    guard = os.environ.pop(GUARD_VARIABLE, None)  # child processes must not inherit it
    if Path(sys.prefix).resolve() == environment_directory(name).resolve():
        return
    python = ensure_all([name, *also])[0]
    if guard == str(python):
        message = f"{python} does not run in its own environment: delete {python.parent.parent}"
        raise EnvironmentSetupError(message)
    environment = {**os.environ, GUARD_VARIABLE: str(python)}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(python, [str(python), *sys.orig_argv[1:]], environment)  # noqa: S606  # no shell


def requirement_files(name: str, root: Path = ROOT) -> list[Path]:
    """The requirement files of the environment `name`, with those included by -r or -c."""
    if name not in REQUIREMENT_FILES:
        known = ", ".join(sorted(REQUIREMENT_FILES))
        message = f"no environment is called {name!r}: the names are {known}"
        raise EnvironmentSetupError(message)
    found: list[Path] = []
    waiting = [root / file for file in REQUIREMENT_FILES[name]]
    while waiting:
        path = waiting.pop(0).resolve()
        if path in found:
            continue
        if not path.is_file():
            message = f"{path} is missing, but the environment {name!r} needs it"
            raise EnvironmentSetupError(message)
        found.append(path)
        for line in path.read_text(encoding="utf-8").splitlines():
            option, _, included = line.strip().partition(" ")
            if option in ("-r", "-c", "--requirement", "--constraint"):
                waiting.append(path.parent / included.split(" #")[0].strip())
    return found


def lock_of(file: Path) -> Path:
    """Where the lock of a requirement list lies, made or not."""
    return file.with_suffix(".lock")


def installed_file(file: Path) -> Path:
    """What pip installs a requirement list from: its lock, or the list where there is none."""
    lock = lock_of(file)
    return lock if lock.is_file() else file


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` across processes; it is released if the holder dies."""
    import fcntl  # noqa: PLC0415  # missing on Windows, where the module must still be importable

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _stamp(name: str, root: Path, files: Sequence[Path]) -> str:
    """Everything that an environment is created from, as one line of JSON."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() + b"\0")
    return json.dumps(
        {
            "requirements": digest.hexdigest(),
            "python": sys.version.split()[0],
            "base": sys.base_prefix,
            "directory": str(environment_directory(name, root)),  # scripts contain absolute paths
        },
        sort_keys=True,
    )


def _is_complete(directory: Path, python: Path, stamp: str) -> bool:
    """Whether the environment is complete and was created from exactly these inputs."""
    try:
        return python.exists() and (directory / STAMP_NAME).read_text(encoding="utf-8") == stamp
    except OSError:
        return False


def _make(
    name: str, directory: Path, files: Sequence[Path], root: Path, progress: Progress
) -> None:
    """Create an environment from scratch and install the requirement files into it.

    Everything but uv itself is installed by uv, if it comes from locks alone.
    """
    new = installing.New(name, directory, tuple(files))
    started = time.monotonic()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"
    progress(f"setting up the {name!r} environment (Python {version}) …")
    if name == INSTALLER:
        installing.bootstrap(new)
    elif not all(file == lock_of(file) for file in files) or INSTALLER not in REQUIREMENT_FILES:
        installing.with_pip(new)
    else:
        installing.with_uv(new, lambda: ensure(INSTALLER, root, progress), progress)
    progress(f"the {name!r} environment is ready ({time.monotonic() - started:.0f} s)")


def main(arguments: Sequence[str]) -> int:
    """Create the named environments and print their interpreters, one per line."""
    if not arguments or any(name.startswith("-") for name in arguments):
        say(f"usage: python -m common.environments NAME…  ({', '.join(sorted(REQUIREMENT_FILES))})")
        return 2
    try:
        check_interpreter()
        for python in ensure_all(arguments):
            print(python)  # the result
    except EnvironmentSetupError as error:
        say(f"error: {error}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
