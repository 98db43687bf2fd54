"""The Lambda handlers, one module per function. A handler parses its event, calls and returns.

It builds the clients for the layers below, and may import all of them.
"""
