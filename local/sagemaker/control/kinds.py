"""The kinds of resources in the store, which are also the names of its folders."""

from __future__ import annotations

TRAINING_JOBS = "training-jobs"
TRANSFORM_JOBS = "transform-jobs"
MODELS = "models"
CONFIGS = "endpoint-configs"
ENDPOINTS = "endpoints"
