import pytest

from common.platforms import machine_architecture
from local.packaging.target import LAMBDA, MACHINE, Target, this_machine


@pytest.mark.parametrize(
    ("system", "machine", "target"),
    [
        ("linux", "x86_64", Target("x86_64", LAMBDA)),
        ("linux", "aarch64", Target("arm64", LAMBDA)),
        ("darwin", "arm64", Target("arm64", MACHINE)),
    ],
)
def test_the_local_stack_takes_what_its_machine_runs(
    system: str, machine: str, target: Target
) -> None:
    assert this_machine(system, machine) == target


def test_a_zip_for_the_other_architecture_does_not_run_here() -> None:
    other = {"x86_64": "arm64", "arm64": "x86_64"}[machine_architecture()]

    assert this_machine().runs_here
    assert not Target(other).runs_here
