"""Real installations, from a registry of the test's own, with the real uv and pip."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from common import environments, installing, pip_settings
from common.errors import EnvironmentSetupError

LISTED = """
import importlib.metadata, json
print(json.dumps([(one.name, one.version) for one in importlib.metadata.distributions()]))
"""
Installed = dict[str, str]


@dataclass
class Registry:
    """Indexes of wheels that ask for a password; `clients` are the programs that fetched a file."""

    url: str
    wheels: dict[str, Path] = field(default_factory=dict)
    clients: set[str] = field(default_factory=set)

    def publish(self, index: str, wheel: Path) -> str:
        """Add a wheel to an index; returns its line in a lock."""
        self.wheels[f"/{index}/{wheel.name}"] = wheel
        name, version = wheel.name.split("-")[:2]
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


@pytest.fixture
def registry() -> Iterator[Registry]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            expected = f"Basic {base64.b64encode(b'user:secret').decode()}"
            if self.headers["Authorization"] != expected:
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            _, index, name, *_ = self.path.split("/")
            prefix = f"/{index}/{name}-"
            found = [path for path in made.wheels if path.startswith(prefix)]
            if self.path in made.wheels:
                made.clients.add(self.headers["User-Agent"].partition("/")[0])
                self.answer(200, made.wheels[self.path].read_bytes(), "application/zip")
            else:
                page = "".join(f"<a href='{path}'>{Path(path).name}</a>" for path in found)
                self.answer(200 if found else 404, page.encode(), "text/html")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Registry(f"http://user:secret@127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def settings(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Pip's settings: the index `main` and nothing else; more lines can be added. No caches."""
    monkeypatch.setattr(installing, "_SETTINGS", installing._Settings())
    file = tmp_path / "pip.conf"
    file.write_text(f"[global]\nindex-url = {registry.url}/main\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    for name in ("FIND_LINKS", "INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "CONSTRAINT"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)

    def add(line: str) -> None:
        file.write_text(f"{file.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")

    return add


@pytest.fixture(scope="module")
def uv() -> Path:
    """The interpreter of the real environment `uv`."""
    return environments.ensure("uv", progress=lambda _: None)


@pytest.fixture
def broken_uv(tmp_path: Path) -> Path:
    """The interpreter of an environment whose uv always fails."""
    program = tmp_path / "broken" / "uv"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho out of order\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return program.with_name("python")


