import hashlib
import re
import sys
import zipfile
from pathlib import Path

import markupsafe
import pytest

from local.errors import PackageError
from local.packaging import bundle


def metadata(name: str, *needs: str) -> dict[str, bytes]:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", *(f"Requires-Dist: {one}" for one in needs)]
    return {f"{name.replace('-', '_')}-1.0.dist-info/METADATA": "\n".join(lines).encode()}


@pytest.mark.parametrize(
    "name",
    [
        "numpy/tests/test_ctypeslib.py",
        "numpy/_core/include/numpy/arrayobject.h",
        "numpy/__init__.pyi",
        "nltk/test/all.py",
        "chalicelib/__pycache__/aws.cpython-311.pyc",
        "bin/nltk",
        "msgspec/py.typed",
        "nltk-3.10.4.dist-info/RECORD",
        "rouge_score/scoring_test.py",
        "jmespath-1.1.0.data/scripts/jp.py",
        "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui-bundle.min.js",
        "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui.min.css",
    ],
)
def test_what_no_function_opens_is_left_out(name: str) -> None:
    assert bundle.is_unused(name)


@pytest.mark.parametrize(
    "name",
    [
        "app.py",
        "chalicelib/handlers/summarize.py",
        "numpy/testing/__init__.py",
        "numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so",
        "numpy.libs/libscipy_openblas64_-99b71e71.so",
        "nltk/stem/porter.py",
        "chalice/test.py",
        "rouge_score/test_util.py",
        "aws_xray_sdk/ext/resources/aws_para_whitelist.json",
        "nltk-3.10.4.dist-info/METADATA",
        "nltk-3.10.4.dist-info/licenses/LICENSE.txt",
    ],
)
def test_what_a_function_may_open_stays(name: str) -> None:
    assert not bundle.is_unused(name)


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    entries = {"b.py": b"2", "a.py": b"1"}

    first = bundle.write_bundle(entries, tmp_path / "1.zip")
    second = bundle.write_bundle(dict(reversed(entries.items())), tmp_path / "2.zip")

    content = (tmp_path / "1.zip").read_bytes()
    assert content == (tmp_path / "2.zip").read_bytes()
    assert first == second
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert (first.size, first.unzipped_size, first.entries) == (len(content), 2, 2)


def test_entries_can_be_read_by_everybody_and_have_one_time(tmp_path: Path) -> None:
    bundle.write_bundle({"app.py": b"x"}, tmp_path / "1.zip")

    with zipfile.ZipFile(tmp_path / "1.zip") as written:
        [info] = written.infolist()

    assert info.date_time == (1980, 1, 1, 0, 0, 0)
    assert info.external_attr >> 16 == 0o100644


def test_used_entries_come_without_folders_and_without_the_unused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as raw:
        raw.mkdir("chalicelib")
        raw.writestr("app.py", "x")
        raw.writestr("numpy/tests/__init__.py", "")

    assert bundle.used_entries(tmp_path / "raw.zip") == {"app.py": b"x"}


def test_a_zip_that_holds_all_it_needs_passes() -> None:
    entries = metadata("rouge-score", "absl-py", "nltk", "numpy", "six>=1.14")
    entries |= metadata("six") | metadata("aws-xray-sdk", "botocore>=1.11", "wrapt")
    entries |= metadata("wrapt")

    bundle.check_requirements(entries, "3.13")


def test_a_zip_that_lacks_something_names_it() -> None:
    with pytest.raises(PackageError, match=r"lacks six, which rouge-score needs"):
        bundle.check_requirements(metadata("rouge-score", "absl-py", "six"), "3.13")


def test_what_one_package_does_without_another_may_need() -> None:
    entries = metadata("rouge-score", "numpy") | metadata("other", "numpy")

    with pytest.raises(PackageError, match=r"lacks numpy, which other needs"):
        bundle.check_requirements(entries, "3.13")


def test_what_is_asked_for_in_an_extra_or_by_another_python_is_not_needed() -> None:
    needs = ('pydantic; extra == "parser"', 'tomli; python_version < "3.11"')

    bundle.check_requirements(metadata("powertools", *needs), "3.11")


