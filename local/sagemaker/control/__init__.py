"""The SageMaker control plane on one machine: training jobs, models, endpoints."""