@pytest.fixture
def read_settings(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `pip config list` says; here, it need not run for a second to say so."""
    found = {"index-url": f"{registry.url}/main"}
    monkeypatch.setattr(pip_settings, "read", lambda _: found)
    return found


@pytest.fixture
def left_to_pip(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The environments that pip was asked to make after uv could not; it does nothing."""
    names: list[str] = []
    monkeypatch.setattr(installing, "_instead_of_uv", lambda new, *_: names.append(new.name))
    return names


def wheel(folder: Path, name: str, version: str, requires: str = "") -> Path:
    """A wheel of one module, which says what its version is."""
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": metadata + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def new(tmp_path: Path, *lines: str) -> installing.New:
    lock = tmp_path / "tiny.lock"
    lock.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return installing.New("tiny", tmp_path / "tiny", (lock,))


def installed(made: installing.New) -> Installed:
    done = subprocess.run([made.python, "-c", LISTED], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_uv_follows_pips_settings(
    registry: Registry, uv: Path, tmp_path: Path, settings: Callable[[str], None]
) -> None:
    """A password, a constraint, and a version that only a further index has."""
    registry.publish("first", wheel(tmp_path, "tiny", "0.9"))
    made = new(tmp_path, registry.publish("more", wheel(tmp_path, "tiny", "1.0")))
    (tmp_path / "constraints.txt").write_text("tiny>=1\n", encoding="utf-8")
    settings(f"extra-index-url =\n  {registry.url}/first\n  {registry.url}/more")
    settings(f"constraint = {tmp_path}/constraints.txt")
    said: list[str] = []

    installing.with_uv(made, lambda: uv, said.append)

    assert installed(made)["tiny"] == "1.0"
    assert installed(made).keys() == {"tiny", "pip"}
    assert registry.clients == {"uv"}
    assert said == []


def test_where_uv_fails_pip_installs_the_same(
    registry: Registry, uv: Path, broken_uv: Path, tmp_path: Path, read_settings: None
) -> None:
    made = new(tmp_path, registry.publish("main", wheel(tmp_path, "tiny", "1.0")))
    said: list[str] = []
    installing.with_uv(made, lambda: uv, said.append)
    expected = installed(made)

    installing.with_uv(made, lambda: broken_uv, said.append)

    assert installed(made) == expected
    assert registry.clients == {"uv", "pip"}
    assert said == [f"uv cannot install the 'tiny' environment, so pip does: see {made.log}"]
    log = made.log.read_text(encoding="utf-8")
    assert log.index("out of order") < log.index("uv pip install failed") < log.index("Collecting")


def test_a_file_with_another_hash_is_installed_by_neither(
    registry: Registry, uv: Path, tmp_path: Path, read_settings: None
) -> None:
    line = registry.publish("main", wheel(tmp_path, "tiny", "1.0"))
    made = new(tmp_path, f"{line[:-4]}{'0' * 4}")

    with pytest.raises(EnvironmentSetupError) as caught:
        installing.with_uv(made, lambda: uv, quiet)

    assert str(caught.value) == f"pip install failed for the 'tiny' environment: see {made.log}"
    log = made.log.read_text(encoding="utf-8")
    assert "Hash mismatch for `tiny==1.0`" in log  # uv
    assert "DO NOT MATCH THE HASHES" in log  # pip
    assert "tiny" not in installed(made)


@pytest.mark.parametrize(
    ("requires", "hashed", "constraint", "reason"),
    [
        ("", False, "", "no trusted hash was provided for: `tiny`|must have a hash"),
        ("other", True, "", "requires `other`, but it's not installed"),
        ("", True, "tiny<1", "No solution found"),
    ],
)
def test_what_pip_would_refuse_uv_refuses_too(
    requires: str,
    hashed: bool,  # noqa: FBT001  # a parameter of the test
    constraint: str,
    reason: str,
    registry: Registry,
    uv: Path,
    tmp_path: Path,
    read_settings: dict[str, str],
    left_to_pip: list[str],
) -> None:
    line = registry.publish("main", wheel(tmp_path, "tiny", "1.0", requires))
    made = new(tmp_path, line if hashed else line.partition(" ")[0])
    (tmp_path / "constraints.txt").write_text(f"{constraint}\n", encoding="utf-8")
    read_settings["constraint"] = f"{tmp_path}/constraints.txt"

    installing.with_uv(made, lambda: uv, quiet)

    assert left_to_pip == ["tiny"]
    assert re.search(reason, made.log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("content", [None, b"\x7fELF for another machine"])
def test_a_uv_that_cannot_run_leaves_it_to_pip(
    content: bytes | None,
    broken_uv: Path,
    tmp_path: Path,
    read_settings: None,
    left_to_pip: list[str],
) -> None:
    broken_uv.with_name("uv").unlink()
    if content:
        broken_uv.with_name("uv").write_bytes(content)
        broken_uv.with_name("uv").chmod(0o755)

    installing.with_uv(new(tmp_path), lambda: broken_uv, quiet)

    assert left_to_pip == ["tiny"]


def test_a_registry_without_uv_leaves_it_to_pip(
    tmp_path: Path, read_settings: None, left_to_pip: list[str]
) -> None:
    made = new(tmp_path)

    def none() -> Path:
        raise EnvironmentSetupError("pip install failed for the 'uv' environment: see uv.log")

    installing.with_uv(made, none, quiet)

    assert left_to_pip == ["tiny"]
    assert "failed for the 'uv' environment: see uv.log" in made.log.read_text(encoding="utf-8")


def test_a_setting_that_uv_has_no_word_for_leaves_it_to_pip(
    uv: Path, tmp_path: Path, read_settings: dict[str, str], left_to_pip: list[str]
) -> None:
    made = new(tmp_path)
    read_settings["no-binary"] = "other"

    installing.with_uv(made, lambda: uv, quiet)

    assert left_to_pip == ["tiny"]
    assert "pip's setting no-binary has no counterpart" in made.log.read_text(encoding="utf-8")


def test_settings_that_cannot_be_read_leave_it_to_pip(
    uv: Path, tmp_path: Path, left_to_pip: list[str], settings: Callable[[str], None]
) -> None:
    made = new(tmp_path)
    settings("this is no setting")

    installing.with_uv(made, lambda: uv, quiet)

    assert left_to_pip == ["tiny"]
    assert "pip config list failed" in made.log.read_text(encoding="utf-8")


def test_settings_are_read_once_for_environments_made_at_the_same_time(
    broken_uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_to_pip: list[str]
) -> None:
    reads: list[Sequence[str]] = []

    def read(pip: Sequence[str]) -> dict[str, str]:
        reads.append(pip)
        return {}

    monkeypatch.setattr(pip_settings, "read", read)

    for _ in range(2):
        installing.with_uv(new(tmp_path), lambda: broken_uv, quiet)

    assert len(reads) == 1
    assert left_to_pip == ["tiny", "tiny"]


def test_an_interpreter_without_pips_wheel_makes_it_with_venv_and_pip(
    uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[list[str]] = []
    monkeypatch.setattr(installing, "_step", lambda command, *_: steps.append(command))
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    made = new(tmp_path)

    installing.with_uv(made, lambda: uv, quiet)

    assert steps[0] == [sys.executable, "-I", "-m", "venv", str(made.directory)]
    assert steps[1][:5] == [str(made.python), "-I", "-m", "pip", "install"]
    assert steps[1][-3:] == ["--require-hashes", "-r", str(made.files[0])]
    assert len(steps) == 2


def test_uv_itself_is_installed_alone(registry: Registry, tmp_path: Path) -> None:
    made = new(tmp_path, registry.publish("main", wheel(tmp_path, "tiny", "1.0")))

    installing.bootstrap(made)

    assert installed(made) == {"tiny": "1.0"}


def test_uv_itself_is_not_built_from_source(registry: Registry, tmp_path: Path) -> None:
    source = tmp_path / "tiny-1.0.tar.gz"
    source.write_bytes(b"never opened")
    made = new(tmp_path, registry.publish("main", source).replace(".tar.gz", ""))

    with pytest.raises(EnvironmentSetupError, match=r"^pip install failed for the 'tiny'"):
        installing.bootstrap(made)

    assert "No matching distribution" in made.log.read_text(encoding="utf-8")


def test_an_environment_that_cannot_be_created_is_one_line_that_names_the_log(
    uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    made = new(tmp_path)

    with pytest.raises(EnvironmentSetupError) as caught:
        installing.with_uv(made, lambda: uv, quiet)

    assert str(caught.value) == f"venv failed for the 'tiny' environment: see {made.log}"
