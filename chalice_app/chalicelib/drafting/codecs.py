"""The two request and answer forms of JumpStart's text-to-text endpoints.

`text2text-v1` is the 1.x container's: `{"text_inputs": [...]}` -> `{"generated_texts": [...]}`.
`tgi-v2` is the 2.x container's (Text Generation Inference): `{"inputs", "parameters"}` ->
`[{"generated_text"}]`, one text a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.errors import EndpointAnswerError

Generation = Mapping[str, str | int | float | bool]
# An impression is a few sentences. A longer answer is no impression and is never cut in silence.
MAX_IMPRESSION_CHARACTERS = 4000
# Names that differ between the containers: 1.x counts all tokens, TGI the new ones.
_TGI_NAMES = {"max_length": "max_new_tokens"}
# Parameters of the 1.x container that TGI does not know and refuses.
_NOT_IN_TGI = frozenset({"num_beams", "num_return_sequences", "max_time", "early_stopping"})


def records_per_request(codec: str, wanted: int) -> int:
    """How many prompts one request of this form carries."""
    return wanted if codec == "text2text-v1" else 1


def encode_request(codec: str, prompts: Sequence[str], generation: Generation) -> bytes:
    """Make the body of one InvokeEndpoint call."""
    if codec == "text2text-v1":
        return msgspec.json.encode({"text_inputs": list(prompts), **generation})
    parameters = {
        _TGI_NAMES.get(name, name): value
        for name, value in generation.items()
        if name not in _NOT_IN_TGI
    }
    return msgspec.json.encode({"inputs": prompts[0], "parameters": parameters})


def decode_answer(codec: str, body: bytes, expected: int) -> list[str]:
    """Read the answer to a request of `expected` prompts: one text each, none blank.

    Raises:
        EndpointAnswerError: it is cut, not JSON, of another form, has too few or too many
            texts, or a blank or endless one. The message holds no text of the answer.
    """
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise EndpointAnswerError("the endpoint's answer is not JSON") from None
    texts = _texts_v1(answer) if codec == "text2text-v1" else _texts_v2(answer)
    if len(texts) != expected:
        problem = f"the endpoint answered {len(texts)} texts for {expected} findings"
        raise EndpointAnswerError(problem)
    return [_check(text) for text in texts]


def text_of_batch(values: dict[str, Any]) -> str:
    """The text of one line of a transform job's output.

    Raises:
        EndpointAnswerError: it has none, or a blank or endless one.
    """
    for name in ("generated_text", "generated_texts"):
        if name in values:
            return _check(_first(_first(values[name])))
    raise EndpointAnswerError("the line has no generated text")


def _texts_v1(answer: Any) -> list[Any]:  # noqa: ANN401  # any JSON value
    if not isinstance(answer, dict) or not isinstance(answer.get("generated_texts"), list):
        raise EndpointAnswerError("the endpoint's answer has no list generated_texts")
    # A list may come back nested, a list of sequences for each prompt: the first is the best.
    return [_first(text) for text in answer["generated_texts"]]


def _texts_v2(answer: Any) -> list[Any]:  # noqa: ANN401  # any JSON value
    answers = answer if isinstance(answer, list) else [answer]
    if not all(isinstance(one, dict) and "generated_text" in one for one in answers):
        raise EndpointAnswerError("the endpoint's answer has no generated_text")
    return [one["generated_text"] for one in answers]


def _first(text: Any) -> Any:  # noqa: ANN401  # any JSON value
    return text[0] if isinstance(text, list) and text else text


def _check(text: Any) -> str:  # noqa: ANN401  # any JSON value
    if not isinstance(text, str):
        raise EndpointAnswerError("the endpoint answered something that is not text")
    draft = text.strip()
    if not draft:
        raise EndpointAnswerError("the endpoint answered an empty impression")
    if len(draft) > MAX_IMPRESSION_CHARACTERS:
        problem = f"the endpoint answered more than {MAX_IMPRESSION_CHARACTERS} characters"
        raise EndpointAnswerError(problem)
    return draft
