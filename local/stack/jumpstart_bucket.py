"""The JumpStart bucket on the local AWS, with metadata of FLAN-T5 XL in JumpStart's format.

The metadata is hand-written, with names and defaults as AWS documents them; it contains none of
AWS's files. The committed pre-trained small T5 replaces FLAN-T5 XL's weights.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from common.archives import pack

MODEL_ID = "huggingface-text2text-flan-t5-xl"
# The newest 1.x version, to which the project is pinned, and a 2.x version, which it must not use.
PINNED, NEWER = "1.2.1", "2.1.0"
_REGISTRY = "763104351884.dkr.ecr.{region}.amazonaws.com"
_CODE = "source-directory-tarballs/huggingface"
TRAIN_KEY = f"huggingface-training/train-{MODEL_ID}.tar.gz"
HOST_KEY = f"huggingface-infer/prepack/v1.1.2/infer-prepack-{MODEL_ID}.tar.gz"
SCRIPT_KEY = f"{_CODE}/transfer_learning/text2text/prepack/v1.1.2/sourcedir.tar.gz"
_TRAIN_TYPES = ("ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.g5.24xlarge", "ml.g5.48xlarge")
_HOST_TYPES = ("ml.g5.2xlarge", "ml.g5.4xlarge", "ml.p3.2xlarge", "ml.g4dn.2xlarge")
_BOOLEANS = {"options": ["True", "False"]}


def bucket_name(region: str) -> str:
    """The bucket that the SDK reads in a region."""
    return f"jumpstart-cache-prod-{region}"


def manifest() -> list[dict[str, Any]]:
    """The available models and versions."""
    return [
        {
            "model_id": MODEL_ID,
            "version": version,
            "min_version": "2.144.0",
            "spec_key": _spec_key(version),
            "search_keywords": ["Text2Text", "Generation"],
        }
        for version in (PINNED, NEWER)
    ]


def specification(version: str, region: str) -> dict[str, Any]:
    """JumpStart's specification of one version of the model."""
    registry = _REGISTRY.format(region=region)
    train = f"{registry}/huggingface-pytorch-training:1.13.1-transformers4.26.0-gpu-py39-cu117"
    host = f"{registry}/huggingface-pytorch-inference:1.13.1-transformers4.26.0-gpu-py39-cu117"
    framework = {
        "framework": "huggingface",
        "framework_version": "1.13.1",
        "py_version": "py39",
        "huggingface_transformers_version": "4.26.0",
    }
    return {
        "model_id": MODEL_ID,
        "url": "https://huggingface.co/google/flan-t5-xl",
        "version": version,
        "min_sdk_version": "2.144.0",
        "training_supported": True,
        "incremental_training_supported": False,
        "hosting_ecr_specs": framework,
        "hosting_artifact_key": f"huggingface-infer/infer-{MODEL_ID}.tar.gz",
        "hosting_script_key": f"{_CODE}/inference/text2text/v1.1.2/sourcedir.tar.gz",
        "hosting_prepacked_artifact_key": HOST_KEY,
        "hosting_prepacked_artifact_version": "1.1.2",
        "inference_vulnerable": False,
        "inference_dependencies": [],
        "inference_vulnerabilities": [],
        "training_vulnerable": False,
        "training_dependencies": [],
        "training_vulnerabilities": [],
        "deprecated": False,
        "hyperparameters": _hyperparameters(),
        "training_script_key": f"{_CODE}/transfer_learning/text2text/v1.2.0/sourcedir.tar.gz",
        "training_prepacked_script_key": SCRIPT_KEY,
        "training_prepacked_script_version": "1.1.2",
        "training_ecr_specs": framework,
        "training_artifact_key": TRAIN_KEY,
        "inference_environment_variables": _environment(),
        "metrics": [
            {"Name": "huggingface-text2text:eval-loss", "Regex": "'eval_loss': ([0-9\\.]+)"}
        ],
        "default_inference_instance_type": _HOST_TYPES[0],
        "supported_inference_instance_types": list(_HOST_TYPES),
        "default_training_instance_type": _TRAIN_TYPES[0],
        "supported_training_instance_types": list(_TRAIN_TYPES),
        "model_kwargs": {},
        "deploy_kwargs": {
            "model_data_download_timeout": 1200,
            "container_startup_health_check_timeout": 1200,
        },
        "estimator_kwargs": {"encrypt_inter_container_traffic": True, "max_run": 360_000},
        "fit_kwargs": {},
        "predictor_specs": {
            "supported_content_types": ["application/x-text", "application/json"],
            "supported_accept_types": ["application/json;verbose", "application/json"],
            "default_content_type": "application/x-text",
            "default_accept_type": "application/json",
        },
        "inference_volume_size": 256,
        "training_volume_size": 300,
        "inference_enable_network_isolation": True,
        "training_enable_network_isolation": True,
        "default_training_dataset_key": "training-datasets/genuq/dev/",
        "validation_supported": True,
        "fine_tuning_supported": True,
        "resource_name_base": "hf-text2text-flan-t5-xl",
        "hosting_instance_type_variants": _variants(region, f"{host}-ubuntu20.04", _HOST_TYPES),
        "training_instance_type_variants": _variants(region, f"{train}-ubuntu20.04", _TRAIN_TYPES),
        "dynamic_container_deployment_supported": False,
    }


