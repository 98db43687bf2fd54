"""From a landing object to records: open, decode, frame, read; split large objects into chunks.

May import `queue` and the shared modules. Knows nothing of models or results.
"""