def test_unpacking_makes_the_folder_hold_just_the_entries(tmp_path: Path) -> None:
    bundle.unpack({"a/one.py": b"1", "two.py": b"2"}, tmp_path)

    bundle.unpack({"a/one.py": b"one", "three.py": b"3"}, tmp_path)

    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert files == {"a/one.py", "three.py"}
    assert (tmp_path / "a/one.py").read_bytes() == b"one"


def test_unpacking_keeps_what_was_compiled_from_an_unchanged_source(tmp_path: Path) -> None:
    bundle.unpack({"same.py": b"1", "other.py": b"1"}, tmp_path)
    for name in ("same.py", "other.py"):
        compiled = bundle.compiled_path(tmp_path / name)
        compiled.parent.mkdir(exist_ok=True)
        compiled.touch()

    bundle.unpack({"same.py": b"1", "other.py": b"2"}, tmp_path)

    assert bundle.compiled_path(tmp_path / "same.py").exists()
    assert not bundle.compiled_path(tmp_path / "other.py").exists()


def elf(machine: int) -> bytes:
    """The start of an ELF file, as far as its field e_machine."""
    return b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + machine.to_bytes(2, "little")


X86_64, AARCH64, RISCV = elf(62), elf(183), elf(243)


@pytest.mark.parametrize(("architecture", "content"), [("x86_64", X86_64), ("arm64", AARCH64)])
def test_a_zip_of_one_architecture_passes(architecture: str, content: bytes) -> None:
    entries = {"a.so": content, "b.libs/c-1.so.5.0.0": content, "d.py": b"", "e.txt": b"text"}

    bundle.check_binaries(entries, architecture)


@pytest.mark.parametrize(
    ("name", "content", "built_for"),
    [
        ("a/b.cpython-313-x86_64-linux-gnu.so", X86_64, "x86_64"),
        ("a/program", X86_64, "x86_64"),
        ("a/b.so", RISCV, "another system"),
        ("a/b.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe", "another system"),
        ("a/.dylibs/libb.dylib", b"\xcf\xfa\xed\xfe", "another system"),
        ("a/b.so", b"", "another system"),
    ],
)
def test_a_binary_of_another_platform_is_refused(name: str, content: bytes, built_for: str) -> None:
    with pytest.raises(
        PackageError, match=f"is for arm64, but {re.escape(name)} is for {built_for}$"
    ):
        bundle.check_binaries({"ok.so": AARCH64, name: content}, "arm64")


def test_the_application_is_told_from_packages() -> None:
    entries = {"app.py": b"1", "chalice/app.py": b"2", "chalicelib/a.py": b"3", "six.py": b"4"}

    found = bundle.application_entries(entries)

    assert sorted(found) == ["app.py", "chalice/app.py", "chalicelib/a.py"]


SITE = {
    "app.py": b"import chalicelib.handlers.summarize\nNAMES = {'a', 'b', 'c'}\n",
    "chalicelib/__init__.py": b"",
    "chalicelib/handlers/summarize.py": b"import boto3\n",
    "chalicelib/lazy.py": b"def f():\n    return 1 in {1, 2, 3}\n",
    "chalicelib/output/__init__.py": b"",
    "chalicelib/output/scoring.py": (
        b"from types import SimpleNamespace\n"
        b"def score(reference, draft):\n"
        b"    import lazily\n"
        b"    return [SimpleNamespace(fmeasure=lazily.FMEASURE)]\n"
    ),
    "lazily.py": b"FMEASURE = 1.0\n",
    "unused.py": b"",
}


