"""What a user of a deployed stack does: drop files, wait, read scores, call the functions.

Works on AWS as on the local stack: `training evaluate` uses it too. May use `stack` and `common`.
"""
