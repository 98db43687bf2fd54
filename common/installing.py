"""Installs an environment's packages: with uv from a lock, and with pip where uv cannot.

pip takes 23 s for the packages of `python -m local`, uv 3 s. uv is a wheel of the registry, checked
against its lock like the others, and follows the user's settings of pip. If anything fails on the
way, pip starts over in an empty environment, so the outcome and the error message are pip's.

Only the standard library, and nothing newer than Python 3.8: a fresh machine imports this first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common import pip_settings
from common.errors import EnvironmentSetupError, PipSettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    Progress = Callable[[str], None]

# --no-compile: most modules are never imported, and the others are compiled on first import. This
# saves a third of pip's time. uv does not compile either.
PIP_INSTALL = ("install", "--disable-pip-version-check", "--no-input", "--no-compile")
PIP_ITSELF = (*PIP_INSTALL, "--isolated", "--no-index", "--no-deps")


@dataclass(frozen=True)
class New:
    """An environment to be made: its name, its folder, and the lists or locks to install."""

    name: str
    directory: Path
    files: tuple[Path, ...]

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.directory / "bin" / "python"

    @property
    def log(self) -> Path:
        """Where the output of pip and uv goes."""
        return self.directory.with_name(f"{self.directory.name}.log")

    @property
    def requirements(self) -> list[str]:
        """The files, as pip and uv take them."""
        hashed = ["--require-hashes"] if any(file.suffix == ".lock" for file in self.files) else []
        return [*hashed, *(part for file in self.files for part in ("-r", str(file)))]


def bundled_pip() -> Path | None:
    """The wheel of pip that comes with this interpreter, for `python -m venv`."""
    try:
        import ensurepip  # noqa: PLC0415  # a package of its own in Debian
    except ImportError:
        return None
    folders = (
        sysconfig.get_config_var("WHEEL_PKG_DIR"),
        Path(ensurepip.__file__).with_name("_bundled"),
    )
    found = [wheel for folder in folders if folder for wheel in Path(folder).glob("pip-*.whl")]
    return found[0] if found else None


def with_pip(new: New) -> None:
    """Create the environment and let pip install everything.

    Raises EnvironmentSetupError, as do the others: `venv` or pip failed.
    """
    with new.log.open("wb") as output:
        _venv(new, output)
        _pip_install(new, output)


def bootstrap(new: New) -> None:
    """Create an environment of uv alone: without pip, whose installation would take as long."""
    pip = bundled_pip()
    if pip is None:
        with_pip(new)
        return
    with new.log.open("wb") as output:
        _venv(new, output, "--without-pip")
        # No sdist: where uv has no wheel, building it would need Rust, and many minutes.
        command = [*_pip_of(new, pip), *PIP_INSTALL, "--only-binary=:all:", *new.requirements]
        _step(command, output, new, "pip install")


def with_uv(new: New, uv: Callable[[], Path], progress: Progress) -> None:
    """Create the environment and let uv install everything, or pip if uv cannot.

    `uv` makes uv's environment and returns its interpreter; it may raise EnvironmentSetupError.
    """
    with new.log.open("wb") as output:
        pip = bundled_pip()
        if pip is None:
            _venv(new, output)
            _pip_install(new, output)
            return
        try:
            _venv(new, output, "--without-pip")
            environment = _SETTINGS.start(_pip_of(new, pip))
            program = uv().with_name("uv")
            _with_uv(new, program, environment.result(), pip, output)
        except (EnvironmentSetupError, PipSettingsError) as error:
            output.write(f"{error}\n".encode())
            progress(f"uv cannot install the {new.name!r} environment, so pip does: see {new.log}")
            _instead_of_uv(new, pip, output)


class _Settings:
    """pip's settings as variables for uv: read once, in the background."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: Future[dict[str, str]] | None = None

    def start(self, pip: Sequence[str]) -> Future[dict[str, str]]:
        """Start to read them, unless somebody did; `pip` is the command to run it."""
        with self._lock:
            if self._read is None:
                self._read = Future()
                threading.Thread(target=self._work, args=(pip, self._read)).start()
            return self._read

    @staticmethod
    def _work(pip: Sequence[str], read: Future[dict[str, str]]) -> None:
        try:
            read.set_result(pip_settings.environment(pip_settings.read(pip), os.environ))
        except (PipSettingsError, OSError) as error:
            read.set_exception(PipSettingsError(str(error)))


_SETTINGS = _Settings()


def _with_uv(
    new: New, program: Path, environment: Mapping[str, str], pip: Path, output: BinaryIO
) -> None:
    install = [str(program), "pip", "install", "--no-config", "--no-deps"]
    install += ["--python", str(new.python)]
    # In uv, a constraint beside hashes must itself name one version: it is checked afterwards.
    free = {name: value for name, value in environment.items() if name != "UV_CONSTRAINT"}
    _step([*install, "--offline", str(pip)], output, new, "uv pip install", free)
    # A lock is complete: nothing is resolved, and the check says what is missing all the same.
    _step([*install, *new.requirements], output, new, "uv pip install", free)
    check = [str(program), "pip", "check", "--no-config", "--python", str(new.python)]
    _step(check, output, new, "uv pip check", free)
    if "UV_CONSTRAINT" in environment:
        files = [part for file in new.files for part in ("-r", str(file))]
        command = [*install, "--dry-run", "--offline", "--no-verify-hashes", *files]
        _step(command, output, new, "uv pip install", environment)


def _instead_of_uv(new: New, pip: Path, output: BinaryIO) -> None:
    """Let pip install what uv could not, with the same result."""
    _venv(new, output, "--without-pip")
    _step([*_pip_of(new, pip), *PIP_ITSELF, str(pip)], output, new, "pip install")
    _pip_install(new, output)


def _pip_of(new: New, wheel: Path) -> list[str]:
    """The command that runs pip from its wheel, for an environment without pip."""
    return [str(new.python), "-I", f"{wheel}/pip"]


def _pip_install(new: New, output: BinaryIO) -> None:
    command = [str(new.python), "-I", "-m", "pip", *PIP_INSTALL, *new.requirements]
    _step(command, output, new, "pip install")


def _venv(new: New, output: BinaryIO, *options: str) -> None:
    if new.directory.exists():
        shutil.rmtree(new.directory)
    command = [sys.executable, "-I", "-m", "venv", *options, str(new.directory)]
    _step(command, output, new, "venv")


def _step(
    command: Sequence[str],
    output: BinaryIO,
    new: New,
    what: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run one set-up command, with its output written to the log."""
    output.flush()  # what was written before stands before it
    try:
        done = subprocess.run(  # noqa: S603  # our own commands
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:  # a program for another platform
        output.write(f"{error}\n".encode())
        failed = True
    else:
        failed = done.returncode != 0
    if failed:
        raise EnvironmentSetupError(
            f"{what} failed for the {new.name!r} environment: see {new.log}"
        )
