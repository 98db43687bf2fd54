"""Starting a fine-tune: on SageMaker through JumpStart, or on this machine."""
