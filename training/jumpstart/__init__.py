"""Fine-tuning through SageMaker JumpStart: metadata and the request. Requires `sagemaker`."""
