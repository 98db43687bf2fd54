"""The two request and response formats of JumpStart's text-to-text endpoints.

`text2text-v1`, the 1.x container: `{"text_inputs": [...]}` -> `{"generated_texts": [...]}`.
`tgi-v2`, the 2.x container (Text Generation Inference): `{"inputs", "parameters"}` ->
`[{"generated_text", "details": {"finish_reason"}}]`, one text per request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from chalicelib.errors import EndpointAnswerError

Generation = Mapping[str, str | int | float | bool]
# An impression is a few sentences. A longer text is rejected, never silently truncated.
MAX_IMPRESSION_CHARACTERS = 4000
# Names that differ between the containers: 1.x counts all tokens, TGI only new ones.
_TGI_NAMES = {"max_length": "max_new_tokens"}
# Parameters of the 1.x container that TGI does not know and rejects.
_NOT_IN_TGI = frozenset({"num_beams", "num_return_sequences", "max_time", "early_stopping"})
# What TGI says when a text reached `max_new_tokens`.
_AT_LIMIT = "length"


class Generated(NamedTuple):
    """A text, and whether the endpoint says that it ends at the limit; None if it does not say."""

    text: str
    at_limit: bool | None = None


def records_per_request(codec: str, wanted: int) -> int:
    """The number of prompts per request in this format."""
    return wanted if codec == "text2text-v1" else 1


def encode_request(codec: str, prompts: Sequence[str], generation: Generation) -> bytes:
    """Encode the body of one InvokeEndpoint call."""
    if codec == "text2text-v1":
        return msgspec.json.encode({"text_inputs": list(prompts), **generation})
    parameters = {
        _TGI_NAMES.get(name, name): value
        for name, value in generation.items()
        if name not in _NOT_IN_TGI
    }
    # With details, TGI says why it stopped: at the end of the text, or at the limit.
    parameters.setdefault("details", True)
    return msgspec.json.encode({"inputs": prompts[0], "parameters": parameters})


def decode_answer(codec: str, body: bytes, expected: int) -> list[Generated]:
    """Decode the response to a request of `expected` prompts: one text each, none blank.

    Raises:
        EndpointAnswerError: it is truncated, not JSON, in another format, or has the wrong number
            of texts, or a text is blank or too long. The message contains no generated text.
    """
    try:
        response = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise EndpointAnswerError("the endpoint's response is not JSON") from None
    texts = _texts_v1(response) if codec == "text2text-v1" else _texts_v2(response)
    if len(texts) != expected:
        problem = f"the endpoint returned {len(texts)} texts for {expected} findings"
        raise EndpointAnswerError(problem)
    return [Generated(_check(text), at_limit) for text, at_limit in texts]


def text_of_batch(values: dict[str, Any]) -> str:
    """The text of one line of a transform job's output.

    Raises:
        EndpointAnswerError: it is missing, blank or too long.
    """
    for name in ("generated_text", "generated_texts"):
        if name in values:
            return _check(_first(_first(values[name])))
    raise EndpointAnswerError("the line has no generated text")


def _texts_v1(response: Any) -> list[tuple[Any, bool | None]]:  # noqa: ANN401  # any JSON value
    if not isinstance(response, dict) or not isinstance(response.get("generated_texts"), list):
        raise EndpointAnswerError("the endpoint's response has no list generated_texts")
    # The list may be nested, with several sequences per prompt: the first is the best.
    return [(_first(text), None) for text in response["generated_texts"]]


def _texts_v2(response: Any) -> list[tuple[Any, bool | None]]:  # noqa: ANN401  # any JSON value
    items = response if isinstance(response, list) else [response]
    if not all(isinstance(item, dict) and "generated_text" in item for item in items):
        raise EndpointAnswerError("the endpoint's response has no generated_text")
    return [(item["generated_text"], _at_limit(item.get("details"))) for item in items]


def _at_limit(details: Any) -> bool | None:  # noqa: ANN401  # any JSON value
    reason = details.get("finish_reason") if isinstance(details, dict) else None
    return reason == _AT_LIMIT if isinstance(reason, str) else None


def _first(text: Any) -> Any:  # noqa: ANN401  # any JSON value
    return text[0] if isinstance(text, list) and text else text


def _check(text: Any) -> str:  # noqa: ANN401  # any JSON value
    if not isinstance(text, str):
        raise EndpointAnswerError("the endpoint returned a value that is not text")
    draft = text.strip()
    if not draft:
        raise EndpointAnswerError("the endpoint returned an empty impression")
    if len(draft) > MAX_IMPRESSION_CHARACTERS:
        problem = f"the endpoint returned more than {MAX_IMPRESSION_CHARACTERS} characters"
        raise EndpointAnswerError(problem)
    return draft
