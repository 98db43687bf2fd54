"""Fuzzes one target in this process, with atheris: `python -m tests.fuzz.one TARGET [OPTION…]`.

The options are libFuzzer's; `python -m tests.fuzz` chooses them.
"""

from __future__ import annotations

import shlex
import sys
import warnings

import atheris


def main(arguments: list[str]) -> None:
    """Instrument the code under test and hand over to libFuzzer, which ends the process."""
    name, *options = arguments
    # A broken line of a batch may look like Python with an odd escape in a string.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    with atheris.instrument_imports(include=["chalicelib"]):
        from tests.fuzz import targets  # noqa: PLC0415  # instrumented here
    # libFuzzer runs its first argument in a shell, to merge a corpus.
    itself = f"{shlex.quote(sys.executable)} -m tests.fuzz.one {name}"
    atheris.Setup([itself, *options], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
