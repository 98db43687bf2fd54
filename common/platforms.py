"""The platforms that the project runs on, by the names that Lambda has for their architectures.

Only the standard library, and nothing newer than Python 3.8: a fresh machine imports this first.
docs/guide.md, "Platforms", says which of them have been run.
"""

from __future__ import annotations

import platform
import sys

from common.errors import EnvironmentSetupError

# Lambda's architectures. A package for AWS is built for the first unless another one is named.
ARCHITECTURES = ("x86_64", "arm64")
DEFAULT_ARCHITECTURE = ARCHITECTURES[0]

_ARCHITECTURE_OF = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def machine_architecture(machine: str | None = None) -> str:
    """Lambda's name for this machine's architecture.

    Raises EnvironmentSetupError when Lambda has none like it.
    """
    found = machine or platform.machine()
    try:
        return _ARCHITECTURE_OF[found.lower()]
    except KeyError:
        raise _unsupported(sys.platform, found) from None


def check_platform(system: str | None = None, machine: str | None = None) -> None:
    """Raise EnvironmentSetupError where the packages that everything needs cannot be had.

    The local stack also runs the Lambda zip itself, which holds compiled packages.
    """
    system, machine = system or sys.platform, machine or platform.machine()
    if system not in {"linux", "darwin"} or machine.lower() not in _ARCHITECTURE_OF:
        raise _unsupported(system, machine)
    if system == "darwin" and machine_architecture(machine) != "arm64":
        message = (
            "sentencepiece, which the local models need, is not published for macOS on Intel: "
            "use a Mac with Apple silicon and a Python built for it, or Linux in a container or VM"
        )
        raise EnvironmentSetupError(message)


def _unsupported(system: str, machine: str) -> EnvironmentSetupError:
    return EnvironmentSetupError(
        f"this project needs packages that are published for Linux on x86-64 and arm64 and for "
        f"macOS on Apple silicon, but not for {system} on {machine}: "
        "use a Linux machine, or one in a container or VM"
    )
