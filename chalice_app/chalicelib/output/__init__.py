"""From records and drafts to what users read: rows of the lake, ROUGE, the result document.

May use `drafting` and the rooms below it. `store` alone writes to the results bucket; all else
is pure.
"""
