"""The core of the Lambda functions, in layers that follow one landing object.

handlers → operations → processing, nightly → output → drafting → intake → queue: each layer imports
only the ones to its right. Shared by all of them: `settings`, `aws`, `errors`, `s3_errors`,
`observability`, `tracing`, `objects`, `scratch`.
"""
