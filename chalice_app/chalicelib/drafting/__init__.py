"""From findings to drafts: model selection, prompts, the endpoint's API, batch output.

May import `intake` and `queue`. Knows nothing of rows, results or scores.
"""
