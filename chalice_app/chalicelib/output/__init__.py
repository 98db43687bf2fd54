"""From records and drafts to the output: rows of the lake, ROUGE scores, the result document.

May import `drafting` and the layers below it. Only `store` writes to the results bucket; the
other modules are pure.
"""
