"""List operations as in SageMaker: filtering, sorting, pagination."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local.sagemaker.control.refusals import InvalidRequestError
from local.sagemaker.control.store import Document

PAGE = 10
# Filter in the request, member that it applies to, comparison.
_BOUNDS = (
    ("CreationTimeAfter", "CreationTime", operator.ge),
    ("CreationTimeBefore", "CreationTime", operator.le),
    ("LastModifiedTimeAfter", "LastModifiedTime", operator.ge),
    ("LastModifiedTimeBefore", "LastModifiedTime", operator.le),
)


@dataclass(frozen=True)
class Listing:
    """The listing of one kind of resource: `member` of the response, `shown` of the resource."""

    member: str
    name: str
    shown: Sequence[str]
    status: str = ""
    newest_first: bool = True

    def page(self, found: Iterable[Document], request: Document) -> Document:
        """The requested page; NextToken is where the next one begins.

        Raises:
            InvalidRequestError: the NextToken is not one that was returned.
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
                compare(one[member], request[bound])
                for bound, member, compare in _BOUNDS
                if bound in request
            )
        )
