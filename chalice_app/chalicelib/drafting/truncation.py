"""Whether a model stopped before its draft was complete.

A 2.x endpoint tells why it stopped. A 1.x endpoint and a transform job return texts only, without
a number of tokens: there, a draft may be cut if it is long enough to have reached the limit and
ends within a sentence. A draft that was cut at the end of a sentence looks complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Truncation = Literal["no", "possible", "told"]
NOT_CUT: Truncation = "no"
POSSIBLE: Truncation = "possible"
TOLD: Truncation = "told"

# The limit of transformers' GenerationConfig, where the request names none.
DEFAULT_TOKENS = 20
# The decoder's start token, which `max_length` counts and no text shows.
_HIDDEN_TOKENS = 1
_CLOSING = "\"')]}\u2019\u201d"
_SENTENCE_ENDS = (".", "!", "?")


def truncation_of(
    text: str,
    at_limit: bool | None,  # noqa: FBT001  # what the endpoint said, not a switch
    generation: Mapping[str, str | float | bool],
) -> Truncation:
    """Whether a draft is cut.

    Args:
        text: the draft, without space around it.
        at_limit: whether the endpoint says that the model stopped at its limit; None if it does
            not say.
        generation: the request's parameters.
    """
    if at_limit is not None:
        return TOLD if at_limit else NOT_CUT
    if text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS):
        return NOT_CUT
    # A token is at least one character. One that stopped because its time was up may be shorter.
    reached = "max_time" in generation or len(text) >= _most_tokens(generation)
    return POSSIBLE if reached else NOT_CUT


def _most_tokens(generation: Mapping[str, str | float | bool]) -> int:
    for name in ("max_new_tokens", "max_length"):
        value = generation.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value - _HIDDEN_TOKENS
    return DEFAULT_TOKENS - _HIDDEN_TOKENS
