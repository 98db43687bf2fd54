"""Fine-tuning through SageMaker JumpStart: metadata, the request, the launch. Needs `sagemaker`."""
