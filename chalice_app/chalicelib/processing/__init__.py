"""One unit of work from its message to its result, once: the pipeline and its idempotency.

May use `output` and the rooms below it, not `nightly`.
"""