def test_just_what_is_imported_is_compiled_and_the_same_every_time(tmp_path: Path) -> None:
    first = bundle.compiled_modules(SITE, tmp_path / "1")
    second = bundle.compiled_modules(SITE, tmp_path / "2")

    tag = sys.implementation.cache_tag
    assert set(first) == {
        f"__pycache__/app.{tag}.pyc",
        f"chalicelib/__pycache__/__init__.{tag}.pyc",
        f"chalicelib/handlers/__pycache__/summarize.{tag}.pyc",
        f"chalicelib/__pycache__/lazy.{tag}.pyc",
        f"chalicelib/output/__pycache__/__init__.{tag}.pyc",
        f"chalicelib/output/__pycache__/scoring.{tag}.pyc",
        f"__pycache__/lazily.{tag}.pyc",
    }
    assert first == second
    assert all(b"/var/task/" in code for code in first.values())


def test_a_zip_that_lacks_a_module_is_refused_by_the_modules_name(tmp_path: Path) -> None:
    site = {**SITE, "chalicelib/handlers/summarize.py": b"import nowhere_at_all\n"}

    with pytest.raises(PackageError, match=r"cannot be imported: .*nowhere_at_all"):
        bundle.compiled_modules(site, tmp_path)


def test_a_zip_may_not_lean_on_what_happens_to_be_installed(tmp_path: Path) -> None:
    site = {**SITE, "chalicelib/handlers/summarize.py": b"import msgspec\n"}

    with pytest.raises(PackageError, match=r"No module named 'msgspec'"):
        bundle.compiled_modules(site, tmp_path)


@pytest.mark.parametrize("scores", ["[]", "[SimpleNamespace(fmeasure=0.9)]"])
def test_a_zip_that_scores_wrongly_is_refused(tmp_path: Path, scores: str) -> None:
    wrong = f"from types import SimpleNamespace\ndef score(*_): return {scores}\n"
    site = {**SITE, "chalicelib/output/scoring.py": wrong.encode()}

    with pytest.raises(PackageError, match=r"cannot be imported: rouge-score returned wrong"):
        bundle.compiled_modules(site, tmp_path)


def test_what_is_only_imported_in_lambda_is_compiled_too(tmp_path: Path) -> None:
    traced = b"import os\nif 'LAMBDA_TASK_ROOT' in os.environ:\n    import unused\n"

    compiled = bundle.compiled_modules({**SITE, "chalicelib/lazy.py": traced}, tmp_path)

    assert f"__pycache__/unused.{sys.implementation.cache_tag}.pyc" in compiled


SPEEDUPS = "markupsafe/_speedups.cpython-313-elsewhere.so"


@pytest.fixture
def here() -> dict[str, bytes]:
    """A zip that this machine imports, extension module included."""
    folder = Path(markupsafe.__file__).parent
    package = {f"markupsafe/{path.name}": path.read_bytes() for path in folder.glob("*.*")}
    assert any(name.startswith("markupsafe/_speedups.") for name in package)
    return {**SITE, **package, "app.py": b"import markupsafe\nimport config\n", "config.py": b"1"}


@pytest.fixture
def there(here: dict[str, bytes]) -> dict[str, bytes]:
    """The same zip for a machine that is not this one, and a module that differs there."""
    common = {name: content for name, content in here.items() if not name.endswith(".so")}
    return {**common, SPEEDUPS: b"no module of this machine", "config.py": b"WHERE = 'there'"}


def test_a_zip_for_another_machine_is_compiled_from_its_own_sources(
    here: dict[str, bytes], there: dict[str, bytes], tmp_path: Path
) -> None:
    compiled = bundle.compiled_modules(there, tmp_path, here)

    tag = sys.implementation.cache_tag
    assert b"there" in compiled[f"__pycache__/config.{tag}.pyc"]
    assert f"markupsafe/__pycache__/__init__.{tag}.pyc" in compiled
    assert f"__pycache__/unused.{tag}.pyc" not in compiled


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        (SPEEDUPS, "no extension module markupsafe/_speedups"),
        ("config.py", r"no module config\.py"),
    ],
)
def test_a_zip_for_another_machine_that_lacks_a_module_is_refused(
    here: dict[str, bytes], there: dict[str, bytes], tmp_path: Path, lacking: str, reason: str
) -> None:
    del there[lacking]

    with pytest.raises(PackageError, match=rf"cannot be imported: {reason} \(see "):
        bundle.compiled_modules(there, tmp_path, here)
