"""Imports everything that the functions use from an unpacked zip, and compiles only that.

`local.packaging.bundle` runs this script in a separate interpreter that sees only the unpacked zip
and the libraries of the Lambda runtime, so a missing package fails here and not in production.
Lambda cannot write compiled modules next to the code: without them, every cold start would compile
the code again (about one second).

Bytecode does not depend on the architecture, extension modules do: for a zip of another
architecture the script imports a stand-in with this machine's packages, and compiles the zip's own
modules.

    python -P -s -S precompile.py IMPORTED RUNTIME SITE   prints the compiled files, one per line
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import py_compile
import sys
from pathlib import Path

# Where Lambda unpacks the zip, as shown in tracebacks.
TASK_ROOT = "/var/task"


def import_all() -> None:
    """Import the application, all its modules, and what they import lazily."""
    importlib.import_module("app")
    chalicelib = importlib.import_module("chalicelib")
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
    scoring = importlib.import_module("chalicelib.output.scoring")
    text = "No acute abnormality.\nSmall left pleural effusion."
    scores = scoring.score(text, text)
    if not scores or any(score.fmeasure != 1.0 for score in scores):
        raise SystemExit(f"rouge-score returned wrong scores: {scores}")


def files_imported(folder: Path) -> list[Path]:
    """The files of `folder` that modules were imported from, relative to it."""
    files = [Path(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    return sorted({file.relative_to(folder) for file in files if file.is_relative_to(folder)})


def check_extensions(files: list[Path], site: Path) -> None:
    """Exit unless `site` has every extension module, whatever architecture its name ends in."""
    for file in files:
        module = file.name.partition(".")[0]
        if not any((site / file.parent).glob(f"{module}.*so")):
            raise SystemExit(f"no extension module {(file.parent / module).as_posix()}")


def compile_sources(files: list[Path], site: Path) -> list[str]:
    """Compile modules of `site`; return the compiled files."""
    compiled = []
    for file in files:
        name, source = file.as_posix(), site / file
        if not source.is_file():
            raise SystemExit(f"no module {name}")
        target = Path(importlib.util.cache_from_source(str(source)))
        if not target.exists():  # `bundle.unpack` deletes the compiled files of changed sources
            py_compile.compile(
                str(source),
                dfile=f"{TASK_ROOT}/{name}",
                doraise=True,
                # By hash, unchecked: the zip's files have no real timestamps and never change.
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        compiled.append(target.relative_to(site).as_posix())
    return compiled


def main(imported: Path, runtime: Path, site: Path) -> None:
    """Run the script; see the module docstring."""
    sys.dont_write_bytecode = True  # compiled below, with Lambda's path
    sys.path[:0] = [str(imported), str(runtime)]
    import_all()
    files = files_imported(imported)
    sources = [file for file in files if file.suffix == ".py"]
    check_extensions([file for file in files if file.suffix != ".py"], site)
    sys.stdout.write("\n".join(compile_sources(sources, site)) + "\n")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
