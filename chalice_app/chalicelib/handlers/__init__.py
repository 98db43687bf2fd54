"""What Lambda calls: one module per function. A handler parses its event, calls and returns.

It builds the clients that the rooms below work with, and may use every one of them.
"""
