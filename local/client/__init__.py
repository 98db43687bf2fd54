"""The client of a deployed stack: upload files, wait, read scores, invoke functions.

Works on AWS and on the local stack; `training evaluate` uses it too. May import `stack` and
`common`.
"""
