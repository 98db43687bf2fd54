"""Breaks a running local stack: a proxy that spoils calls, and SIGKILL for its processes."""
