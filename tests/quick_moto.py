"""Moto without work that it repeats for every request: importing this module is enough.

Moto makes the table of a service's URLs anew for every request, and for S3 it also reloads the
module that they are in, because an environment variable may have changed them. That is a sixth of
the time of a test in moto.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.base_backend import BaseBackend

Urls = dict[str, Callable[..., Any]]

# moto.settings: what the URLs depend on.
VARIABLES = ("MOTO_S3_CUSTOM_ENDPOINTS", "MOTO_ENABLE_ISO_REGIONS")


def _of_moto(found: object) -> Callable[[BaseBackend], Urls]:
    """The getter of moto's own property."""
    assert isinstance(found, property)
    assert found.fget is not None
    return found.fget


made_anew = _of_moto(BaseBackend.__dict__["urls"])
_kept: dict[tuple[object, ...], Urls] = {}


def kept(backend: BaseBackend, environment: Mapping[str, str] = os.environ) -> Urls:
    """The URLs of a service and what answers them, made once."""
    key = (type(backend), *(environment.get(name) for name in VARIABLES))
    if key not in _kept:
        _kept[key] = made_anew(backend)
    return _kept[key]


BaseBackend.urls = property(kept)  # type: ignore[assignment,method-assign]  # a property too
