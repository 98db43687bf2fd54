"""The nightly run: sweep, gather the nightly lane into shards, run one transform job, complete it.

May use `output` and the rooms below it, not `processing`: what a batch drafted returns through
the queue.
"""
