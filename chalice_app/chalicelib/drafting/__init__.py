"""From findings to drafts: which model, which prompt, the endpoint's API, a batch's output.

May use `intake` and `queue`. Nothing here knows rows, results or scores.
"""
