"""The request and response format of a JumpStart 1.x text2text container (`text2text-v1`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from local.sagemaker.errors import BadPayloadError, UnsupportedContentTypeError

# With more beams a container would run out of memory; here, the whole machine would.
MAX_BEAMS = 100

_IDENTIFIER = re.compile(r"Object contains unknown field `([A-Za-z_][A-Za-z0-9_]{0,39})`")


class GenerationParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Generation parameters, with the names, ranges and defaults of the JumpStart container.

    The ranges are those of the JumpStart text2text notebooks, the defaults those of transformers'
    GenerationConfig. `max_length` is in tokens and counts the decoder's start token, as in
    transformers; `max_time` is in seconds. Requests with equal parameters may share a model call.
    """

    max_length: Annotated[int, Meta(ge=1)] = 20
    max_time: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    num_return_sequences: Annotated[int, Meta(ge=1, le=MAX_BEAMS)] = 1
    num_beams: Annotated[int, Meta(ge=1, le=MAX_BEAMS)] = 1
    no_repeat_ngram_size: Annotated[int, Meta(ge=2)] | UnsetType = UNSET
    temperature: Annotated[float, Meta(gt=0)] = 1.0
    early_stopping: bool = False
    do_sample: bool = False
    top_k: Annotated[int, Meta(ge=1)] = 50
    top_p: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: Annotated[int, Meta(ge=0, lt=2**32)] | UnsetType = UNSET

    @property
    def is_reproducible_sample(self) -> bool:
        """Whether the text is sampled with a given seed, so that sharing a call would change it."""
        return self.do_sample and self.seed is not UNSET


class _JsonRequest(GenerationParameters, frozen=True, kw_only=True):
    text_inputs: str | list[str]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One decoded request: the prompts, the parameters, and the format of the response."""

    texts: list[str]
    parameters: GenerationParameters
    is_list: bool = False
    is_plain: bool = False

    def encode_answer(self, generated: list[list[str]]) -> bytes:
        """Encode the generated texts as the container does.

        `generated` contains `num_return_sequences` texts for each prompt. A single prompt gives a
        flat list. A list of prompts gives a flat list for one sequence per prompt, and a nested
        list for more. A plain-text prompt gives `{"generated_text"}`.
        """
        if self.is_plain:
            return msgspec.json.encode({"generated_text": generated[0][0]})

        if self.is_list and self.parameters.num_return_sequences > 1:
            return msgspec.json.encode({"generated_texts": generated})

        return msgspec.json.encode(
            {"generated_texts": [text for some in generated for text in some]}
        )


_DECODER = msgspec.json.Decoder(_JsonRequest)
_VALID_KEYS = sorted(_JsonRequest.__struct_fields__)


def decode_invocation(content_type: str, body: bytes) -> Invocation:
    """Decode a body by its content type, `application/json` or `application/x-text`.

    Raises UnsupportedContentTypeError, or BadPayloadError, which names the parameter but never its
    value.
    """
    media_type = content_type.partition(";")[0].strip().lower()

    if media_type == "application/json":
        return _decode_json(body)

    if media_type == "application/x-text":
        return Invocation([_decode_text(body)], GenerationParameters(), is_plain=True)

    raise UnsupportedContentTypeError


def _decode_json(body: bytes) -> Invocation:
    try:
        request = _DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise BadPayloadError(_explain(error)) from None
    except msgspec.DecodeError as error:
        raise BadPayloadError(f"Input payload is not valid JSON: {error}") from None
    except (UnicodeDecodeError, RecursionError):
        # The original messages would contain the bytes that cannot be read.
        raise BadPayloadError("Input payload is not valid JSON.") from None

    parameters = GenerationParameters(
        **{name: getattr(request, name) for name in GenerationParameters.__struct_fields__}
    )
    _check(request, parameters)
    is_list = isinstance(request.text_inputs, list)
    texts = request.text_inputs if isinstance(request.text_inputs, list) else [request.text_inputs]

    return Invocation(texts, parameters, is_list=is_list)


def _decode_text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadPayloadError("Input payload is not valid UTF-8.") from None


def _check(request: _JsonRequest, parameters: GenerationParameters) -> None:
    if not request.text_inputs and isinstance(request.text_inputs, list):
        raise BadPayloadError("text_inputs must contain at least one text.")

    # transformers samples any number of sequences, but returns at most num_beams beams.
    samples = parameters.do_sample and parameters.num_beams == 1
    if parameters.num_return_sequences > parameters.num_beams and not samples:
        raise BadPayloadError("num_beams must be greater than or equal to num_return_sequences.")


def _explain(error: msgspec.ValidationError) -> str:
    message = str(error)

    if message.startswith("Object missing required field"):
        return "Input payload must contain text_inputs key."

    if message.startswith("Object contains unknown field"):
        # A key is also the caller's text: it is repeated only if it looks like a parameter.
        key = _IDENTIFIER.match(message)
        named = f"an invalid key {key[1]!r}" if key else "an invalid key"
        return f"Input payload contains {named}. Valid keys are {_VALID_KEYS}."

    return f"Input payload is not valid: {message}"
