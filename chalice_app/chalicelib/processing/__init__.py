"""Processes each unit of work exactly once, from its message to its result.

May import `output` and the layers below it, but not `nightly`.
"""
