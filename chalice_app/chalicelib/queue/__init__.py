"""The work queue: the messages that it carries and how they are sent.

The lowest room: it uses only the modules beside the rooms (`objects`, `errors`).
"""
