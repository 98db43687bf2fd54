"""The core of the Lambda functions: small modules, no I/O on import, one door to AWS (aws.py)."""
