from __future__ import annotations

from importlib.util import cache_from_source

import pytest

from local.errors import PackageError
from local.packaging.imports import check_imports, imported

EVERYTHING = b"""
import os, sys as system
import one.two
from three import four
from . import five
from .six import seven
from ..eight import nine
from .. import ten
import typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import only_for_types
elif os.name:
    import eleven
else:
    import twelve
if typing.TYPE_CHECKING:
    from only_for_types import X

def late():
    try:
        import thirteen
    except ImportError:
        from fourteen import x
    class Inner:
        import fifteen
"""


def test_every_import_statement_is_read_except_those_for_type_checkers() -> None:
    found = sorted(name for _, name in imported(EVERYTHING, ("top", "package")))

    assert found == sorted(
        [
            *("os", "sys", "typing", "typing"),
            *("one.two", "three", "top.package", "top.package.six", "top.eight", "top"),
            *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
        ]
    )


def check(*compiled: str, **changed: bytes) -> None:
    entries = {
        "app.py": b"import json, boto3, chalicelib.aws\nfrom fast import core",
        "chalicelib/__init__.py": b"",
        "chalicelib/aws.py": b"from . import errors\nfrom six.moves import range",
        "chalicelib/errors.py": b"from chalicelib.folder import inner",
        "chalicelib/folder/inner.py": b"",
        "fast/__init__.py": b"from . import core\nfrom fast.core import f",
        "fast/core.cpython-313-x86_64-linux-gnu.so": b"",
        "unused.py": b"import nowhere_at_all",
    }
    entries |= {name.replace("__", "/") + ".py": content for name, content in changed.items()}
    names = compiled or [name for name in entries if name != "unused.py"]
    check_imports(entries, {cache_from_source(name) for name in names})


def test_a_zip_that_contains_all_its_modules_passes() -> None:
    check()


@pytest.mark.parametrize(
    ("source", "line", "module"),
    [
        (b"def f():\n    import nowhere", 2, "nowhere"),
        (b"from .nowhere import x", 1, r"chalicelib\.nowhere"),
        (b"import fast.nowhere", 1, r"fast\.nowhere"),
        (b"from unused.inner import x", 1, r"unused\.inner"),
        (b"import numpy", 1, "numpy"),
    ],
)
def test_a_module_that_only_a_later_import_needs_is_named(
    source: bytes, line: int, module: str
) -> None:
    reason = rf"^the zip lacks {module}, which chalicelib/aws\.py imports in line {line}$"

    with pytest.raises(PackageError, match=reason):
        check(chalicelib__aws=source)


def test_what_no_function_imports_may_need_anything() -> None:
    with pytest.raises(PackageError, match="lacks nowhere_at_all, which unused"):
        check("unused.py")


def test_a_package_may_do_without_what_is_known_for_it() -> None:
    check(rouge_score__scoring=b"import numpy as np\nfrom nltk.stem import porter")
