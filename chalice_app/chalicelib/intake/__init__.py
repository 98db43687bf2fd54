"""From a landing object to records: open, decode, frame, read; and the chunks of a large one.

May use `queue` and the modules beside the rooms. Nothing here knows a model or a result.
"""
