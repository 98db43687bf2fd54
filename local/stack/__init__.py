"""The background processes and what is deployed to them: MiniStack, the local SageMaker, the stack.

May use `packaging` and `common`.
"""
