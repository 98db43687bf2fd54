"""Imports everything that the functions use from an unpacked zip, and compiles only that.

`local.packaging.bundle` runs this script in a separate interpreter that sees only the unpacked zip
and the libraries of the Lambda runtime, so a missing package fails here and not in production.
Lambda cannot write compiled modules next to the code: without them, every cold start would compile
the code again (about one second).

    python -P -s -S precompile.py SITE RUNTIME   prints the compiled files, one per line
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
    scorer = importlib.import_module("rouge_score.rouge_scorer")
    metrics = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    text = "No acute cardiopulmonary abnormality."
    scores = scorer.RougeScorer(metrics).score(text, text)
    if any(score.fmeasure != 1.0 for score in scores.values()):
        raise SystemExit(f"rouge-score returned wrong scores: {scores}")


def compile_imported(site: Path) -> list[str]:
    """Compile every module that was imported from `site`; return the compiled files."""
    sources = {
        Path(file)
        for module in list(sys.modules.values())
        if (file := getattr(module, "__file__", None)) and file.endswith(".py")
    }
    compiled = []
    for source in sorted(source for source in sources if source.is_relative_to(site)):
        name = source.relative_to(site).as_posix()
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


def main(site: Path, runtime: Path) -> None:
    """Run the script; see the module docstring."""
    sys.dont_write_bytecode = True  # compiled below, with Lambda's path
    sys.path[:0] = [str(site), str(runtime)]
    import_all()
    sys.stdout.write("\n".join(compile_imported(site)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
