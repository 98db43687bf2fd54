"""Resolves references between the resources of a Bundle (FHIR, "Resolving references in Bundles").

A reference is followed only if exactly one resource can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"/_history/[^/]*\Z")
_RELATIVE = re.compile(r"[A-Za-z]++/[A-Za-z0-9.\-]++\Z")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+:")
_LAST_TWO = re.compile(r"(?:\A|/)([A-Za-z]++/[A-Za-z0-9.\-]++)\Z")


class Resolver:
    """The resources of a Bundle, by what may refer to them."""

    def __init__(self, resources: Iterable[tuple[str | None, str, str | None]]) -> None:
        """`resources` are (fullUrl, type, id); each is known by its position from then on."""
        self._by_url: dict[str, int | None] = {}
        self._by_id: dict[str, int | None] = {}
        self._by_id_without_url: dict[str, int | None] = {}
        for position, (url, kind, identity) in enumerate(resources):
            if url:
                _add(self._by_url, _VERSION.sub("", url), position)
            if identity:
                _add(self._by_id, f"{kind}/{identity}", position)
            if identity and not url:
                _add(self._by_id_without_url, f"{kind}/{identity}", position)

    def find(self, reference: str, base: str | None) -> int | None:
        """The position of the resource that a reference means; None if that is not clear.

        Args:
            reference: an absolute URL, `urn:uuid:…`, or `Type/id`; a version is ignored.
            base: the fullUrl of the resource that refers.
        """
        wanted = _VERSION.sub("", reference)
        if _ABSOLUTE.match(wanted) is not None:
            if wanted in self._by_url:
                return self._by_url[wanted]
            tail = _LAST_TWO.search(wanted)
            return None if tail is None else self._by_id_without_url.get(tail[1])
        if _RELATIVE.match(wanted) is None:
            return None
        root = None if base is None else _LAST_TWO.search(_VERSION.sub("", base))
        if base is not None and root is not None and root.start() > 0:
            absolute = f"{base[: root.start()]}/{wanted}"
            if absolute in self._by_url:
                return self._by_url[absolute]
        return self._by_id.get(wanted)


def _add(known: dict[str, int | None], name: str, position: int) -> None:
    known[name] = None if name in known else position
