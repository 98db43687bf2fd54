"""What a package is built for: an architecture, and where its compiled packages come from."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from common.platforms import machine_architecture

# Whose wheels the zip holds: the manylinux wheels that Lambda runs and Chalice downloads, or those
# that pip installs on this machine.
LAMBDA, MACHINE = "lambda", "machine"


@dataclass(frozen=True, slots=True)
class Target:
    """`architecture` is Lambda's name for it; `wheels` is LAMBDA or MACHINE."""

    architecture: str
    wheels: str = LAMBDA

    @property
    def runs_here(self) -> bool:
        """Whether this machine can import the zip."""
        return self == this_machine()


def this_machine(system: str | None = None, machine: str | None = None) -> Target:
    """What the local stack's package is built for: on Linux, just what runs in Lambda."""
    wheels = LAMBDA if (system or sys.platform) == "linux" else MACHINE
    return Target(machine_architecture(machine), wheels)
