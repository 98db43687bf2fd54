"""Training jobs that were started: found, described, followed, measured."""
