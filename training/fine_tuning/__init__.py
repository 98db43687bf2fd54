"""Starts fine-tuning jobs: on SageMaker through JumpStart, or on this machine."""
