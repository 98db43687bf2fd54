"""Converts a model folder's safetensors to CTranslate2 int8, without torch.

The mapping is the same as in CTranslate2's T5 converter, which needs torch and transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import common_spec, transformer_spec
from safetensors import SafetensorError
from safetensors.numpy import load_file

from local.sagemaker.errors import ModelDirectoryError

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "sentencepiece.model"
FILES = (CONFIG, WEIGHTS, TOKENIZER)
_ACTIVATIONS = {
    "gelu_new": common_spec.Activation.GELUTanh,
    "gelu": common_spec.Activation.GELU,
    "relu": common_spec.Activation.RELU,
}
# T5Config's default, for configurations that omit it.
_DISTANCE = 128

Tensors = Mapping[str, Any]


def convert(folder: Path) -> dict[str, bytes]:
    """Convert the model in `folder` to CTranslate2's files, by name, for `Translator(…, files=…)`.

    Raises:
        ModelDirectoryError: a file is missing, or the model is not a T5.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise ModelDirectoryError(folder, f"{name} is missing")
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / TOKENIZER))
        tensors = {n: t.astype(np.float32) for n, t in load_file(folder / WEIGHTS).items()}
        spec = _spec(config, tensors)
        spec.register_source_vocabulary(_vocabulary(config, tokenizer))
        spec.register_target_vocabulary(_vocabulary(config, tokenizer))
        spec.config.bos_token = spec.config.decoder_start_token = tokenizer.id_to_piece(
            config.get("decoder_start_token_id", 0)
        )
        spec.config.eos_token = tokenizer.id_to_piece(config.get("eos_token_id", 1))
        spec.config.unk_token = tokenizer.id_to_piece(tokenizer.unk_id())
        spec.validate()
        spec.optimize(quantization="int8")
        with TemporaryDirectory(prefix="impressions-model-") as scratch:
            spec.save(scratch)
            return {path.name: path.read_bytes() for path in Path(scratch).iterdir()}
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise ModelDirectoryError(folder, f"cannot be read ({type(error).__name__})") from None
    except (KeyError, AttributeError, IndexError, TypeError) as error:
        problem = f"does not contain a T5 ({type(error).__name__}: {error})"
        raise ModelDirectoryError(folder, problem) from None


def _vocabulary(
    config: Mapping[str, Any], tokenizer: sentencepiece.SentencePieceProcessor
) -> list[str]:
    """All pieces, and names for the remaining rows of the embedding."""
    pieces = [tokenizer.id_to_piece(i) for i in range(tokenizer.vocab_size())]
    return pieces + [f"<unused_{i}>" for i in range(config["vocab_size"] - len(pieces))]


def _spec(config: Mapping[str, Any], tensors: Tensors) -> Any:  # noqa: ANN401  # untyped
    kind = str(config["feed_forward_proj"])
    gated = kind.startswith("gated-")
    name = config.get("dense_act_fn") or ("gelu_new" if kind == "gated-gelu" else kind)
    spec = transformer_spec.TransformerSpec.from_config(
        (config["num_layers"], config["num_decoder_layers"]),
        config["num_heads"],
        pre_norm=True,
        activation=_ACTIVATIONS[name],
        ffn_glu=gated,
        relative_attention_bias=True,
        rms_norm=True,
    )
    distance = np.dtype("int32").type(config.get("relative_attention_max_distance", _DISTANCE))
    _stack(spec.encoder, tensors, "encoder", distance)
    _stack(spec.decoder, tensors, "decoder", distance)
    tied = config.get("tie_word_embeddings", True)
    spec.decoder.projection.weight = tensors["shared.weight" if tied else "lm_head.weight"]
    if tied:
        spec.decoder.scale_outputs = config["d_model"] ** -0.5
    return spec


def _stack(spec: Any, tensors: Tensors, name: str, distance: Any) -> None:  # noqa: ANN401  # untyped
    embeddings = spec.embeddings[0] if isinstance(spec.embeddings, list) else spec.embeddings
    embeddings.weight = tensors["shared.weight"]
    spec.scale_embeddings = False
    spec.layer_norm.gamma = tensors[f"{name}.final_layer_norm.weight"]
    # Only the first layer stores the bias; all layers use it.
    bias = tensors[f"{name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    for number, layer in enumerate(spec.layer):
        block = f"{name}.block.{number}.layer"
        own = layer.self_attention
        own.queries_scale = 1.0
        own.layer_norm.gamma = tensors[f"{block}.0.layer_norm.weight"]
        own.linear[0].weight = _joined(tensors, f"{block}.0.SelfAttention", "qkv")
        own.linear[1].weight = tensors[f"{block}.0.SelfAttention.o.weight"]
        own.relative_attention_bias = bias
        own.relative_attention_max_distance = distance
        last = 1
        if name == "decoder":
            cross, last = layer.attention, 2
            cross.queries_scale = 1.0
            cross.layer_norm.gamma = tensors[f"{block}.1.layer_norm.weight"]
            cross.linear[0].weight = tensors[f"{block}.1.EncDecAttention.q.weight"]
            cross.linear[1].weight = _joined(tensors, f"{block}.1.EncDecAttention", "kv")
            cross.linear[2].weight = tensors[f"{block}.1.EncDecAttention.o.weight"]
        _feed_forward(layer.ffn, tensors, f"{block}.{last}")


def _feed_forward(spec: Any, tensors: Tensors, block: str) -> None:  # noqa: ANN401  # untyped
    dense = f"{block}.DenseReluDense"
    spec.layer_norm.gamma = tensors[f"{block}.layer_norm.weight"]
    if hasattr(spec, "linear_0_noact"):
        spec.linear_0.weight = tensors[f"{dense}.wi_0.weight"]
        spec.linear_0_noact.weight = tensors[f"{dense}.wi_1.weight"]
    else:
        spec.linear_0.weight = tensors[f"{dense}.wi.weight"]
    spec.linear_1.weight = tensors[f"{dense}.wo.weight"]


def _joined(tensors: Tensors, attention: str, parts: str) -> Any:  # noqa: ANN401  # untyped
    return np.concatenate([tensors[f"{attention}.{part}.weight"] for part in parts])
