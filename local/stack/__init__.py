"""The background processes (MiniStack, the local SageMaker) and the stack deployed to them.

May import `packaging` and `common`.
"""