def seed(s3: Any, region: str, model: Path) -> None:  # noqa: ANN401  # boto3's
    """Fill the existing bucket; `model` is the folder of the model that replaces FLAN-T5 XL."""
    bucket = bucket_name(region)
    weights = pack(model)
    for key in (TRAIN_KEY, HOST_KEY):
        s3.put_object(Bucket=bucket, Key=key, Body=weights)
    for version in (PINNED, NEWER):
        text = json.dumps(specification(version, region)).encode()
        s3.put_object(Bucket=bucket, Key=_spec_key(version), Body=text)
    s3.put_object(Bucket=bucket, Key="proprietary-sdk-manifest.json", Body=b"[]")
    text = json.dumps(manifest()).encode()
    s3.put_object(Bucket=bucket, Key="models_manifest.json", Body=text)


def _spec_key(version: str) -> str:
    return f"community_models/{MODEL_ID}/specs_v{version}.json"


def _variants(region: str, image: str, types: tuple[str, ...]) -> dict[str, Any]:
    families = sorted({name.split(".")[1] for name in types})
    return {
        "regional_aliases": {region: {"gpu_ecr_uri_1": image}},
        "variants": {
            family: {"regional_properties": {"image_uri": "$gpu_ecr_uri_1"}} for family in families
        },
    }


def _environment() -> list[dict[str, Any]]:
    values: dict[str, str | int] = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "3600",
        "ENDPOINT_SERVER_TIMEOUT": 3600,
        "MODEL_CACHE_ROOT": "/opt/ml/model",
        "SAGEMAKER_ENV": "1",
        "TS_DEFAULT_WORKERS_PER_MODEL": 1,
        "SAGEMAKER_MODEL_SERVER_WORKERS": 1,
    }
    return [
        {
            "name": name,
            "type": "text" if isinstance(value, str) else "int",
            "default": value,
            "scope": "container",
            "required_for_model_class": True,
        }
        for name, value in values.items()
    ]


def _hyperparameters() -> list[dict[str, Any]]:
    return [
        _one("epochs", "int", 1, min=1, max=1000),
        _one("max_steps", "int", -1),
        _one("seed", "int", 42, min=1, max=1000),
        _one("batch_size", "int", 64, min=1, max=1024),
        _one("learning_rate", "float", 0.0001, min=1e-08, max=1),
        _one(
            "lr_scheduler_type",
            "text",
            "constant_with_warmup",
            options=["constant_with_warmup", "linear"],
        ),
        _one("warmup_ratio", "float", 0.0, min=0, max=1),
        _one("validation_split_ratio", "float", 0.05, min=0, max=1),
        _one("train_data_split_seed", "int", 0),
        _one("max_input_length", "int", -1, min=-1),
        _one("max_output_length", "int", 128, min=0),
        _one("pad_to_max_length", "text", "True", **_BOOLEANS),
        _one("gradient_accumulation_steps", "int", 1, min=1),
        _one("weight_decay", "float", 0.0, min=0, max=1),
        _one("adam_epsilon", "float", 1e-08, min=0, max=1),
        _one("load_best_model_at_end", "text", "True", **_BOOLEANS),
        _one("early_stopping_patience", "int", 3, min=1),
        _one("logging_strategy", "text", "steps", options=["no", "steps", "epoch"]),
        _one("logging_steps", "int", 500, min=1),
        _one("save_strategy", "text", "epoch", options=["no", "epoch", "steps"]),
        _one("eval_accumulation_steps", "text", "None"),
        _one("gradient_checkpointing", "text", "True", **_BOOLEANS),
        _one("peft_type", "text", "none", options=["none", "lora"]),
        _one("sagemaker_submit_directory", "text", "/opt/ml/input/data/code/sourcedir.tar.gz")
        | {"scope": "container"},
        _one("sagemaker_program", "text", "transfer_learning.py") | {"scope": "container"},
        _one("sagemaker_container_log_level", "text", "20") | {"scope": "container"},
    ]


def _one(name: str, kind: str, default: str | float, **limits: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {"name": name, "type": kind, "default": default, "scope": "algorithm", **limits}
