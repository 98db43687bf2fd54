"""The functions' core, in rooms along the flow of one landing object.

handlers → operations → processing, nightly → output → drafting → intake → queue: each floor uses
only lower ones. Beside them, for all: `settings`, `aws`, `errors`, `s3_errors`, `observability`,
`objects`, `scratch`.
"""
