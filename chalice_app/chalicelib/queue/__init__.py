"""The work queue: its messages and how they are sent.

The lowest layer: it imports only shared modules (`objects`, `errors`).
"""
