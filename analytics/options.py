"""The options that select a lake."""

from __future__ import annotations

import argparse

LOCAL = "local"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that select a lake."""
    parser.add_argument(
        "--lake",
        metavar="PLACE",
        default=LOCAL,
        help="a folder, s3://bucket or s3://bucket/prefix (default: the local stack's lake)",
    )
    parser.add_argument("--endpoint-url", metavar="URL", help="AWS endpoint to call")
    parser.add_argument("--profile", metavar="NAME", help="AWS profile")
    parser.add_argument("--region", metavar="NAME", help="AWS region")
