import sys

import pytest

from common.environments import check_interpreter
from common.errors import EnvironmentSetupError
from common.platforms import check_platform, machine_architecture


@pytest.mark.parametrize(
    ("system", "machine"),
    [
        ("linux", "x86_64"),
        ("linux", "AMD64"),
        ("linux", "aarch64"),
        ("linux", "arm64"),
        ("darwin", "arm64"),
    ],
)
def test_a_platform_with_all_packages_passes(system: str, machine: str) -> None:
    check_platform(system, machine)


@pytest.mark.parametrize(
    ("system", "machine"), [("win32", "AMD64"), ("win32", "ARM64"), ("linux", "riscv64")]
)
def test_a_platform_without_packages_is_told_what_to_use(system: str, machine: str) -> None:
    with pytest.raises(
        EnvironmentSetupError, match=f"not for {system} on {machine}: use a Linux machine"
    ):
        check_platform(system, machine)


def test_macos_on_intel_is_told_what_it_lacks() -> None:
    with pytest.raises(EnvironmentSetupError, match=r"^sentencepiece.*use a Mac with Apple"):
        check_platform("darwin", "x86_64")


@pytest.mark.parametrize(
    ("machine", "architecture"),
    [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")],
)
def test_lambda_has_a_name_for_a_machine(machine: str, architecture: str) -> None:
    assert machine_architecture(machine) == architecture


def test_a_machine_that_lambda_does_not_have_is_refused() -> None:
    with pytest.raises(EnvironmentSetupError, match="riscv64"):
        machine_architecture("riscv64")


def test_windows_is_refused_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(EnvironmentSetupError, match="not for win32"):
        check_interpreter()
