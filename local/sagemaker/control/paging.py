"""Lists as SageMaker gives them: filtered, sorted, a page at a time."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local.sagemaker.control.refusals import InvalidRequestError
from local.sagemaker.control.store import Document

PAGE = 10
# What a request may bound, the member that is bound, and how.
_BOUNDS = (
    ("CreationTimeAfter", "CreationTime", operator.ge),
    ("CreationTimeBefore", "CreationTime", operator.le),
    ("LastModifiedTimeAfter", "LastModifiedTime", operator.ge),
    ("LastModifiedTimeBefore", "LastModifiedTime", operator.le),
)


@dataclass(frozen=True)
class Listing:
    """How one kind of resource is listed: `member` of the answer, `shown` of the resource."""

    member: str
    name: str
    shown: Sequence[str]
    status: str = ""
    newest_first: bool = True

    def page(self, found: Iterable[Document], request: Document) -> Document:
        """The page that is asked for; NextToken is where the next one begins.

        Raises:
            InvalidRequestError: a NextToken that no answer held.
        """
        rows = [one for one in found if self._is_wanted(one, request)]
        key = {"Name": self.name, "Status": self.status}.get(request.get("SortBy", ""))
        order = "Descending" if self.newest_first else "Ascending"
        rows.sort(
            key=lambda one: (one[key or "CreationTime"], one[self.name]),
            reverse=request.get("SortOrder", order) == "Descending",
        )
        token = request.get("NextToken", "0")
        if not (token.isascii() and token.isdigit()):
            raise InvalidRequestError("Invalid NextToken.")
        start = int(token)
        stop = start + int(request.get("MaxResults", PAGE))
        more = {"NextToken": str(stop)} if stop < len(rows) else {}
        shown = [{n: one[n] for n in self.shown if n in one} for one in rows[start:stop]]
        return {self.member: shown} | more

    def _is_wanted(self, one: Document, request: Document) -> bool:
        return (
            request.get("NameContains", "").lower() in one[self.name].lower()
            and request.get("StatusEquals") in (None, one.get(self.status))
            and all(
                holds(one[has], request[asked]) for asked, has, holds in _BOUNDS if asked in request
            )
        )
