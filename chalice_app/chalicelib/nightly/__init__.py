"""The nightly run: sweep, gather the nightly lane into shards, run one transform job, complete it.

May import `output` and the layers below it, but not `processing`: drafts of a batch return through
the queue.
"""
