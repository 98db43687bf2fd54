"""A T5 model in CTranslate2 with its SentencePiece tokenizer, on the CPU."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece
from msgspec import UNSET

from local.sagemaker.consensus import NEIGHBOURS, choose, least_doubtful
from local.sagemaker.conversion import TOKENIZER, convert
from local.sagemaker.doubts import Doubts
from local.sagemaker.errors import ModelDirectoryError
from local.sagemaker.memory import Memory
from local.sagemaker.payload import GenerationParameters

END_OF_TEXT = "</s>"
# The tokens that transformers omits with skip_special_tokens.
SPECIAL_PIECES = re.compile(r"</s>|<(pad|unk|extra_id_\d+|unused_\d+)>")

# The container's tokenizer truncates the input to T5's 512 tokens, including the end token.
MAX_INPUT_PIECES = 512
# A longer text would exceed the 60 s of an invocation anyway, and a call cannot be interrupted.
MAX_OUTPUT_PIECES = 1024

# With beam search, the beams of more texts no longer fit into the processor's cache: the embedded
# model generates, with ten beams, 274 texts per second in calls of 16, and 323 in two times 8.
BEAM_BATCH_TEXTS = 8

# Below this size, the work of a layer costs less than passing it to a second thread: the embedded
# model (1.4 MB) generates 519 texts per second with one thread and 56 with two.
ONE_THREAD_MODEL_BYTES = 32 * 1024 * 1024


class CTranslate2Model:
    """Generates by beam search or sampling, as far as CTranslate2 supports JumpStart's parameters.

    If one text is requested with beam search, the beam is returned that is likely and least at odds
    with the findings. A model with a memory (`memory.jsonl.gz`) returns the text on which its beams
    and the most similar stored reports agree.

    `early_stopping` has no equivalent. `max_time` is only enforced without beam search, where
    CTranslate2 can be stopped between tokens.
    """

    def __init__(self, directory: Path) -> None:
        """Load the model folder `directory`; raises ModelDirectoryError."""
        self._files = convert(directory)
        try:
            self._tokenizer = sentencepiece.SentencePieceProcessor(
                model_file=str(directory / TOKENIZER)
            )
            self._translator = self._load_translator()
            self._memory = Memory.read(directory)
        except (OSError, EOFError, RuntimeError, ValueError, KeyError) as error:
            raise ModelDirectoryError(directory, f"cannot be loaded ({_one_line(error)})") from None

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        """Generate `parameters.num_return_sequences` texts for each text, in order."""
        translator = self._translator
        if parameters.do_sample and parameters.seed is not UNSET:
            # CTranslate2 reads the seed only once, when a worker thread first samples.
            ctranslate2.set_random_seed(parameters.seed)
            translator = self._load_translator()

        options = self._options(parameters)
        if _weighs_beams(parameters):
            # All beams are needed to choose the text.
            options |= {"num_hypotheses": parameters.num_beams, "return_scores": True}
        results = translator.translate_batch([self._encode(text) for text in texts], **options)

        if _weighs_beams(parameters):
            return [
                [self._chosen(text, result)] for text, result in zip(texts, results, strict=True)
            ]
        return [[self._decode(pieces) for pieces in result.hypotheses] for result in results]

    def _chosen(self, text: str, result: ctranslate2.TranslationResult) -> str:
        beams = [
            (self._decode(pieces), score)
            for pieces, score in zip(result.hypotheses, result.scores, strict=True)
        ]
        if self._memory is None:
            return least_doubtful(beams, Doubts(text))
        return choose(beams, self._memory.most_like(text, NEIGHBOURS), Doubts(text))

    def _load_translator(self) -> ctranslate2.Translator:
        size = len(self._files["model.bin"])
        cores = os.cpu_count() or 1

        return ctranslate2.Translator(
            "model",  # only a name for messages; nothing is read from disk
            files=self._files,
            device="cpu",
            compute_type="int8",
            inter_threads=1,
            intra_threads=1 if size < ONE_THREAD_MODEL_BYTES else cores,
        )

    def _encode(self, text: str) -> list[str]:
        pieces: list[str] = self._tokenizer.encode(text, out_type=str)
        return [*pieces[: MAX_INPUT_PIECES - 1], END_OF_TEXT]

    def _decode(self, pieces: Sequence[str]) -> str:
        text: str = self._tokenizer.decode_pieces(
            [p for p in pieces if not SPECIAL_PIECES.fullmatch(p)]
        )
        return text

    def _options(self, parameters: GenerationParameters) -> dict[str, Any]:
        options: dict[str, Any] = {
            "beam_size": parameters.num_beams,
            "num_hypotheses": parameters.num_return_sequences,
            "max_input_length": MAX_INPUT_PIECES,
            # transformers counts the decoder's start token, CTranslate2 does not.
            "max_decoding_length": min(max(parameters.max_length - 1, 1), MAX_OUTPUT_PIECES),
        }
        if parameters.num_beams > 1:
            options["max_batch_size"] = BEAM_BATCH_TEXTS
        if parameters.no_repeat_ngram_size is not UNSET:
            options["no_repeat_ngram_size"] = parameters.no_repeat_ngram_size

        if parameters.do_sample:
            options["sampling_topk"] = min(parameters.top_k, self._tokenizer.get_piece_size())
            options["sampling_topp"] = parameters.top_p
            options["sampling_temperature"] = parameters.temperature

        if parameters.max_time is not UNSET and parameters.num_beams == 1:
            options["callback"] = _stop_after(parameters.max_time)

        return options


def _weighs_beams(parameters: GenerationParameters) -> bool:
    single = parameters.num_return_sequences == 1 and parameters.num_beams > 1
    return single and not parameters.do_sample


def _stop_after(seconds: float) -> Callable[[object], bool]:
    deadline = time.monotonic() + seconds
    return lambda _step: time.monotonic() >= deadline


def _one_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
