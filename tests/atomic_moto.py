"""Moto that carries out one request at a time: importing this module is enough.

DynamoDB and S3 check a condition and write in one step. Moto does it in two: two threads may both
pass a condition that only one can meet, and one's write may undo the other's. The messages of an
invocation are processed in threads.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.core.botocore_stubber import BotocoreStubber

# The same thread may come back, from a service that uses another one.
_ONE_AT_A_TIME = threading.RLock()
_carry_out = BotocoreStubber.__call__


def _alone(stubber: BotocoreStubber, *asked: Any, **more: Any) -> Any:
    with _ONE_AT_A_TIME:
        return _carry_out(stubber, *asked, **more)


BotocoreStubber.__call__ = _alone  # type: ignore[assignment,method-assign]  # moto has no setting for it
